import { Fifo } from '../domain/fifo.ts'

const FIRST = 16
const MOST = 48
/**
 * How many requests may be on their way at once: additive increase, multiplicative decrease (Chiu and Jain 1989, as in
 * TCP). It begins at 16, grows by one for each full round of answers, up to 48, loses a third when the server was
 * pressed, and never goes below one.
 */
export class AdaptiveLimit {
  readonly #waiting = new Fifo<() => void>()
  #limit = FIRST
  #running = 0
  /** How often the server said that it is pressed. */
  #pressed = 0
  /** Answers since the limit was last lowered. */
  #answers = MOST

  /** How many may run at once now; a fraction counts towards the next one. */
  get limit(): number {
    return this.#limit
  }

  /** Runs `work` when there is room. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#running >= Math.floor(this.#limit)) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#running += 1
    const pressed = this.#pressed
    try {
      const result = await work()
      if (this.#pressed === pressed) this.#limit = Math.min(MOST, this.#limit + 1 / this.#limit)
      return result
    } finally {
      this.#answers += 1
      this.#running -= 1
      for (let room = Math.floor(this.#limit) - this.#running; room > 0; room -= 1) this.#waiting.shift()?.()
    }
  }

  /** The server has throttled a request. Those that were on their way with it will say the same: they count as one. */
  press(): void {
    this.#pressed += 1
    if (this.#answers < this.#limit) return
    this.#limit = Math.max(1, (this.#limit * 2) / 3)
    this.#answers = 0
  }
}
