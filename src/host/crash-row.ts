import type { HostTimings } from './timings.ts'

function durationText(ms: number): string {
  return `${ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000)} s`
}

/** One crash: an end that nobody asked for, of a server that had been ready. */
export interface Crash {
  /** `the server exited with code 1`. */
  readonly reason: string
  /** How long it had been ready. */
  readonly readyMs: number
  /** `; its last output: …`, redacted. */
  readonly lastWords: string
}

/** Crashes of one replica in a row, each soon after its process was ready. */
export class CrashRow {
  readonly #timings: HostTimings
  #count = 0

  constructor(timings: HostTimings) {
    this.#timings = timings
  }

  /** It crashes whenever it is started. */
  get looping(): boolean {
    return this.#count >= this.#timings.crashLoop
  }

  /** The crash in words, and the failure that it is part of; null while it may be the only one. */
  note({ reason, readyMs, lastWords }: Crash): { readonly text: string; readonly failure: string | null } {
    const after = `after ${durationText(readyMs)}`
    this.#count = readyMs < this.#timings.resetBackoffMs ? this.#count + 1 : 0
    const text = `${reason} ${after}${lastWords}`
    if (!this.looping) return { text, failure: null }
    const times = `the server crashed ${this.#count} times in a row`
    return { text, failure: `${times}, the last time ${after}: ${reason.replace(/^the server /, '')}${lastWords}` }
  }

  /** The server has been ready for `readyMs`; true where that ends the row. */
  endsAfter(readyMs: number): boolean {
    if (this.#count === 0 || readyMs < this.#timings.resetBackoffMs) return false
    this.#count = 0
    return true
  }
}
