import type { Clock } from '../domain/ports.ts'

/** Wakes everyone who waits for "something changed"; a waiter looks again and decides for itself. */
export class Changes {
  readonly #waiting = new Set<() => void>()

  notify(): void {
    for (const wake of this.#waiting) wake()
  }

  /** Resolves at the next change, after `ms`, or when the signal aborts. */
  async next(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const done = new AbortController()
    const stop = (): void => done.abort()
    this.#waiting.add(stop)
    signal.addEventListener('abort', stop, { once: true })
    try {
      if (!signal.aborted) await clock.sleep(ms, done.signal)
    } catch (error) {
      if (!done.signal.aborted) throw error
    } finally {
      this.#waiting.delete(stop)
      signal.removeEventListener('abort', stop)
    }
  }
}
