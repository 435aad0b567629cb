import type { Clock, Randomness } from '../domain/ports.ts'

export type Priority = 'change' | 'resync'

interface Entry {
  dueAt: number
  priority: Priority
}

const FIRST_BACKOFF_MS = 1_000
const LONGEST_BACKOFF_MS = 600_000

/**
 * Keys that want a look, each at most once at a time. An add while a key is being worked on makes it run again after.
 * Changes go before resyncs. Times are of the monotonic clock.
 */
export class WorkQueue<Key extends string> {
  readonly #clock: Clock
  readonly #randomness: Randomness
  readonly #waiting = new Map<Key, Entry>()
  readonly #working = new Set<Key>()
  readonly #failures = new Map<Key, number>()
  #wake: (() => void) | null = null

  constructor(clock: Clock, randomness: Randomness) {
    this.#clock = clock
    this.#randomness = randomness
  }

  add(key: Key, priority: Priority, afterMs = 0): void {
    const dueAt = this.#clock.monotonic() + afterMs
    const known = this.#waiting.get(key)
    this.#waiting.set(key, {
      dueAt: known === undefined ? dueAt : Math.min(known.dueAt, dueAt),
      priority: known?.priority === 'change' ? 'change' : priority,
    })
    this.#wake?.()
  }

  /** Adds a key again after a failure: 1 s, doubled each time up to 10 min, with up to 20 % taken off at random. */
  retry(key: Key): void {
    const failures = (this.#failures.get(key) ?? 0) + 1
    this.#failures.set(key, failures)
    const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1))
    this.add(key, 'resync', backoff * (1 - this.#randomness.next() * 0.2))
  }

  /** Forgets the key's failures. */
  succeeded(key: Key): void {
    this.#failures.delete(key)
  }

  /** The next key that is due and not being worked on, marked as being worked on; null if there is none now. */
  take(): Key | null {
    const now = this.#clock.monotonic()
    const due = [...this.#waiting].filter(([key, { dueAt }]) => dueAt <= now && !this.#working.has(key))
    const rank = ({ priority, dueAt }: Entry): number => (priority === 'change' ? -1e15 : 0) + dueAt
    const [next] = due.sort(([, a], [, b]) => rank(a) - rank(b))
    if (next === undefined) return null
    this.#waiting.delete(next[0])
    this.#working.add(next[0])
    return next[0]
  }

  finish(key: Key): void {
    this.#working.delete(key)
    this.#wake?.()
  }

  /** Nothing waits and nothing is being worked on. */
  get idle(): boolean {
    return this.#waiting.size === 0 && this.#working.size === 0
  }

  /** How many keys wait, by priority. */
  depth(): Readonly<Record<Priority, number>> {
    const entries = [...this.#waiting.values()]
    const change = entries.filter(({ priority }) => priority === 'change').length
    return { change, resync: entries.length - change }
  }

  /** Resolves when something may have become due, or the signal is aborted. */
  async settled(signal: AbortSignal): Promise<void> {
    const ready = [...this.#waiting].filter(([key]) => !this.#working.has(key)).map(([, { dueAt }]) => dueAt)
    const wait = ready.length === 0 ? 60_000 : Math.max(0, Math.min(...ready) - this.#clock.monotonic())
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await this.#clock.sleep(wait, AbortSignal.any([signal, woken.signal])).catch(() => undefined)
    this.#wake = null
  }
}
