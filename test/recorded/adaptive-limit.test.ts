import { expect, test } from 'vitest'
import { AdaptiveLimit } from '../../src/recorded/adaptive-limit.ts'

/** Runs so much work at once and gives how much of it ran at the same time at most. */
async function most(limit: AdaptiveLimit, count: number, press: () => boolean = () => false): Promise<number> {
  let [running, seen] = [0, 0]
  const work = async (): Promise<void> => {
    running += 1
    seen = Math.max(seen, running)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
    if (press()) limit.press()
  }
  await Promise.all(Array.from({ length: count }, () => limit.run(work)))
  return seen
}

test('begins with sixteen at once and grows up to 48 while nothing is throttled', async () => {
  const limit = new AdaptiveLimit()
  expect(await most(limit, 16)).toBe(16)
  expect(await most(limit, 5_000)).toBe(48)
  expect(limit.limit).toBe(48)
})

test('goes down to one request at a time where everything is throttled, and comes back', async () => {
  const limit = new AdaptiveLimit()
  await most(limit, 400, () => true)
  expect(limit.limit).toBeLessThan(2)
  await most(limit, 3_000)
  expect(limit.limit).toBe(48)
})

test('takes requests that were on their way together for one sign of pressure', async () => {
  const limit = new AdaptiveLimit()
  for (let times = 0; times < 20; times += 1) limit.press()
  expect(limit.limit).toBeCloseTo((16 * 2) / 3)
})

test('goes on after work that fails', async () => {
  const limit = new AdaptiveLimit()
  const failing = Array.from({ length: 40 }, () => limit.run(() => Promise.reject(new Error('no'))))
  const ended = await Promise.allSettled(failing)
  expect(ended.every(({ status }) => status === 'rejected')).toBe(true)
  expect(await most(limit, 20)).toBe(16)
})
