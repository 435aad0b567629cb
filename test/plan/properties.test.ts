import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ModelId } from '../../src/domain/names.ts'
import { planAll } from '../../src/plan/plan-all.ts'
import { Catalog } from '../support/catalog-builder.ts'
import { carryOut, nothingRecorded } from '../support/catalog-recorded.ts'

const models = ['/abc/claim/docs', '/abc/claim/photos', '/abc/pricing/cost'] as ModelId[]

const deployment = fc.record(
  {
    model_version: fc.integer({ min: 1, max: 3 }),
    capacity: fc.record({ replicas: fc.integer({ min: 0, max: 3 }) }),
    description: fc.constantFrom('a', 'b'),
    environment_variables: fc.constantFrom([], [{ name: 'A', value: 'a' }], [{ name: 'A', value: 'b' }]),
  },
  { requiredKeys: ['model_version'] },
)
const unit = fc.record({
  description: fc.constantFrom('x', 'y'),
  versions: fc.uniqueArray(fc.integer({ min: 1, max: 3 })),
  deployments: fc.dictionary(fc.constantFrom('dev', 'prod', 'extra'), deployment, { maxKeys: 3 }),
})
type Unit = (typeof unit)['generate'] extends (...args: never[]) => { value: infer Value } ? Value : never

/** Valid catalogs: a deployment names only a version that is there. */
const catalogs = fc.dictionary(fc.constantFrom(...models), unit, { maxKeys: 3 }).map((units) => {
  const base = new Catalog().runtime('local')
  return Object.entries(units).reduce((all, [model, value]) => addUnit(all, model as ModelId, value), base)
})

function addUnit(catalog: Catalog, model: ModelId, { description, versions, deployments }: Unit): Catalog {
  const withVersions = versions.reduce((all, n) => all.version(model, n), catalog.model(model, { description }))
  return Object.entries(deployments)
    .filter(([, { model_version: n }]) => versions.includes(n))
    .reduce((all, [name, value]) => all.deployment(model, name, { stage: 'prod', ...value }), withVersions)
}

const runs = { numRuns: 60 }

describe('for any catalogs that follow each other', () => {
  test('applying the plan and planning again gives nothing', () => {
    fc.assert(
      fc.property(fc.array(catalogs, { minLength: 1, maxLength: 3 }), (history) => {
        let recorded = nothingRecorded
        for (const catalog of history) {
          const declared = catalog.declare()
          expect(declared.diagnostics).toEqual([])
          const plan = planAll({ declared, recorded })
          recorded = carryOut(plan, declared, recorded)
          const again = planAll({ declared, recorded })
          expect(again.units).toEqual([])
          expect(again.summary).toMatchObject({ create: 0, update: 0, delete: 0, blocked: 0 })
        }
      }),
      runs,
    )
  })

  test('the plan counts every object once', () => {
    fc.assert(
      fc.property(catalogs, catalogs, (before, now) => {
        const first = before.declare()
        const recorded = carryOut(planAll({ declared: first, recorded: nothingRecorded }), first, nothingRecorded)
        const declared = now.declare()
        const { summary } = planAll({ declared, recorded })
        const objects = [...declared.units.values()].reduce(
          (sum, { versions, deployments }) => sum + 1 + versions.size + deployments.size,
          0,
        )
        expect(summary.create + summary.update + summary.unchanged).toBe(objects)
      }),
      runs,
    )
  })

  test('the digest depends on neither the order of documents nor the revision, its time and its author', () => {
    fc.assert(
      fc.property(catalogs, (catalog) => {
        const options = { reversed: true, revision: 'x@sha1:1', committedAt: '2020-01-01T00:00:00.000Z', author: 'eve' }
        const [one, two] = [catalog.declare(), catalog.declare(options)]
        const [first, second] = [one, two].map((declared) => planAll({ declared, recorded: nothingRecorded }))
        expect(second?.digest).toBe(first?.digest)
        expect(second?.units).toEqual(first?.units)
      }),
      runs,
    )
  })

  test('records come before deployments, creates before deletes', () => {
    fc.assert(
      fc.property(catalogs, catalogs, (before, now) => {
        const first = before.declare()
        const recorded = carryOut(planAll({ declared: first, recorded: nothingRecorded }), first, nothingRecorded)
        const { units } = planAll({ declared: now.declare(), recorded })
        for (const model of models) {
          const own = units.filter((entry) => entry.unit === model)
          expect(own.map(({ stage }) => stage ?? '')).toEqual(own.map(({ stage }) => stage ?? '').toSorted())
          for (const { actions } of own) {
            const retires = actions.map(({ kind }) => Number(kind.endsWith('.retire')))
            expect(retires).toEqual(retires.toSorted())
          }
        }
      }),
      runs,
    )
  })
})
