/** First in, first out, for long queues: an array's own `shift` moves everything that is left. */
export class Fifo<Item> {
  #items: Item[] = []
  #head = 0

  push(item: Item): void {
    this.#items.push(item)
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head]
    if (this.#head < this.#items.length) this.#head += 1
    // What was taken is let go in pieces, so that each costs little and none is held for long.
    if (this.#head >= 500 || this.#head === this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
