import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/domain/diagnostics.ts'
import type { Action } from '../../src/plan/plan.ts'
import { planAll } from '../../src/plan/plan-all.ts'
import { Catalog, catalog, MODEL, OTHER, pathIn, unitOf, versionValue } from '../support/catalog-builder.ts'
import { actionsOf, carryOut, nothingRecorded, planOf, recordedOf } from '../support/catalog-recorded.ts'

const prod = '/abc/claim/docs#prod'
const deployed = (value: object) => catalog().deployment(MODEL, 'prod', value)
const onlyAction = (given: Catalog, recorded = recordedOf(catalog())): Action | undefined => {
  const actions = planOf(given, recorded).units.flatMap((entry) => entry.actions)
  expect(actions.length).toBeLessThanOrEqual(1)
  return actions[0]
}

describe('what is declared and recorded alike', () => {
  test('plans nothing', () => {
    const { summary, units, diagnostics } = planOf(catalog(), recordedOf(catalog()))
    expect({ units, diagnostics }).toEqual({ units: [], diagnostics: [] })
    expect(summary).toEqual({ create: 0, update: 0, delete: 0, blocked: 0, unchanged: 3, drift: 0 })
  })
})

describe('what is not recorded yet', () => {
  test('is created: records first, then deployments, stage by stage', () => {
    const plan = planOf(catalog().version(MODEL, 10).version(MODEL, 2).deployment(MODEL, 'dev'))
    expect(plan.units.map(({ stage, actions }) => [stage, actions.map(({ kind, key }) => `${kind} ${key}`)])).toEqual([
      [
        null,
        [
          'catalog.upsert /abc/claim/docs',
          'registry.upsert /abc/claim/docs@1',
          'registry.upsert /abc/claim/docs@2',
          'registry.upsert /abc/claim/docs@10',
        ],
      ],
      ['dev', ['deployment.create /abc/claim/docs#dev']],
      ['prod', ['deployment.create /abc/claim/docs#prod']],
    ])
    expect(plan.summary).toMatchObject({ create: 6, update: 0, delete: 0, unchanged: 0 })
  })

  test('says where it is declared', () => {
    const plan = planOf(deployed({ description: 'x', model_version: 1 }))
    const positions = plan.units.flatMap(({ actions }) => actions.map(({ position }) => position))
    expect(positions).toContainEqual({ path: pathIn(MODEL, 'deployments/prod.yaml'), line: 2 })
    expect(positions).toContainEqual({ path: pathIn(MODEL, 'model.yaml'), line: 1 })
  })

  test('holds neither time nor author, nor identity', () => {
    const own = { create_at: '2020-01-01T00:00:00.000Z', created_by: 'eve', namespace: '/abc/claim' }
    const plan = planOf(catalog().version(MODEL, 1, { ...versionValue(1), ...own }))
    const after = plan.units.flatMap(({ actions }) => actions.map((action) => Object.keys(action.after ?? {}))).flat()
    for (const field of [...Object.keys(own), 'revision', 'path', 'digest', 'model_name', 'kind']) {
      expect(after).not.toContain(field)
    }
  })
})

describe('what changed', () => {
  test('is an upsert with the changed fields only', () => {
    expect(onlyAction(catalog().model(MODEL, { description: 'Better.' }))).toMatchObject({
      kind: 'catalog.upsert',
      key: MODEL,
      before: { description: 'A model.' },
      after: { description: 'Better.' },
      fields: ['description'],
      reason: 'changed: description',
    })
  })

  test('of a deployment’s intent is a rollout with the changed fields only', () => {
    const recorded = recordedOf(catalog().version(MODEL, 2))
    expect(
      onlyAction(catalog().version(MODEL, 2).deployment(MODEL, 'prod', { model_version: 2 }), recorded),
    ).toMatchObject({
      kind: 'deployment.rollout',
      key: prod,
      before: { model_version: 1 },
      after: { model_version: 2 },
      reason: 'version 1 → 2; rolling, watched for 10s',
      risk: 'medium',
    })
  })

  test('of capacity and the like adjusts what runs', () => {
    const given = deployed({ model_version: 1, capacity: { replicas: 3 }, labels: { a: 'b' }, description: 'x' })
    expect(onlyAction(given)).toMatchObject({
      kind: 'deployment.adjust',
      before: {},
      after: { capacity: { replicas: 3 }, description: 'x', labels: { a: 'b' } },
      fields: ['capacity', 'description', 'labels'],
    })
    expect(onlyAction(given, recordedOf(given))).toBeUndefined()
    expect(onlyAction(catalog(), recordedOf(given))).toMatchObject({ kind: 'deployment.adjust', after: {} })
  })

  test('in both ways is one rollout that carries the new capacity too', () => {
    const given = deployed({
      model_version: 1,
      capacity: { replicas: 3 },
      environment_variables: [{ name: 'A', value: 'a' }],
    })
    expect(onlyAction(given)).toMatchObject({ kind: 'deployment.rollout', fields: ['environment_variables'] })
    const declared = given.declare()
    const recorded = recordedOf(catalog())
    const applied = carryOut(planAll({ declared, recorded }), declared, recorded)
    expect(planAll({ declared, recorded: applied }).units).toEqual([])
  })
})

describe('what is declared no more', () => {
  const two = catalog().model(OTHER).version(OTHER, 1).deployment(OTHER, 'prod')

  test('is retired: a deployment', () => {
    const action = onlyAction(catalog().without('abc/claim/docs/deployments'))
    expect(action).toMatchObject({ kind: 'deployment.retire', key: prod, before: { model_version: 1 }, after: null })
  })

  test('is retired: a version', () => {
    const recorded = recordedOf(catalog().version(MODEL, 2))
    expect(onlyAction(catalog(), recorded)).toMatchObject({
      kind: 'registry.retire',
      key: '/abc/claim/docs@2',
      after: null,
    })
  })

  test('is retired: a whole model, its entry last', () => {
    const plan = planOf(two.without('abc/claim'), recordedOf(two))
    expect(actionsOf(plan)).toEqual([
      'registry.retire /abc/claim/docs@1',
      'catalog.retire /abc/claim/docs',
      'deployment.retire /abc/claim/docs#prod',
    ])
    expect(plan.summary).toMatchObject({ create: 0, update: 0, delete: 3, unchanged: 3 })
  })

  test('is left alone once it is retired, and comes back when it is declared again', () => {
    const recorded = recordedOf(two)
    const declared = two.without('abc/claim').declare()
    const retired = carryOut(planAll({ declared, recorded }), declared, recorded)
    expect(planAll({ declared, recorded: retired }).units).toEqual([])
    expect(actionsOf(planOf(two, retired))).toEqual([
      'catalog.upsert /abc/claim/docs',
      'registry.upsert /abc/claim/docs@1',
      'deployment.create /abc/claim/docs#prod',
    ])
  })

  test.each([
    ['model.yaml misspelt', two.without('abc/claim/docs/model.yaml').file('abc/claim/docs/model.yml', 'owner: a\n')],
    ['model.yaml missing', two.without('abc/claim/docs/model.yaml')],
    ['model.yaml a link', two.entry('abc/claim/docs/model.yaml', 'symlink')],
    ['the model a link', two.without('abc/claim/docs').entry('abc/claim/docs', 'symlink')],
    ['the model a submodule', two.without('abc/claim/docs').entry('abc/claim/docs', 'submodule')],
    ['its namespace a link', two.without('abc/claim').entry('abc/claim', 'symlink')],
    ['its namespace a submodule', two.without('abc/claim').entry('abc/claim', 'submodule')],
    ['a version broken', two.version(MODEL, 1, 'bad: 1\n').without('abc/claim/docs/deployments')],
  ])('is blocked, never pruned, with %s', (_reason, given) => {
    const plan = planOf(given, recordedOf(two))
    expect(plan.units).toMatchObject([{ unit: MODEL, stage: null, blocked: true, actions: [] }])
    expect(plan.summary).toMatchObject({ delete: 0, blocked: 1, unchanged: 3 })
  })

  test('is blocked while the settings are broken, and everything else with it', () => {
    const plan = planOf(two.without('abc/claim').settings('bad: 1\n'), recordedOf(two))
    expect(actionsOf(plan)).toEqual([])
    expect(plan.summary).toMatchObject({ blocked: 2, delete: 0 })
  })
})

describe('a rollout that is on its way or ended', () => {
  const next = catalog().version(MODEL, 2).deployment(MODEL, 'prod', { model_version: 2 })
  const base = recordedOf(catalog().version(MODEL, 2))
  const declared = next.declare()
  const tried = (status: 'failed' | 'rolled_back' | 'baking' | 'preparing') =>
    carryOut(planAll({ declared, recorded: base }), declared, base, status)

  test.each(['failed', 'rolled_back'] as const)('%s: the same intent is not planned again', (status) => {
    expect(onlyAction(next, tried(status))).toBeUndefined()
    expect(onlyAction(catalog().version(MODEL, 2), tried(status))).toBeUndefined()
    const changed = next.deployment(MODEL, 'prod', {
      model_version: 2,
      environment_variables: [{ name: 'A', value: 'a' }],
    })
    expect(onlyAction(changed, tried(status))?.kind).toBe('deployment.rollout')
  })

  test.each(['failed', 'rolled_back'] as const)('a first one that %s is not created again', (status) => {
    const first = recordedOf(catalog(), status)
    expect(onlyAction(catalog(), first)).toBeUndefined()
    const changed = deployed({ model_version: 1, environment_variables: [{ name: 'A', value: 'a' }] })
    expect(onlyAction(changed, first)?.kind).toBe('deployment.create')
  })

  test.each(['preparing', 'baking'] as const)('%s: the same intent is nothing to do', (status) => {
    expect(onlyAction(next, tried(status))).toBeUndefined()
  })

  test('on its way: another intent is a rollout from it', () => {
    expect(onlyAction(catalog().version(MODEL, 2), tried('baking'))).toMatchObject({
      kind: 'deployment.rollout',
      before: { model_version: 2 },
      after: { model_version: 1 },
    })
  })

  test('on its way: one that is declared no more is retired', () => {
    const plan = planOf(catalog().without('abc/claim/docs/deployments'), recordedOf(catalog(), 'preparing'))
    expect(actionsOf(plan)).toEqual(['deployment.retire /abc/claim/docs#prod'])
  })

  test('that only ended is not retired again', () => {
    for (const status of ['failed', 'rolled_back', 'retired', 'superseded', 'retiring'] as const) {
      const plan = planOf(catalog().without('abc/claim/docs/deployments'), recordedOf(catalog(), status))
      expect(actionsOf(plan)).toEqual([])
    }
  })
})

test('a problem found elsewhere blocks its unit and is listed with the others', () => {
  const declared = catalog().model(OTHER).declare()
  const problem: Diagnostic = {
    ...{ code: 'ST1301', severity: 'error', summary: 'gone', path: pathIn(MODEL, 'versions/1.yaml'), pointer: '' },
    ...{ range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } }, related: [] },
  }
  const plan = planAll({ declared, recorded: nothingRecorded, found: new Map([[MODEL, [problem]]]) })
  expect(plan.diagnostics).toEqual([problem])
  expect(actionsOf(plan)).toEqual([`catalog.upsert ${OTHER}`])
  expect(unitOf(declared, MODEL).blocked).toBe(false)
})
