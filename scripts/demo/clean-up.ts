/** What has to be undone, newest first. Every entry is carried out once, also after another one has failed. */
export class CleanUp {
  readonly #entries: (() => Promise<string>)[] = []

  /** `undo` gives what it did, as a fact. */
  add(undo: () => Promise<string>): void {
    this.#entries.push(undo)
  }

  /** The problems. */
  async run(onDone: (fact: string) => void = () => undefined): Promise<string[]> {
    const problems: string[] = []
    for (let undo = this.#entries.pop(); undo !== undefined; undo = this.#entries.pop()) {
      try {
        onDone(await undo())
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error))
      }
    }
    return problems
  }
}
