import { expect, it } from 'vitest'
import { CrashRow } from '../../src/host/crash-row.ts'
import { DEFAULT_TIMINGS } from '../../src/host/timings.ts'

const crash = (readyMs: number) => ({
  reason: 'the server exited with code 1',
  readyMs,
  lastWords: '; it wrote nothing',
})

it('is a loop from the third crash soon after being ready', () => {
  const row = new CrashRow(DEFAULT_TIMINGS)
  expect(row.note(crash(5_000))).toEqual({
    text: 'the server exited with code 1 after 5 s; it wrote nothing',
    failure: null,
  })
  row.note(crash(9_999))
  expect(row.looping).toBe(false)
  expect(row.note(crash(5_000)).failure).toBe(
    'the server crashed 3 times in a row, the last time after 5 s: exited with code 1; it wrote nothing',
  )
  expect(row.looping).toBe(true)
  expect(row.note(crash(100)).failure).toContain('4 times')
})

it('ends with a long healthy run, also one that ends in a crash', () => {
  const row = new CrashRow(DEFAULT_TIMINGS)
  for (let count = 0; count < 3; count += 1) row.note(crash(0))
  expect(row.endsAfter(9_999)).toBe(false)
  expect(row.endsAfter(10_000)).toBe(true)
  expect(row.endsAfter(20_000)).toBe(false)
  for (let count = 0; count < 3; count += 1) row.note(crash(0))
  expect(row.note(crash(60_000))).toEqual({
    text: 'the server exited with code 1 after 60 s; it wrote nothing',
    failure: null,
  })
  expect(row.looping).toBe(false)
})
