import { describe, expect, test } from 'vitest'
import { clockCheck, offsetMs } from '../../../src/app/doctor/clock.ts'
import type { Exchange } from '../../../src/app/doctor/probe.ts'

const date = 'Thu, 01 Jan 2026 12:00:00 GMT'
const noon = Date.parse(date)
const exchange = (sentAt: number, tookMs: number): Exchange => ({ sentAt, receivedAt: sentAt + tookMs, date })

describe('how far two clocks are apart', () => {
  test.each([
    // The header names a whole second, and was written some time between question and answer.
    ['equal', 0, 20, 0],
    ['within the second of the header', 900, 20, 0],
    ['a long answer during which both may agree', -40_000, 41_000, 0],
    ['behind, by no less than the way back leaves', -60_000, 2_000, 58_000],
    ['ahead', 61_000, 20, -60_001],
  ])('%s', (_, sent, took, offset) => {
    expect(offsetMs(exchange(noon + sent, took))).toBe(offset)
  })

  test.each([
    [-20_000, 'ok', /agrees/],
    [-60_000, 'warning', /^this machine's clock is 60 s behind the server's$/],
    [240_999, 'warning', /^this machine's clock is 4 min ahead of the server's$/],
    [-3_600_000, 'problem', /60 min behind the server's: AWS refuses/],
    [3_601_000, 'problem', /60 min ahead of the server's: AWS refuses/],
  ])('%i ms', (sent, level, message) => {
    const check = clockCheck([exchange(noon + sent, 0)])
    expect(check).toMatchObject({ level, message: expect.stringMatching(message) })
  })

  test('of several answers the one that leaves the least is believed', () => {
    expect(clockCheck([exchange(noon - 90_000, 0), exchange(noon - 90_000, 85_000)]).level).toBe('ok')
  })

  test('a server that tells no time, or none that can be read, is no finding', () => {
    expect(clockCheck([]).level).toBe('skipped')
    expect(clockCheck([{ ...exchange(noon, 0), date: 'noon' }]).level).toBe('skipped')
  })
})
