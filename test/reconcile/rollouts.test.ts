import { beforeEach, describe, expect, test } from 'vitest'
import type { ModelId, RollingStrategy } from '../../src/domain/names.ts'
import { catalog, MODEL, type Catalog } from '../support/catalog-builder.ts'
import { World } from '../support/harness-world.ts'

const key = `${MODEL}#prod`
const versions = catalog()
  .version(MODEL, 2)
  .version(MODEL, 3)
  .without(`${MODEL.slice(1)}/deployments`)

interface Wish {
  readonly strategy?: RollingStrategy
  readonly replicas?: number
  readonly rollout?: object
  readonly hold?: object
}

function serving(model_version: number, { strategy = 'canary', replicas = 2, rollout, hold }: Wish = {}): Catalog {
  return versions.deployment(MODEL, 'prod', {
    ...{ model_version, rolling_strategy: strategy, capacity: { replicas } },
    ...(rollout !== undefined && { rollout }),
    ...(hold !== undefined && { hold }),
  })
}

let world: World
beforeEach(async () => {
  world = new World()
  await world.run(serving(1).declare())
  world.target.effects.length = 0
})

const steps = (): string[] =>
  world.target.effects.map(({ kind, sets }) => `${kind}: ${sets.replace(/sha256:\w+ /g, '')}`)
const minutes = (count: number): number => count * 60_000
/** Works on what is declared for some minutes, then stops, as a controller does that is killed. */
const during = (wanted: Catalog, count: number): Promise<unknown> =>
  world.run(wanted.declare(), { timeoutMs: minutes(count) })
const rollout = async (): Promise<Record<string, unknown>> => {
  const [item] = (
    await world.tables.query('steward-control', {
      partition: { attribute: 'pk', value: `unit#${MODEL}` },
    })
  ).filter(({ sk }) => sk === 'rollout#prod')
  const { state, weight, reason } = item ?? {}
  return { state, weight, reason }
}

describe('the strategies', () => {
  test('rolling replaces one replica after the other', async () => {
    await world.run(serving(2, { strategy: 'rolling' }).declare())
    expect(steps()).toEqual([
      'prepare: 1:v1 100% 2, 2:v2 0% 1',
      'shift: 1:v1 50% 2, 2:v2 50% 1',
      'shift: 1:v1 0% 1, 2:v2 100% 2',
      'settle: 2:v2 100% 2',
    ])
  })

  test('blue/green starts all, switches once, and keeps what served while it is watched', async () => {
    await world.run(serving(2, { strategy: 'blue green', rollout: { bake: '10m' } }).declare(), {
      timeoutMs: minutes(5),
    })
    expect(steps()).toEqual(['prepare: 1:v1 100% 2, 2:v2 0% 2', 'shift: 1:v1 0% 2, 2:v2 100% 2'])
    expect(await rollout()).toMatchObject({ state: 'baking', weight: 100 })
    await world.run(serving(2, { strategy: 'blue green', rollout: { bake: '10m' } }).declare())
    expect(steps().slice(2)).toEqual(['settle: 2:v2 100% 2'])
  })

  test('a canary takes its steps, each watched, and keeps what served at full strength', async () => {
    const canary = serving(2, { replicas: 4, rollout: { steps: [5, 30], bake: '2m' } })
    await world.run(serving(1, { replicas: 4 }).declare())
    world.target.effects.length = 0
    for (const [count, weight] of [
      [1, 5],
      [2, 30],
      [2, 100],
    ] as const) {
      await during(canary, count)
      expect(await rollout()).toMatchObject({ state: 'baking', weight })
    }
    await world.run(canary.declare())
    expect(steps()).toEqual([
      'prepare: 1:v1 100% 4, 2:v2 0% 1',
      'shift: 1:v1 95% 4, 2:v2 5% 1',
      'shift: 1:v1 70% 4, 2:v2 30% 2',
      'shift: 1:v1 0% 4, 2:v2 100% 4',
      'settle: 2:v2 100% 4',
    ])
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 live'])
  })

  test('steps and the time that they are watched may be changed on the way', async () => {
    await during(serving(2, { rollout: { steps: [10, 50], bake: '2m' } }), 1)
    expect(await rollout()).toMatchObject({ state: 'baking', weight: 10 })
    await during(serving(2, { rollout: { steps: [20], bake: '4m' } }), 4)
    expect(await rollout()).toMatchObject({ state: 'baking', weight: 20 })
    await during(serving(2, { rollout: { steps: [20], bake: '4m' } }), 4)
    expect(await rollout()).toMatchObject({ state: 'baking', weight: 100 })
  })
})

describe('a version that crashes', () => {
  test('while it is watched is given up, with the reason, and what served has all traffic', async () => {
    world.target.crashing.set(2, 'the server exited with code 1 after 5 s')
    await world.run(serving(2).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 rolled_back'])
    expect(await rollout()).toEqual({
      ...{ state: 'rolled_back', weight: 0 },
      reason: 'the server exited with code 1 after 5 s',
    })
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 2'] })
  })

  test.each(['rolling', 'blue green', 'canary'] as const)('is never live, %s', async (strategy) => {
    world.target.crashing.set(2, 'the server exited with code 1')
    await world.run(serving(2, { strategy }).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 rolled_back'])
  })
})

describe('a hold', () => {
  const audit = { reason: 'audit until Friday', until: '2026-01-09' }
  const canary = { rollout: { steps: [10, 50], bake: '10m', deadline: '1h' } }

  test('of a rollout in flight keeps its weight for days, and nobody waits for it', async () => {
    await during(serving(2, canary), 1)
    const held = await world.run(serving(2, { ...canary, hold: audit }).declare())
    expect(held.results.get(MODEL)?.outcome).toEqual({ kind: 'waiting', reason: 'audit until Friday' })
    expect(await rollout()).toEqual({ state: 'held', weight: 10, reason: 'audit until Friday' })
    expect((await world.deployments()).at(-1)?.item.status).toBe('held')
    const before = world.tables.puts.length
    await world.run(serving(2, { ...canary, hold: audit }).declare())
    const own = world.tables.puts.slice(before).filter(({ item }) => String(item.pk).startsWith('unit#'))
    // The fence of the new lease, once.
    expect(own.map(({ item }) => item.sk)).toEqual(['rollout#prod'])
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 90% 2', '2:v2 10% 1'] })
  })

  test('that is taken back lets it go on, with the time that it had left', async () => {
    await during(serving(2, canary), 1)
    await world.run(serving(2, { ...canary, hold: audit }).declare())
    world.elapse(minutes(600))
    await during(serving(2, canary), 5)
    expect(await rollout()).toMatchObject({ state: 'baking', weight: 10 })
    await world.run(serving(2, canary).declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 live'])
  })

  test('ends by itself after its day', async () => {
    await during(serving(2, canary), 1)
    const held = serving(2, { ...canary, hold: audit })
    await world.run(held.declare())
    await world.run(held.declare({ now: '2026-01-10T00:00:00.000Z' }))
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 live'])
  })

  test('lets a newer intent wait', async () => {
    await during(serving(2, canary), 1)
    await world.run(serving(3, { ...canary, hold: audit }).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 held'])
    await world.run(serving(3, canary).declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 superseded', '3 prod v3 live'])
  })

  test('does not keep a version that fails', async () => {
    await during(serving(2, canary), 1)
    await world.run(serving(2, { ...canary, hold: audit }).declare())
    world.target.crashing.set(2, 'out of memory')
    await world.run(serving(2, { ...canary, hold: audit }).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 rolled_back'])
  })

  test('of a document that can not be read any more stays in force', async () => {
    await during(serving(2, canary), 1)
    await world.run(serving(2, { ...canary, hold: audit }).declare())
    await world.run(versions.deployment(MODEL, 'prod', 'model_version: [').declare())
    expect(await rollout()).toMatchObject({ state: 'held', weight: 10 })
  })

  test('does not keep what is declared no more', async () => {
    await during(serving(2, canary), 1)
    await world.run(serving(2, { ...canary, hold: audit }).declare())
    await world.run(versions.declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 retired'])
    expect(world.target.describe()).toEqual({})
  })
})

describe('what serves, while another version comes', () => {
  const slow = { rollout: { steps: [10, 50], bake: '2m' } }

  test('can be replaced although it can not become ready itself', async () => {
    world.target.broken.set(1, 'it crashed 3 times in a row')
    world.target.deployments.get(key)?.sets.forEach((set) => (set.ready = 0))
    await world.run(serving(2).declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 live'])
  })

  test.each(['rolling', 'canary'] as const)(
    'has as many replicas as before when the other is given up, whatever that asked for and settings say, %s',
    async (strategy) => {
      for (const [mode, replicas] of [
        ['warn', 1],
        ['ignore', 4],
      ] as const) {
        const own = new World()
        const settings = { drift: { mode } }
        await own.run(serving(1, { strategy, replicas: 3 }).settings(settings).declare())
        own.target.crashing.set(2, 'the server exited with code 1')
        await own.run(serving(2, { strategy, replicas }).settings(settings).declare())
        expect(own.target.describe()).toEqual({ [key]: ['1:v1 100% 3'] })
        expect((await own.events()).filter((line) => line.startsWith('deployment.corrected'))).toEqual([])
      }
    },
  )

  test('comes back when all of it is removed while the other is held; that one begins anew afterwards', async () => {
    const hold = { reason: 'audit' }
    await during(serving(2, slow), 1)
    await world.run(serving(2, { ...slow, hold }).declare())
    world.target.deployments.clear()
    await world.run(serving(2, { ...slow, hold }).declare())
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 2'] })
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 superseded'])
    await world.run(serving(2, slow).declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 superseded', '3 prod v2 live'])
  })
})

describe('a newer intent', () => {
  const slow = { rollout: { steps: [10, 50], bake: '10m' } }

  test('takes the place of a version that is watched', async () => {
    await during(serving(2, slow), 15)
    expect(await rollout()).toMatchObject({ state: 'baking', weight: 50 })
    await world.run(serving(3, slow).declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 superseded', '3 prod v3 live'])
  })

  test('that is the old one gives all traffic back at once', async () => {
    await during(serving(2, { ...slow, strategy: 'blue green' }), 5)
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 0% 2', '2:v2 100% 2'] })
    await world.run(serving(1, { ...slow, strategy: 'blue green' }).declare())
    expect(world.target.describe()[key]).toHaveLength(1)
    expect((await world.summary()).filter((line) => line.endsWith('live'))).toEqual([expect.stringContaining(' v1 ')])
  })
})

describe('what was rolled back', () => {
  test('is deployed again only when a person has changed the intent, and changed it back', async () => {
    world.target.broken.set(2, 'cannot load the model')
    await world.run(serving(2).declare())
    world.target.broken.clear()
    await world.run(serving(2).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 rolled_back'])
    await world.run(serving(1).declare())
    expect((await world.events()).at(-1)).toBe(`deployment.withdrawn ${key} version 2`)
    const events = (await world.events()).length
    await world.run(serving(1).declare())
    expect(await world.events()).toHaveLength(events)
    await world.run(serving(2).declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 rolled_back', '3 prod v2 live'])
  })
})

describe('many units', () => {
  const model = (number: number): ModelId => `/abc/claim/m${number}` as ModelId
  const fleet = (count: number, version: (number: number) => number, runtime = ''): Catalog => {
    let all = runtime === '' ? catalog() : catalog().runtime('local', runtime)
    for (let number = 1; number <= count; number += 1) {
      const bake = number <= count - 2 ? '10m' : '10s'
      all = all
        .model(model(number))
        .version(model(number), 1)
        .version(model(number), 2)
        .deployment(model(number), 'prod', { model_version: version(number), rollout: { bake } })
    }
    return all
  }
  const statesOf = async (count: number): Promise<string[]> => {
    const all = await Promise.all(Array.from({ length: count }, (_, index) => world.summary(model(index + 1))))
    return all.map((lines) => lines.at(-1) ?? '')
  }

  test('two units roll out while a third bakes for ten minutes', async () => {
    await world.run(fleet(3, () => 1).declare())
    await world.run(fleet(3, () => 2).declare(), { timeoutMs: minutes(1) })
    expect(await statesOf(3)).toEqual(['2 prod v2 baking', '2 prod v2 live', '2 prod v2 live'])
  })

  test('no worker is held: more bake than there are workers, and two others roll out beside them', async () => {
    await world.run(fleet(19, () => 1).declare())
    await world.run(fleet(19, () => 2).declare(), { timeoutMs: minutes(0.4) })
    const states = await statesOf(19)
    expect(states.filter((line) => line === '2 prod v2 baking')).toHaveLength(17)
    expect(states.slice(-2)).toEqual(['2 prod v2 live', '2 prod v2 live'])
  })

  const narrow = 'deployment_method: local host\nstages: [dev, prod]\nlimits: {concurrent_rollouts: 1}\n'

  test('what serves is looked after while the next version waits for a place, and told once', async () => {
    await world.run(fleet(3, () => 1, narrow).declare())
    await world.run(fleet(3, (number) => (number === 1 ? 2 : 1), narrow).declare(), { timeoutMs: minutes(0.5) })
    const two = fleet(3, (number) => (number <= 2 ? 2 : 1), narrow).declare()
    await world.run(two, { timeoutMs: minutes(0.5) })
    expect(await statesOf(2)).toEqual(['2 prod v2 baking', '2 prod v2 awaiting_capacity'])
    world.target.deployments.delete(`${model(2)}#prod`)
    await world.run(two, { timeoutMs: minutes(0.5) })
    expect(world.target.describe()[`${model(2)}#prod`]).toEqual(['1:v1 100% 1'])
    const told = (await world.events(model(2))).filter((line) => line.startsWith('deployment.corrected'))
    expect(told).toEqual([`deployment.corrected ${model(2)}#prod: it is gone`])
    await world.run(two)
    expect((await statesOf(2)).map((line) => line.split(' ').at(-1))).toEqual(['live', 'live'])
  })

  test('a rollout that is held keeps no place', async () => {
    const held = (all: Catalog): Catalog =>
      all.deployment(model(1), 'prod', {
        ...{ model_version: 2, rollout: { bake: '10m' }, hold: { reason: 'audit' } },
      })
    await world.run(fleet(3, () => 1, narrow).declare())
    await world.run(fleet(3, (number) => (number === 1 ? 2 : 1), narrow).declare(), { timeoutMs: minutes(0.5) })
    await world.run(held(fleet(3, () => 2, narrow)).declare())
    expect(await statesOf(3)).toEqual(['2 prod v2 held', '2 prod v2 live', '2 prod v2 live'])
  })

  test('a runtime takes as many rollouts at a time as its limits say', async () => {
    const runtime = 'deployment_method: local host\nstages: [dev, prod]\nlimits: {concurrent_rollouts: 2}\n'
    await world.run(fleet(4, () => 1, runtime).declare())
    await world.run(fleet(4, (number) => (number === 1 ? 2 : 1), runtime).declare(), { timeoutMs: minutes(1) })
    await world.run(fleet(4, (number) => (number <= 3 ? 2 : 1), runtime).declare(), { timeoutMs: minutes(1) })
    const states = (await statesOf(4)).slice(0, 3).map((line) => line.split(' ').at(-1))
    expect(states.toSorted()).toEqual(['awaiting_capacity', 'baking', expect.stringMatching(/baking|live/)])
    const [waiting] = (await world.deployments(model(states.indexOf('awaiting_capacity') + 1))).slice(-1)
    expect(waiting?.item.reason).toBe('a free place on runtime local, which takes 2 at a time')
    await world.run(fleet(4, () => 2, runtime).declare())
    expect(await statesOf(4)).toEqual(Array.from({ length: 4 }, () => '2 prod v2 live'))
  })
})
