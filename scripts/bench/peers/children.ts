import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'

const END_MS = 10_000

/** The processes that a measurement started, so that none outlives it: each is ended by its own handle. */
export class Children {
  readonly #running = new Set<ChildProcess>()

  start(program: string, words: readonly string[], stdio: StdioOptions): ChildProcess {
    const child = spawn(program, [...words], { stdio })
    this.#running.add(child)
    child.once('close', () => this.#running.delete(child))
    child.once('error', () => this.#running.delete(child))
    return child
  }

  /** SIGTERM, the newest first, and SIGKILL for what stays. Resolves when all have ended. */
  async end(): Promise<void> {
    for (const child of [...this.#running].toReversed()) {
      const ended = new Promise((resolve) => child.once('close', resolve))
      if (!this.#running.has(child)) continue
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), END_MS)
      await ended
      clearTimeout(late)
    }
  }
}
