import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/domain/diagnostics.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { countText, plain, prettyDiagnostic } from '../../src/report/diagnostics.ts'
import { planDifference, prettyPlan } from '../../src/report/plan.ts'
import { catalog, MODEL, OTHER } from '../support/catalog-builder.ts'
import { planOf, recordedOf } from '../support/catalog-recorded.ts'

const diagnostic: Diagnostic = {
  ...{ code: 'ST1103', severity: 'error', summary: 'wrong', help: 'Do it.', path: 'a/b.yaml', pointer: '/x' },
  range: { start: { line: 12, column: 4 }, end: { line: 12, column: 7 } },
  related: [],
}
const text = `${'\n'.repeat(11)}x: abc # y\n`
const pretty = (changed: Partial<Diagnostic>, source: string | null = text) =>
  prettyDiagnostic({ ...diagnostic, ...changed }, () => source, false)

describe('a diagnostic for people', () => {
  test('is framed like a compiler’s', () => {
    const range = { start: { line: 3, column: 2 }, end: { line: 3, column: 5 } }
    const related = [{ path: 'c.yaml', range, message: 'the other one' }]
    expect(pretty({ detail: 'more', related }).split('\n')).toEqual([
      'error[ST1103]: wrong',
      '  --> a/b.yaml:12:4',
      '   |',
      '12 | x: abc # y',
      '   |    ^^^',
      '   = note: more',
      '   = note: the other one: c.yaml:3:2',
      '   = help: Do it.',
    ])
  })

  test('has no frame where the text or the line is not at hand', () => {
    for (const source of [null, '', 'one line']) expect(pretty({}, source).split('\n')).toHaveLength(3)
  })

  test('over several lines marks the first to its end', () => {
    const range = { start: { line: 12, column: 4 }, end: { line: 15, column: 1 } }
    expect(pretty({ range }).split('\n')[4]).toBe('   |    ^^^^^^^')
  })

  test('keeps tabs under tabs, and shows no CR of a line that ends in CR LF', () => {
    const range = { start: { line: 1, column: 3 }, end: { line: 1, column: 4 } }
    expect(pretty({ range }, '\tab\r\n').split('\n').slice(2, 5)).toEqual(['  |', '1 | \tab', '  | \t ^'])
  })

  test('marks at least one place, at the end of a line too', () => {
    const range = { start: { line: 1, column: 3 }, end: { line: 1, column: 3 } }
    expect(pretty({ range }, 'ab\n').split('\n')[4]).toBe('  |   ^')
  })

  test('is coloured only when asked', () => {
    const escape = '\u001b['
    expect(pretty({})).not.toContain(escape)
    expect(prettyDiagnostic(diagnostic, () => text, true)).toContain(escape)
  })

  test('never passes on what steers a terminal', () => {
    expect(plain('\u001b[31m\u0007\u009b\u0000\r')).toBe('\\x1b[31m\\x07\\x9b\\x00\\x0d')
    expect(plain('a\u202eb\u2066c\u200f\u2028')).toBe('a\\u202eb\\u2066c\\u200f\\u2028')
    expect(plain('tab\t, line\n, ü, 🦊, 日本')).toBe('tab\t, line\n, ü, 🦊, 日本')
    const hostile = pretty(
      { summary: '\u001b]0;x\u0007', path: 'a\u001b.yaml', help: '\u009b' },
      `${'\n'.repeat(11)}\u001b[2J`,
    )
    expect(hostile.match(/(?!\n)\p{Cc}/gu)).toBeNull()
  })
})

test('counts agree with their nouns', () => {
  expect([
    countText(0, 'error'),
    countText(1, 'error'),
    countText(2, 'error'),
    countText(2, 'entry', 'entries'),
  ]).toEqual(['0 errors', '1 error', '2 errors', '2 entries'])
})

describe('a plan for people', () => {
  const next = catalog()
    .version(MODEL, 2)
    .deployment(MODEL, 'prod', { model_version: 2, capacity: { replicas: 2 } })

  test('says what changes, from what to what, and where it is declared', () => {
    const lines = prettyPlan(planOf(next, recordedOf(catalog())), false).split('\n')
    expect(lines).toContain('/abc/claim/docs in prod')
    expect(lines).toContain(
      '  ~ deployment.rollout /abc/claim/docs#prod: version 1 → 2; rolling: 50, 100 %, watched for 10s  models/abc/claim/docs/deployments/prod.yaml:1',
    )
    expect(lines).toContain('      model_version: 1 → 2')
    expect(lines).toContain('1 to create, 1 to update, 0 to delete, 2 unchanged, runtimes not observed.')
    expect(lines.at(-1)).toMatch(/^Plan digest sha256:[0-9a-f]{64}$/)
  })

  test('shows deletions, blocked units and drift', () => {
    const recorded = recordedOf(catalog().model(OTHER).version(OTHER, 1).deployment(OTHER, 'prod'))
    const plan = planOf(catalog().model(MODEL, 'bad: 1\n'), recorded)
    const drift = [
      { unit: MODEL, key: MODEL, class: 'changed_outside', fields: ['command'], message: 'a \u001b[1mprocess' },
    ] as const
    const shown = prettyPlan({ ...plan, drift, summary: { ...plan.summary, drift: 1 } }, false)
    expect(shown).toContain('  blocked by errors; nothing of it is changed')
    expect(shown).toContain('  - deployment.retire /abc/pricing/cost#prod: no longer declared')
    expect(shown).toContain('changed outside: a \\x1b[1mprocess')
    expect(shown).toContain('3 to delete, 0 unchanged, 1 unit blocked, 1 drifted')
  })

  test('cuts long values and escapes what they hold', () => {
    const given = catalog().model(MODEL, { description: `\u001b${'x'.repeat(500)}` })
    const line = prettyPlan(planOf(given, recordedOf(catalog())), false)
      .split('\n')
      .find((one) => one.includes('description:'))
    expect(line).toContain('description: A model. → \\x1bxxx')
    expect(line?.length).toBeLessThan(120)
  })
})

describe('the difference of two plans', () => {
  const now = planOf(catalog().model(OTHER), recordedOf(catalog()))
  const planned = planOf(catalog().version(MODEL, 2), recordedOf(catalog()))

  test('is nothing for equal plans', () => {
    expect(planDifference(now, now)).toEqual([])
  })

  test('names every unit that differs, with both sides', () => {
    expect(planDifference(planned, now)).toEqual([
      '/abc/claim/docs',
      '  - planned: registry.upsert /abc/claim/docs@2 (not recorded yet)',
      '  + now:     nothing',
      '/abc/pricing/cost',
      '  - planned: nothing',
      '  + now:     catalog.upsert /abc/pricing/cost (not recorded yet)',
    ])
  })

  test('tells a unit that is blocked now', () => {
    const blocked: Plan = planOf(catalog().version(MODEL, 2, 'bad: 1\n'), recordedOf(catalog()))
    expect(planDifference(planned, blocked)).toContain('  + now:     blocked')
  })
})
