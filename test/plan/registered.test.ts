import { describe, expect, test } from 'vitest'
import { planAll } from '../../src/plan/plan-all.ts'
import { toDeployment } from '../../src/recorded/read-unit.ts'
import { catalog, MODEL, OTHER, pathIn, versionValue } from '../support/catalog-builder.ts'
import { actionsOf, carryOut, planOf, recordedOf, withUnit } from '../support/catalog-recorded.ts'

describe('a registered version', () => {
  const undeployed = catalog().without('abc/claim/docs/deployments')
  const registered = recordedOf(undeployed)
  const versionFile = pathIn(MODEL, 'versions/1.yaml')
  const change = (value: object) => planOf(undeployed.version(MODEL, 1, { ...versionValue(1), ...value }), registered)
  const artifact = { name: 'trained', uri: 'docs/1.tar.gz', sha256: '1'.padStart(64, '0'), size: 10 }

  test.each([
    ['artifacts', [{ ...artifact, sha256: 'f'.repeat(64) }]],
    ['artifacts', [{ ...artifact, uri: 'elsewhere' }]],
    ['artifacts', [{ ...artifact, size: 11 }]],
    ['artifacts', [artifact, { name: 'more', uri: 'x' }]],
    ['artifacts', [{ name: 'trained', uri: 'docs/1.tar.gz' }]],
    ['artifacts', []],
    ['serving', { command: ['python', 'serve.py'] }],
    ['inference', { input: { description: 'other' } }],
  ] as const)('is immutable in %s (ST1209): %j', (field, value) => {
    const plan = change({ [field]: value })
    expect(plan.diagnostics).toMatchObject([{ code: 'ST1209', path: versionFile, pointer: `/${field}` }])
    expect(plan.diagnostics[0]?.help).toContain('register the change as versions/2.yaml.')
    expect(plan.units).toMatchObject([{ unit: MODEL, blocked: true, actions: [] }])
  })

  test('the error stands at the line of the field', () => {
    const text = 'description: x\nserving: {command: [python]}\nartifacts: []\n'
    const plan = planOf(undeployed.version(MODEL, 1, text), registered)
    expect(plan.diagnostics.map(({ code, range }) => [code, range.start])).toEqual([
      ['ST1209', { line: 2, column: 1 }],
      ['ST1209', { line: 3, column: 1 }],
    ])
  })

  test('may get what was missing: sha256 and size', () => {
    const bare = undeployed.version(MODEL, 1, {
      ...versionValue(1),
      artifacts: [{ name: 'trained', uri: 'docs/1.tar.gz' }],
    })
    const plan = planOf(undeployed, recordedOf(bare))
    expect(plan.diagnostics).toEqual([])
    expect(actionsOf(plan)).toEqual(['registry.upsert /abc/claim/docs@1'])
  })

  test('may be described, measured and deprecated later', () => {
    const plan = change({ description: 'x', metrics: { f1: 1 }, deprecated: { reason: 'old' } })
    expect(plan.diagnostics).toEqual([])
    expect(plan.units[0]?.actions[0]).toMatchObject({
      kind: 'registry.upsert',
      before: { status: 'registered' },
      after: { status: 'deprecated' },
      fields: ['deprecated', 'description', 'metrics', 'status'],
    })
  })

  test('keeps its number for good (ST1210), unless it comes back as it was', () => {
    const with2 = catalog().version(MODEL, 2)
    const declared = catalog().declare()
    const recorded = recordedOf(with2)
    const retired = carryOut(planAll({ declared, recorded }), declared, recorded)
    const other = planOf(catalog().version(MODEL, 2, versionValue(3)), retired)
    expect(other.diagnostics).toMatchObject([
      { code: 'ST1210', path: pathIn(MODEL, 'versions/2.yaml'), pointer: '/artifacts' },
    ])
    expect(other.summary.blocked).toBe(1)
    const again = planOf(with2, retired)
    expect(again.diagnostics).toEqual([])
    expect(actionsOf(again)).toEqual(['registry.upsert /abc/claim/docs@2'])
  })

  test('is judged also where something else is wrong with its model', () => {
    const given = catalog().version(MODEL, 1, { ...versionValue(1), artifacts: [] })
    expect(planOf(given, recordedOf(catalog())).diagnostics.map(({ code }) => code)).toEqual(['ST1208', 'ST1209'])
  })
})

describe('I7: an item that is not ours (ST1401)', () => {
  const ours = recordedOf(catalog())
  const without = (item: object) => {
    const { rev: _rev, ...rest } = item as Record<string, never>
    return rest
  }
  const foreign = [
    ['catalog', withUnit(ours, MODEL, ({ catalog: item }) => ({ catalog: without(item ?? {}) }))],
    [
      'registry',
      withUnit(ours, MODEL, ({ versions }) => ({
        versions: new Map([...versions].map(([n, item]) => [n, without(item)])),
      })),
    ],
    [
      'deployment',
      withUnit(ours, MODEL, ({ deployments }) => ({
        deployments: deployments.map(({ item }) => toDeployment(without(item))),
      })),
    ],
  ] as const

  test.each(foreign)('in the table model-%s blocks its unit, declared or not, and no other', (table, recorded) => {
    const two = catalog().model(OTHER).model(MODEL, { description: 'changed' })
    const plan = planOf(two, recorded)
    expect(plan.diagnostics).toMatchObject([{ code: 'ST1401', severity: 'error', path: pathIn(MODEL, 'model.yaml') }])
    expect(plan.diagnostics[0]?.summary).toContain(`model-${table} /abc/claim/docs`)
    expect(actionsOf(plan)).toEqual([`catalog.upsert ${OTHER}`])
    expect(actionsOf(planOf(two.without('abc/claim'), recorded))).toEqual([`catalog.upsert ${OTHER}`])
  })
})
