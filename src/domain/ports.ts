/** Time, as an input: nothing below `app` calls `Date.now` or `setTimeout` by itself. */
export interface Clock {
  /** Wall clock, for records and people. Never compared with another machine's. */
  now(): Date
  /** Milliseconds that only grow, for deadlines and leases within this process. */
  monotonic(): number
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface Ids {
  /** A random UUID, for inference ids and request tokens. */
  uuid(): string
}

export interface Randomness {
  /** 0 <= n < 1, for jitter and weighted choice. */
  next(): number
}
