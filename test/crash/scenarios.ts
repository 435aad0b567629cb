import type { DeclaredState } from '../../src/declared/declared-state.ts'
import { catalog, MODEL, OTHER, type Catalog } from '../support/catalog-builder.ts'
import { archivedVersion } from '../support/harness-artifacts.ts'
import { World } from '../support/harness-world.ts'

/** A run that is interrupted, and what was there before it. */
export interface Scenario {
  readonly name: string
  readonly catalog: Catalog
  readonly declared: DeclaredState
  /** The same world every time. */
  begin(): Promise<World>
}

const versions = catalog()
  .version(MODEL, 1, archivedVersion(1))
  .version(MODEL, 2, archivedVersion(2))
  .version(MODEL, 3, archivedVersion(3))
  .without(`${MODEL.slice(1)}/deployments`)

/** How many archives the versions of all scenarios name. */
export const ARCHIVES = 3

export function serving(model_version: number, replicas = 2): Catalog {
  return versions.deployment(MODEL, 'prod', { model_version, capacity: { replicas } })
}

/** Built once, then cloned. */
function world(prepare: (world: World) => Promise<unknown>): () => Promise<World> {
  let prepared: Promise<World> | null = null
  return async () => {
    prepared ??= (async () => {
      const built = new World()
      await prepare(built)
      built.target.effects.length = 0
      return built
    })()
    return (await prepared).clone()
  }
}

function after(...runs: readonly Catalog[]): () => Promise<World> {
  return world(async (built) => {
    for (const run of runs) await built.run(run.declare())
  })
}

/** Version 1 serves, version 2 is on its way and does not become ready. */
const onTheWay = world(async (built) => {
  await built.run(serving(1).declare())
  built.target.stuck.add(2)
  await built.run(serving(2).declare(), { timeoutMs: 5_000 })
})

function scenario(name: string, wanted: Catalog, begin: () => Promise<World>): Scenario {
  return { name, catalog: wanted, begin, declared: wanted.declare() }
}

const tagged = versions.model(MODEL, { description: 'A model.', services: ['cc-fraud', 'intake'] })
const elsewhere = (place: string): object => ({
  ...{ model_version: 1, deployment_method: 'external', managed_by: 'the vendor' },
  endpoint: `https://example.com/${place}`,
})

export const scenarios: readonly Scenario[] = [
  scenario('sync of records', versions.model(MODEL, { description: 'Another text.' }), after(versions)),
  scenario(
    'sync of what others drive, with service tags',
    tagged
      .model(MODEL, { description: 'A model.', services: ['intake'] })
      .deployment(MODEL, 'prod', elsewhere('two'))
      .deployment(MODEL, 'dev', elsewhere('dev')),
    after(tagged.deployment(MODEL, 'prod', elsewhere('one'))),
  ),
  scenario('first deployment', serving(1), after()),
  scenario('promotion', serving(2), after(serving(1))),
  scenario('retirement', versions, after(serving(1))),
  scenario('prune of a model', versions.without(MODEL.slice(1)), after(serving(1))),
  scenario('adjustment', serving(1, 3), after(serving(1))),
  scenario('promotion with another capacity', serving(2, 3), after(serving(1), serving(1, 4))),
  scenario(
    'rollback',
    serving(2),
    world(async (built) => {
      await built.run(serving(1).declare())
      built.target.broken.set(2, 'cannot load the model')
    }),
  ),
  scenario('supersession', serving(3), onTheWay),
  scenario('retirement during a rollout', versions, onTheWay),
  scenario(
    'two models at once',
    serving(2).model(OTHER).version(OTHER, 1, archivedVersion(1)).deployment(OTHER, 'dev'),
    after(serving(1)),
  ),
]
