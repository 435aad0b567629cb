import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/plan/plan.ts'
import { planAll } from '../../src/plan/plan-all.ts'
import { catalog, MODEL, OTHER, versionValue, type Catalog } from '../support/catalog-builder.ts'
import { nothingRecorded, planOf, recordedOf } from '../support/catalog-recorded.ts'

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
const digestOf = (plan: Plan, stage: string | null) =>
  plan.units.find((entry) => entry.unit === MODEL && entry.stage === stage)?.digest
const promoted = (given: Catalog) => given.version(MODEL, 2).deployment(MODEL, 'prod', { model_version: 2 })
const served = recordedOf(catalog())

describe('the canonical form', () => {
  test('of a unit digest is this text, keys sorted, nothing else in it', () => {
    const plan = planOf(
      catalog().deployment(MODEL, 'prod', { model_version: 1, environment_variables: [{ value: 'é', name: 'A' }] }),
      served,
    )
    const text =
      '{"actions":[{"after":{"environment_variables":[{"name":"A","value":"é"}]},"before":{},' +
      '"key":"/abc/claim/docs#prod","kind":"deployment.rollout"}],"planner":1,"stage":"prod","unit":"/abc/claim/docs"}'
    expect(digestOf(plan, 'prod')).toBe(sha256(text))
  })

  test('of a promotion has not changed since it was first written down', () => {
    const plan = planOf(promoted(catalog()), recordedOf(catalog().version(MODEL, 2)))
    const unit =
      '{"actions":[{"after":{"model_version":2},"before":{"model_version":1},"key":"/abc/claim/docs#prod",' +
      '"kind":"deployment.rollout"}],"planner":1,"stage":"prod","unit":"/abc/claim/docs"}'
    expect(digestOf(plan, 'prod')).toBe(sha256(unit))
    expect(digestOf(plan, 'prod')).toBe('sha256:b74568b9d84b558dfa9a32a795ed841ba370e8fbdcffa7c3d4adbf89bf3905f4')
    const whole = `{"planner":1,"units":[["/abc/claim/docs","prod","${sha256(unit)}"]]}`
    expect(plan.digest).toBe(sha256(whole))
    expect(plan.digest).toBe('sha256:c9e7610e85532857c5a38e68c5c15ce28fb3e011d07f9ead3d5a490e6b9a1ac9')
  })

  test('of an empty plan is one for all', () => {
    expect(planOf(catalog(), served).digest).toBe(sha256('{"planner":1,"units":[]}'))
  })
})

describe('a unit digest', () => {
  const before = digestOf(planOf(promoted(catalog()), served), 'prod')

  test.each([
    ['another model', promoted(catalog()).model(OTHER).version(OTHER, 1).deployment(OTHER, 'prod')],
    ['another model that is broken', promoted(catalog()).model(OTHER, 'bad: 1\n')],
    ['another stage of the model', promoted(catalog()).deployment(MODEL, 'dev')],
    ['metrics of a version', promoted(catalog()).version(MODEL, 1, { ...versionValue(1), metrics: { f1: 0.5 } })],
    [
      'comments and the order of keys',
      catalog().version(MODEL, 2).deployment(MODEL, 'prod', '# why\nstage: prod\nmodel_version: 2 # !\n'),
    ],
    [
      'who made the version, and when',
      promoted(catalog()).version(MODEL, 2, {
        ...versionValue(2),
        created_by: 'eve',
        create_at: '2020-01-01T00:00:00.000Z',
      }),
    ],
    ['other files', promoted(catalog()).file('README.md', 'x').file('_drafts/x.yaml', 'y')],
  ])('survives a change of %s', (_reason, given) => {
    expect(digestOf(planOf(given, served), 'prod')).toBe(before)
  })

  test('survives another revision, root, time and author, and what is found or drifts', () => {
    const declared = promoted(catalog()).declare({ revision: 'x@sha1:2', root: 'other/place', author: 'eve' })
    const drift = [{ unit: OTHER, key: OTHER, class: 'changed_outside', fields: ['command'], message: 'x' }] as const
    expect(digestOf(planAll({ declared, recorded: served, observed: true, drift }), 'prod')).toBe(before)
  })

  test.each([
    ['what is wanted', catalog().version(MODEL, 3).deployment(MODEL, 'prod', { model_version: 3 }), served],
    [
      'a variable beside it',
      catalog()
        .version(MODEL, 2)
        .deployment(MODEL, 'prod', { model_version: 2, environment_variables: [{ name: 'A', value: 'a' }] }),
      served,
    ],
    [
      'what was there before',
      promoted(catalog()),
      recordedOf(
        catalog().deployment(MODEL, 'prod', {
          model_version: 1,
          mode: 'online',
          environment_variables: [{ name: 'A', value: 'a' }],
        }),
      ),
    ],
    ['that nothing was there before', promoted(catalog()), nothingRecorded],
  ])('changes with %s', (_reason, given, recorded) => {
    const digest = digestOf(planOf(given, recorded), 'prod')
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(digest).not.toBe(before)
  })

  test('of the records is one of its own', () => {
    const plan = planOf(promoted(catalog()), served)
    expect(plan.units.map(({ stage }) => stage)).toEqual([null, 'prod'])
    expect(new Set(plan.units.map(({ digest }) => digest)).size).toBe(2)
  })
})
