import type { DeclaredState } from '../../src/declared/declared-state.ts'
import { catalog, MODEL, OTHER, type Catalog } from '../support/catalog-builder.ts'
import { World } from '../support/harness-world.ts'

/** A run that is interrupted, and what was there before it. */
export interface Scenario {
  readonly name: string
  readonly declared: DeclaredState
  /** The same world every time. */
  begin(): Promise<World>
}

const versions = catalog()
  .version(MODEL, 2)
  .version(MODEL, 3)
  .without(`${MODEL.slice(1)}/deployments`)

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

export const scenarios: readonly Scenario[] = [
  { name: 'first deployment', declared: serving(1).declare(), begin: after() },
  { name: 'promotion', declared: serving(2).declare(), begin: after(serving(1)) },
  { name: 'retirement', declared: versions.declare(), begin: after(serving(1)) },
  { name: 'adjustment', declared: serving(1, 3).declare(), begin: after(serving(1)) },
  {
    name: 'promotion with another capacity',
    declared: serving(2, 3).declare(),
    begin: after(serving(1), serving(1, 4)),
  },
  {
    name: 'rollback',
    declared: serving(2).declare(),
    begin: world(async (built) => {
      await built.run(serving(1).declare())
      built.target.broken.set(2, 'cannot load the model')
    }),
  },
  { name: 'supersession', declared: serving(3).declare(), begin: onTheWay },
  { name: 'retirement during a rollout', declared: versions.declare(), begin: onTheWay },
  {
    name: 'two models at once',
    declared: serving(2).model(OTHER).version(OTHER, 1).deployment(OTHER, 'dev').declare(),
    begin: after(serving(1)),
  },
]
