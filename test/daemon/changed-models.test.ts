import { describe, expect, test } from 'vitest'
import { changedModels } from '../../src/daemon/changed-models.ts'
import { Declarer } from '../../src/declared/declarer.ts'
import { capabilityTable } from '../../src/runtimes/capability-table.ts'
import { catalog, MODEL, OTHER, versionValue, type Catalog } from '../support/catalog-builder.ts'
import { planOf, recordedOf } from '../support/catalog-recorded.ts'

const first = catalog().model(OTHER).version(OTHER, 1).deployment(OTHER, 'dev')
const namespace = `${MODEL.split('/')[1]}/namespace.yaml`

/** The models that differ, or null where all have to be compared. */
function changed(before: Catalog, after: Catalog): string[] | null {
  const declarer = new Declarer(capabilityTable)
  const one = before.declare({ declarer })
  const models = changedModels(one, after.declare({ declarer, base: before, after: before }))
  return models === null ? null : [...models].sort()
}

const changes: readonly (readonly [string, Catalog])[] = [
  ['nothing', first],
  ['a model', first.model(MODEL, { description: 'Another.' })],
  ['a new version', first.version(MODEL, 2)],
  ['a deprecated version', first.version(MODEL, 1, { ...versionValue(1), deprecated: { reason: 'old' } })],
  ['a version that is gone', first.version(MODEL, 2).without(`${MODEL.slice(1)}/versions/2.yaml`)],
  ['a deployment', first.deployment(MODEL, 'prod', { model_version: 1, capacity: { replicas: 3 } })],
  ['a hold', first.deployment(MODEL, 'prod', { model_version: 1, hold: { reason: 'audit' } })],
  [
    'the defaults of a model',
    first.model(MODEL, { description: 'A model.', deployment_defaults: { capacity: { replicas: 2 } } }),
  ],
  ['the owner of a namespace', first.file(namespace, { owner: 'someone@example.com' })],
  ['the defaults of a namespace', first.file(namespace, { defaults: { capacity: { replicas: 2 } } })],
  ['a model that is gone', first.without(OTHER.slice(1))],
  ['a new model', first.model(OTHER).file('abc/x/model.yaml', { description: 'New.' })],
  ['a broken document', first.version(MODEL, 1, 'artifacts: [')],
  [
    'a runtime',
    first.runtime('local', {
      deployment_method: 'local host',
      stages: ['dev', 'prod'],
      config: { control: 'http://127.0.0.1:1' },
    }),
  ],
  ['settings', first.settings({ guards: { max_deletes: 1 } })],
]

describe('whatever a plan would do is of a model that is compared', () => {
  test.each(changes)('%s', (_, after) => {
    const planned = [...new Set(planOf(after, recordedOf(first)).units.map(({ unit }) => unit))].sort()
    const models = changed(first, after)
    if (models !== null) expect(models).toEqual(expect.arrayContaining(planned))
  })

  test('and nothing is compared where nothing has changed', () => {
    expect(changed(first, first)).toEqual([])
  })
})
