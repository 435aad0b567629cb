import { describe, expect, test } from 'vitest'
import type { ModelId } from '../../src/domain/names.ts'
import { checkGuards } from '../../src/plan/guards.ts'
import { Catalog } from '../support/catalog-builder.ts'
import { planOf, recordedOf } from '../support/catalog-recorded.ts'

const named = (n: number) => `/abc/m${n}` as ModelId
const fleet = (count: number) =>
  Array.from({ length: count }, (_, n) => named(n)).reduce(
    (all, model) => all.model(model).version(model, 1).deployment(model, 'prod'),
    new Catalog().runtime('local'),
  )
const guards = { maxDeletes: 5, maxDeletePercent: 20, protectedStages: ['prod'], allowDeletes: [] as string[] }

function refusals(before: Catalog, now: Catalog, options: { allow?: string; guards?: Partial<typeof guards> } = {}) {
  const recorded = recordedOf(before)
  const plan = planOf(now, recorded)
  const allowDeletes = options.allow === 'digest' ? plan.digest : (options.allow ?? null)
  const given = options.guards?.allowDeletes?.[0] === 'digest' ? { allowDeletes: [plan.digest] } : options.guards
  const declaredUnits = now.declare().units.size
  return checkGuards({ plan, recorded, guards: { ...guards, ...given }, declaredUnits, allowDeletes })
}

describe('I6: mass deletion is refused', () => {
  test('up to N deletes of a kind pass', () => {
    expect(refusals(fleet(10), fleet(5))).toEqual([])
  })

  test('more than N and more than p % are refused, for each kind and stage', () => {
    expect(refusals(fleet(10), fleet(4)).map(({ guard, message }) => `${guard} ${message}`)).toEqual([
      'I6 6 of 10 models would be deleted (max_deletes 5, 20 %)',
      'I6 6 of 10 versions would be deleted (max_deletes 5, 20 %)',
      'I6 6 of 10 deployments in prod would be deleted (max_deletes 5, 20 %)',
    ])
  })

  test('p % of many pass although they are more than N', () => {
    expect(refusals(fleet(40), fleet(32))).toEqual([])
    expect(refusals(fleet(40), fleet(31))).toHaveLength(3)
  })

  test('an empty desired state is refused, however little there was', () => {
    const [refusal] = refusals(fleet(1), new Catalog().runtime('local'))
    expect(refusal?.message).toContain('nothing is declared any more')
  })

  test('an empty desired state with nothing recorded deletes nothing', () => {
    expect(refusals(new Catalog().runtime('local'), new Catalog().runtime('local'))).toEqual([])
  })

  test('max_deletes 0 lets nothing go', () => {
    const strict = { maxDeletes: 0, maxDeletePercent: 0 }
    expect(refusals(fleet(3), fleet(2), { guards: strict })).toHaveLength(3)
    expect(refusals(fleet(3), fleet(3), { guards: strict })).toEqual([])
  })

  test('the override names exactly this plan, on the command line or in Settings', () => {
    expect(refusals(fleet(10), fleet(1), { allow: 'digest' })).toEqual([])
    expect(refusals(fleet(10), fleet(1), { guards: { allowDeletes: ['digest'] } })).toEqual([])
    expect(refusals(fleet(10), new Catalog().runtime('local'), { allow: 'digest' })).toEqual([])
    expect(refusals(fleet(10), fleet(1), { allow: `sha256:${'0'.repeat(64)}` })).toHaveLength(3)
    expect(refusals(fleet(10), fleet(1), { guards: { allowDeletes: [`sha256:${'0'.repeat(64)}`] } })).toHaveLength(3)
    expect(refusals(fleet(10), fleet(1), { allow: '' })).toHaveLength(3)
  })

  test('what runs and is left to others counts: it is taken down', () => {
    const others = {
      ...{ model_version: 1, deployment_method: 'external', managed_by: 'them' },
      endpoint: 'https://e.example/',
    }
    const left = (count: number): Catalog =>
      Array.from({ length: count }, (_, n) => named(n)).reduce(
        (all, model) => all.deployment(model, 'prod', others),
        fleet(10),
      )
    expect(refusals(fleet(10), left(5))).toEqual([])
    expect(refusals(fleet(10), left(6)).map(({ message }) => message)).toEqual([
      '6 of 10 deployments in prod would be deleted (max_deletes 5, 20 %)',
    ])
    expect(refusals(left(10), fleet(10)), 'the other way takes nothing down').toEqual([])
  })

  test('each stage counts for itself', () => {
    const staged = Array.from({ length: 8 }, (_, n) => named(n)).reduce(
      (all, model, n) => all.deployment(model, 'prod', { model_version: 1, stage: n < 4 ? 'dev' : 'prod' }),
      fleet(8),
    )
    const none = Array.from({ length: 8 }, (_, n) => n).reduce((all, n) => all.without(`abc/m${n}/deployments`), staged)
    expect(refusals(staged, none)).toEqual([])
    expect(refusals(staged, none, { guards: { maxDeletes: 3 } })).toHaveLength(2)
  })
})
