import { setTimeout as delay } from 'node:timers/promises'

/** The demo's own kind of failure: something that had to be seen was not. */
export class NotObserved extends Error {
  constructor(what: string) {
    super(`not observed: ${what}`)
    this.name = 'NotObserved'
  }
}

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch {
    signal.throwIfAborted()
  }
}

export interface Patience {
  /** Its abort ends the waiting with the abort's reason. */
  readonly signal: AbortSignal
  readonly seconds?: number
}

/** Polls until `look` gives something other than null. */
export async function until<Found>(
  what: string,
  look: () => Found | null | Promise<Found | null>,
  { signal, seconds = 30 }: Patience,
): Promise<Found> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    signal.throwIfAborted()
    const found = await look()
    if (found !== null) return found
    if (performance.now() >= deadline) throw new NotObserved(`${what}, within ${seconds} s`)
    await pause(50, signal)
  }
}
