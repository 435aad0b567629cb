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

async function after(...runs: readonly Catalog[]): Promise<World> {
  const world = new World()
  for (const run of runs) await world.run(run.declare())
  return world
}

export const scenarios: readonly Scenario[] = [
  { name: 'first deployment', declared: serving(1).declare(), begin: async () => new World() },
  { name: 'promotion', declared: serving(2).declare(), begin: () => after(serving(1)) },
  { name: 'retirement', declared: versions.declare(), begin: () => after(serving(1)) },
  { name: 'adjustment', declared: serving(1, 3).declare(), begin: () => after(serving(1)) },
  {
    name: 'promotion with another capacity',
    declared: serving(2, 3).declare(),
    begin: () => after(serving(1), serving(1, 4)),
  },
  {
    name: 'rollback',
    declared: serving(2).declare(),
    begin: async () => {
      const world = await after(serving(1))
      world.target.broken.set(2, 'cannot load the model')
      return world
    },
  },
  {
    name: 'supersession',
    declared: serving(3).declare(),
    begin: async () => {
      const world = await after(serving(1))
      world.target.stuck.add(2)
      await world.run(serving(2).declare(), { timeoutMs: 5_000 })
      return world
    },
  },
  {
    name: 'retirement during a rollout',
    declared: versions.declare(),
    begin: async () => {
      const world = await after(serving(1))
      world.target.stuck.add(2)
      await world.run(serving(2).declare(), { timeoutMs: 5_000 })
      return world
    },
  },
  {
    name: 'two models at once',
    declared: serving(2).model(OTHER).version(OTHER, 1).deployment(OTHER, 'dev').declare(),
    begin: () => after(serving(1)),
  },
]
