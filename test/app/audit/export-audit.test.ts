import { describe, expect, test } from 'vitest'
import { exportAudit } from '../../../src/app/audit/export-audit.ts'
import { parseMoment } from '../../../src/app/history.ts'
import { MODEL, OTHER } from '../../support/catalog-builder.ts'
import { FakeTables } from '../../support/fake-tables.ts'

function tablesWith(times: Readonly<Record<string, readonly string[]>>): FakeTables {
  const tables = new FakeTables()
  for (const [model, ats] of Object.entries(times)) {
    for (const [index, at] of ats.entries()) {
      tables.force('steward-control', { pk: `audit#${model}`, sk: String(index + 1).padStart(9, '0'), at })
    }
  }
  return tables
}

const { signal } = new AbortController()
const models = [MODEL, OTHER]
const whole = { models, since: null, until: null, signal }
const day = (number: number): string => `2026-01-0${number}T12:00:00.000Z`

describe('the entries of an export', () => {
  test('stand in the order of their times over all models', async () => {
    const tables = tablesWith({ [MODEL]: [day(1), day(3)], [OTHER]: [day(2), day(4)] })
    expect((await exportAudit(tables, whole)).map(({ at }) => at)).toEqual([1, 2, 3, 4].map(day))
  })

  test('of one model stay in the order of its chain where a clock was set back', async () => {
    const tables = tablesWith({ [MODEL]: [day(5), day(1), day(6)], [OTHER]: [day(2)] })
    const order = (await exportAudit(tables, whole)).map(({ model, sequence }) => `${model} ${sequence}`)
    expect(order).toEqual([`${OTHER} 1`, `${MODEL} 1`, `${MODEL} 2`, `${MODEL} 3`])
  })

  test('keep to a span, both ends included', async () => {
    const tables = tablesWith({ [MODEL]: [1, 2, 3, 4].map(day) })
    const span = { since: new Date(day(2)), until: new Date(day(3)) }
    expect((await exportAudit(tables, { ...whole, ...span })).map(({ at }) => at)).toEqual([2, 3].map(day))
  })
})

describe('a bare date', () => {
  test.each([
    ['beginning', '2026-01-15', '2026-01-14T23:00:00.000Z'],
    ['end', '2026-01-15', '2026-01-15T22:59:59.999Z'],
    // Summer time begins on this day: it has 23 hours.
    ['beginning', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['end', '2026-03-29', '2026-03-29T21:59:59.999Z'],
  ] as const)('is the %s of %s in the time zone', (edge, date, at) => {
    expect(parseMoment(date, 'Europe/Berlin', edge).toISOString()).toBe(at)
  })
})
