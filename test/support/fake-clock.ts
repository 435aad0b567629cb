import type { Clock } from '../../src/domain/ports.ts'

interface Sleeper {
  readonly dueAt: number
  readonly wake: () => void
}

const EPOCH = Date.UTC(2026, 0, 1)

/**
 * Time that stands still while anything works. `auto`: when everything waits, it jumps to the next sleeper; it relies
 * on fakes that answer within microtasks. Otherwise `advance` moves it.
 */
export class FakeClock implements Clock {
  readonly #auto: boolean
  readonly #sleepers = new Set<Sleeper>()
  #elapsed: number
  #ticking = false
  #busy = 0

  constructor(options: { readonly auto?: boolean; readonly startMs?: number } = {}) {
    this.#auto = options.auto ?? false
    this.#elapsed = options.startMs ?? 0
  }

  now(): Date {
    return new Date(EPOCH + this.#elapsed)
  }

  monotonic(): number {
    return this.#elapsed
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = { dueAt: this.#elapsed + ms, wake: () => resolve() }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', () => {
        if (this.#sleepers.delete(sleeper)) reject(signal.reason as Error)
      })
      if (this.#auto) this.#tick()
    })
  }

  /** Moves on, sleeper by sleeper, and lets what each of them wakes run. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms
    await settle()
    for (let next = this.#next(); next !== undefined && next.dueAt <= until; next = this.#next()) {
      this.#wake(next)
      await settle()
    }
    this.#elapsed = Math.max(this.#elapsed, until)
  }

  /** Moves on without waking anybody: the process was paused. */
  pause(ms: number): void {
    this.#elapsed += ms
  }

  /** Lets no time pass while something works that does not answer within microtasks. */
  async whileBusy<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#busy += 1
    try {
      return await work()
    } finally {
      this.#busy -= 1
    }
  }

  #next(): Sleeper | undefined {
    return [...this.#sleepers].toSorted((a, b) => a.dueAt - b.dueAt)[0]
  }

  #wake(sleeper: Sleeper): void {
    this.#sleepers.delete(sleeper)
    this.#elapsed = Math.max(this.#elapsed, sleeper.dueAt)
    sleeper.wake()
  }

  #tick(): void {
    if (this.#ticking) return
    this.#ticking = true
    setImmediate(() => {
      this.#ticking = false
      const next = this.#busy > 0 ? undefined : this.#next()
      if (next !== undefined) this.#wake(next)
      if (this.#sleepers.size > 0) this.#tick()
    })
  }
}

/** Lets all microtasks run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
