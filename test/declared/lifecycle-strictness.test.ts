import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LifecycleStage } from '../../src/declared/lifecycle-presets.ts'
import { missingStrictness } from '../../src/declared/rules/lifecycle-strictness.ts'

type Gate = NonNullable<LifecycleStage['gates']>[number]
const prod = (...gates: Gate[]): LifecycleStage[] => [{ name: 'prod', gates }]

const rows: readonly (readonly [reason: string, has: Gate, needs: Gate, covered: boolean])[] = [
  ['a higher bound', { metrics: { a: '>= 0.95' } }, { metrics: { a: '>= 0.9' } }, true],
  ['a lower bound', { metrics: { a: '>= 0.85' } }, { metrics: { a: '>= 0.9' } }, false],
  ['more than, where at least is asked', { metrics: { a: '> 0.9' } }, { metrics: { a: '>= 0.9' } }, true],
  ['at least, where more than is asked', { metrics: { a: '>= 0.9' } }, { metrics: { a: '> 0.9' } }, false],
  ['a smaller error', { metrics: { mae: '<= 10' } }, { metrics: { mae: '< 11' } }, true],
  ['the other direction', { metrics: { a: '<= 0.9' } }, { metrics: { a: '>= 0.9' } }, false],
  ['exactly a good value', { metrics: { a: '== 1' } }, { metrics: { a: '>= 0.9' } }, true],
  ['another metric', { metrics: { b: '>= 1' } }, { metrics: { a: '>= 0.9' } }, false],
  ['one metric more', { metrics: { a: '>= 0.9', b: '>= 1' } }, { metrics: { a: '>= 0.9' } }, true],
  ['more people', { approvals: { role: 'r', count: 2 } }, { approvals: { role: 'r' } }, true],
  ['fewer people', { approvals: { role: 'r' } }, { approvals: { role: 'r', count: 2 } }, false],
  ['other people', { approvals: { role: 's' } }, { approvals: { role: 'r' } }, false],
  ['a longer soak', { soak: { stage: 'test', for: '2d' } }, { soak: { stage: 'test', for: '24h' } }, true],
  ['a shorter soak', { soak: { stage: 'test', for: '60m' } }, { soak: { stage: 'test', for: '24h' } }, false],
  ['a soak elsewhere', { soak: { stage: 'dev', for: '2d' } }, { soak: { stage: 'test', for: '24h' } }, false],
  [
    'a smaller drop',
    { compare: { metric: 'a', to: 'live', max_drop: 0 } },
    { compare: { metric: 'a', to: 'live', max_drop: 0.01 } },
    true,
  ],
  [
    'a larger drop',
    { compare: { metric: 'a', to: 'live', max_drop: 0.1 } },
    { compare: { metric: 'a', to: 'live', max_drop: 0.01 } },
    false,
  ],
  ['another kind of gate', { metrics: { a: '>= 1' } }, { approvals: { role: 'r' } }, false],
]

describe('a gate covers another', () => {
  test.each(rows)('%s', (_reason, has, needs, covered) => {
    expect(missingStrictness(prod(has), prod(needs)).length === 0).toBe(covered)
  })
})

test('what is missing is named with its stage', () => {
  expect(missingStrictness([{ name: 'dev' }], prod({ approvals: { role: 'compliance' } }))).toEqual(['the stage prod'])
  const needs = [
    { name: 'prod', gates: [{ approvals: { role: 'compliance', count: 2 } }], reports: [{ name: 'pen-test' }] },
  ]
  expect(missingStrictness(prod(), needs)).toEqual(['2 approvals by compliance in prod', 'the report pen-test in prod'])
})

const gate = fc.oneof(
  fc.record({
    metrics: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('>= 0.9', '> 0.9', '< 1', '== 1'), {
      minKeys: 1,
    }),
  }),
  fc.record({ approvals: fc.record({ role: fc.constantFrom('r', 's'), count: fc.integer({ min: 1, max: 3 }) }) }),
  fc.record({ soak: fc.record({ stage: fc.constantFrom('dev', 'test'), for: fc.constantFrom('1h', '24h', '2d') }) }),
)
const lifecycle = fc.uniqueArray(fc.record({ name: fc.constantFrom('dev', 'test', 'prod'), gates: fc.array(gate) }), {
  selector: ({ name }) => name,
})

test('every life cycle is as strict as itself, and strictness is passed on', () => {
  fc.assert(
    fc.property(lifecycle, lifecycle, lifecycle, (a, b, c) => {
      expect(missingStrictness(a, a)).toEqual([])
      const strict = (has: typeof a, needs: typeof a): boolean => missingStrictness(has, needs).length === 0
      if (strict(a, b) && strict(b, c)) expect(strict(a, c)).toBe(true)
    }),
  )
})
