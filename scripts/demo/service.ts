import { spawn, type ChildProcess } from 'node:child_process'
import type { Surroundings } from './commands.ts'
import { NotObserved } from './waiting.ts'

const DRAIN_MS = 10_000

/** A command that stays: the model host, the daemon. */
export class Service {
  readonly name: string
  readonly pid: number | undefined
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  #log = ''
  #stopping = false

  /** `onLost` hears of an end that nobody asked for. */
  constructor(name: string, words: readonly string[], around: Surroundings, onLost: (error: Error) => void) {
    this.name = name
    // A process group of its own: Ctrl-C reaches the demo alone, which then ends things in their order.
    const child = spawn(process.execPath, words, {
      cwd: around.cwd,
      env: around.env,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#log += text))
    this.#ended = new Promise((resolve) => {
      child.once('error', () => resolve(null))
      child.once('close', resolve)
    })
    this.#ended.then((code) => {
      if (this.#stopping) return
      onLost(new NotObserved(`${name} goes on running; it ended with exit code ${code ?? 'none'}`))
    })
    this.pid = child.pid
    this.#child = child
  }

  /** Everything that it has written to standard error. */
  get log(): string {
    return this.#log
  }

  /** What it has written since the log was `length` long. */
  logSince(length: number): string {
    return this.#log.slice(length)
  }

  /** SIGTERM, and SIGKILL after a bound. An end without exit code 0 is an error. */
  async stop(): Promise<string> {
    this.#stopping = true
    this.#child.kill('SIGTERM')
    const force = setTimeout(() => this.#child.kill('SIGKILL'), DRAIN_MS)
    const code = await this.#ended
    clearTimeout(force)
    if (code !== 0) throw new NotObserved(`${this.name} ends in order; its exit code is ${code ?? 'none'}`)
    return `${this.name} drained and ended with exit code 0`
  }
}
