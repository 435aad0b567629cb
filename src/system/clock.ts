import { setTimeout as delay } from 'node:timers/promises'
import type { Clock, Ids, Randomness } from '../domain/ports.ts'

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? undefined : { signal })
  },
}

export const systemIds: Ids = { uuid: () => crypto.randomUUID() }

export const systemRandomness: Randomness = { next: () => Math.random() }
