import type { DeclaredState } from '../../src/declared/declared-state.ts'
import type { RollingStrategy } from '../../src/domain/names.ts'
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

/** Rolling, watched for a moment. */
export function serving(model_version: number, replicas = 2): Catalog {
  return servingBy('rolling', model_version, { capacity: { replicas } })
}

function servingBy(rolling_strategy: RollingStrategy, model_version: number, more: object = {}): Catalog {
  const rollout = { bake: '1s', ...(rolling_strategy === 'canary' && { steps: [50] }) }
  return versions.deployment(MODEL, 'prod', {
    model_version,
    rolling_strategy,
    capacity: { replicas: 2 },
    rollout,
    ...more,
  })
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

const strategies = ['rolling', 'blue green', 'canary'] as const
const bakes = { rollout: { bake: '1h' } }

/** Version 2 serves beside version 1, and is watched. */
function watched(strategy: RollingStrategy, more: object = {}): () => Promise<World> {
  return world(async (built) => {
    await built.run(servingBy(strategy, 1).declare())
    await built.run(servingBy(strategy, 2, bakes).declare(), { timeoutMs: 60_000 })
    if ('hold' in more) await built.run(servingBy(strategy, 2, { ...bakes, ...more }).declare())
  })
}
const hold = { hold: { reason: 'audit until Friday' } }

/** Version 2 crashes once it has traffic. */
function crashing(strategy: RollingStrategy): () => Promise<World> {
  return world(async (built) => {
    await built.run(servingBy(strategy, 1).declare())
    built.target.crashing.set(2, 'the server exited with code 1')
  })
}

/** What every strategy must survive. */
const ofEveryStrategy = strategies.flatMap((strategy): Scenario[] => [
  ...(strategy === 'rolling'
    ? []
    : [scenario(`promotion, ${strategy}`, servingBy(strategy, 2), after(servingBy(strategy, 1)))]),
  scenario(`a version that crashes while it is watched, ${strategy}`, servingBy(strategy, 2), crashing(strategy)),
  scenario(`supersession while it is watched, ${strategy}`, servingBy(strategy, 3), watched(strategy)),
  scenario(`back to what served while it is watched, ${strategy}`, servingBy(strategy, 1), watched(strategy)),
  scenario(`retirement while it is watched, ${strategy}`, versions, watched(strategy)),
  scenario(`hold while it is watched, ${strategy}`, servingBy(strategy, 2, { ...bakes, ...hold }), watched(strategy)),
  scenario(`resume, ${strategy}`, servingBy(strategy, 2), watched(strategy, hold)),
])

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
  ...ofEveryStrategy,
  scenario(
    'a version that failed and is taken back',
    serving(1),
    world(async (built) => {
      await built.run(serving(1).declare())
      built.target.broken.set(2, 'cannot load the model')
      await built.run(serving(2).declare())
    }),
  ),
  scenario(
    'correction of what was removed behind our back',
    serving(1),
    world(async (built) => {
      await built.run(serving(1).declare())
      built.target.deployments.clear()
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
