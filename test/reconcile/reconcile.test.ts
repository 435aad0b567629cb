import { beforeEach, describe, expect, test } from 'vitest'
import { catalog, MODEL, type Catalog } from '../support/catalog-builder.ts'
import { World } from '../support/harness-world.ts'

const key = `${MODEL}#prod`
const versions = catalog()
  .version(MODEL, 2)
  .version(MODEL, 3)
  .without(`${MODEL.slice(1)}/deployments`)
const serving = (model_version: number, replicas = 2): Catalog =>
  versions.deployment(MODEL, 'prod', { model_version, capacity: { replicas } })
const deadline = (model_version: number): Catalog =>
  versions.deployment(MODEL, 'prod', { model_version, capacity: { replicas: 2 }, rollout: { deadline: '5m' } })

let world: World
beforeEach(() => {
  world = new World()
})

async function rewind(to: Catalog): Promise<string[]> {
  const before = (await world.audit()).length
  await world.run(to.declare())
  return (await world.events()).slice(before)
}

describe('rolling out', () => {
  test('a first deployment is recorded, prepared, shifted and live', async () => {
    await world.run(serving(1).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live'])
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 2'] })
    expect(await world.events()).toEqual([
      `catalog.upsert ${MODEL}`,
      ...[1, 2, 3].map((number) => `registry.upsert ${MODEL}@${number}`),
      `deployment.started ${key} version 1`,
      `deployment.live ${key} version 1`,
    ])
    const [live] = await world.deployments()
    expect(live?.item).toMatchObject({
      live_stage: 'prod',
      endpoint: `http://fake${MODEL}/prod`,
      rev: expect.any(Number),
    })
    expect(live?.item.live_from).toBeTypeOf('string')
  })

  test('a promotion replaces one replica after the other and retires what served', async () => {
    await world.run(serving(1).declare())
    world.target.effects.length = 0
    expect(await rewind(serving(2))).toEqual([
      `deployment.started ${key} version 2`,
      `deployment.live ${key} version 2`,
      `deployment.replaced ${key} version 1 by version 2`,
    ])
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 live'])
    expect(world.target.effects.map(({ kind }) => kind)).toEqual(['prepare', 'shift', 'shift', 'settle'])
    const [before, after] = await world.deployments()
    expect(before?.item.live_until).toBe(after?.item.live_from)
    expect(before?.item.live_stage).toBeUndefined()
  })

  test('a newer intent supersedes an open rollout, and only then begins', async () => {
    await world.run(serving(1).declare())
    world.target.stuck.add(2)
    await world.run(serving(2).declare(), { timeoutMs: 10_000 })
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 preparing'])
    await world.run(serving(3).declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 superseded', '3 prod v3 live'])
    expect(world.target.describe()).toEqual({ [key]: ['3:v3 100% 2'] })
  })

  test('going back to what is live while a rollout is open gives that rollout up', async () => {
    await world.run(serving(1).declare())
    world.target.stuck.add(2)
    await world.run(serving(2).declare(), { timeoutMs: 10_000 })
    await world.run(serving(1).declare())
    const summary = await world.summary()
    expect(summary.slice(0, 2)).toEqual([expect.stringMatching(/^1 prod v1 (live|retired)$/), '2 prod v2 superseded'])
    expect(world.target.describe()).toEqual({ [key]: [expect.stringMatching(/:v1 100% 2$/)] })
  })

  test('an intent that a crash left pending is superseded without the target having heard of it', async () => {
    await world.run(serving(1).declare())
    world.target.fault = 'transient'
    await world.run(serving(2).declare(), { once: true })
    world.target.fault = null
    world.target.effects.length = 0
    await world.run(serving(3).declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 superseded', '3 prod v3 live'])
    expect(world.target.effects.every(({ sets }) => !sets.includes(':v2'))).toBe(true)
  })
})

describe('retiring', () => {
  test('a deployment that is declared no more is removed from the target and ends retired', async () => {
    await world.run(serving(1).declare())
    expect(await rewind(versions)).toEqual([`deployment.retired ${key} version 1`])
    expect(await world.summary()).toEqual(['1 prod v1 retired'])
    expect(world.target.describe()).toEqual({})
  })

  test('a model that is declared no more keeps its items, retired', async () => {
    await world.run(serving(1).declare())
    await world.run(serving(1).without(MODEL.slice(1)).declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired'])
    expect(world.tables.all('model-catalog').map(({ status }) => status)).toEqual(['retired'])
    expect(world.tables.all('model-registry').map(({ status }) => status)).toEqual(['retired', 'retired', 'retired'])
  })

  test('what serves and what is on its way are both removed, in one run', async () => {
    await world.run(serving(1).declare())
    world.target.stuck.add(2)
    await world.run(serving(2).declare(), { timeoutMs: 10_000 })
    const { errors } = await world.run(versions.declare())
    expect(errors).toEqual([])
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 retired'])
    expect(world.target.describe()).toEqual({})
  })

  test('a runtime that is declared no more is still the one that is asked', async () => {
    const config = { control: 'http://127.0.0.1:7171' }
    const remote = serving(1).runtime('local', { deployment_method: 'local host', stages: ['prod'], config })
    await world.run(remote.declare())
    await world.run(versions.without('_platform/runtimes').declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired'])
    expect([...world.target.configs]).toEqual([JSON.stringify(config)])
  })

  test('deletes that a guard refused are not carried out, all else is', async () => {
    await world.run(serving(1).declare())
    const { results } = await world.run(versions.version(MODEL, 4).declare(), { allowDeletes: false })
    expect(results.get(MODEL)?.problems).toEqual(['1 deletes are refused by guard I6'])
    expect(await world.summary()).toEqual(['1 prod v1 live'])
    expect(world.tables.all('model-registry')).toHaveLength(4)
  })

  test('a deployment id is not used again after a retirement (I5)', async () => {
    await world.run(serving(1).declare())
    await world.run(versions.declare())
    await world.run(serving(1).declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v1 live'])
  })
})

describe('a version that fails', () => {
  test('is rolled back with the reason, and not tried again', async () => {
    await world.run(serving(1).declare())
    world.target.broken.set(2, 'cannot load the model')
    await world.run(serving(2).declare())
    const [, failed] = await world.deployments()
    expect(failed).toMatchObject({ status: 'rolled_back', item: { reason: 'cannot load the model' } })
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 2'] })
    const puts = world.tables.puts.length
    await world.run(serving(2).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 rolled_back'])
    expect(world.tables.puts.slice(puts).filter(({ table }) => table !== 'steward-control')).toEqual([])
  })

  test('ends failed where nothing served before, and leaves nothing at the target', async () => {
    world.target.broken.set(1, 'cannot load the model')
    const { results } = await world.run(serving(1).declare())
    expect(await world.summary()).toEqual(['1 prod v1 failed'])
    expect(world.target.describe()).toEqual({})
    expect(results.get(MODEL)?.outcome.kind).toBe('done')
    const status = await world.tables.get('steward-control', { pk: `unit#${MODEL}`, sk: 'status' })
    expect(status).toMatchObject({ health: 'Degraded', reason: 'RolloutFailed', message: 'cannot load the model' })
  })

  test('is replaced by the next version that is declared', async () => {
    world.target.broken.set(1, 'cannot load the model')
    await world.run(serving(1).declare())
    await world.run(serving(2).declare())
    expect(await world.summary()).toEqual(['1 prod v1 failed', '2 prod v2 live'])
  })

  test('is rolled back when its deadline passes', async () => {
    await world.run(deadline(1).declare())
    world.target.stuck.add(2)
    await world.run(deadline(2).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 rolled_back'])
  })

  test('is rolled back when the target refuses it for good', async () => {
    await world.run(serving(1).declare())
    world.target.refused.add('prepare')
    await world.run(serving(2).declare())
    const [, failed] = await world.deployments()
    expect(failed).toMatchObject({ status: 'rolled_back', item: { reason: 'the target refuses to prepare' } })
  })

  test('leaves the capacity that the version before it was adjusted to', async () => {
    await world.run(serving(1, 1).declare())
    await world.run(serving(1, 3).declare())
    world.target.broken.set(2, 'cannot load the model')
    await world.run(serving(2, 3).declare())
    await world.run(serving(2, 3).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 rolled_back'])
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 3'] })
  })
})

describe('adjusting', () => {
  test('changed capacity is put in force without a new deployment', async () => {
    await world.run(serving(1, 2).declare())
    world.target.effects.length = 0
    expect(await rewind(serving(1, 4))).toEqual([`deployment.adjusted ${key}: capacity`])
    expect(await world.summary()).toEqual(['1 prod v1 live'])
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 4'] })
    expect(world.target.effects.map(({ kind }) => kind)).toEqual(['settle'])
  })

  test('capacity that is no longer written down goes back to one replica', async () => {
    await world.run(serving(1, 2).declare())
    await world.run(versions.deployment(MODEL, 'prod', { model_version: 1 }).declare())
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 1'] })
  })

  test.each([
    ['more', 2, 4],
    ['fewer', 4, 1],
    ['a few fewer', 4, 3],
  ])('%s replicas in the middle of a rollout are taken over by it', async (_, from, to) => {
    await world.run(serving(1, from).declare())
    for (let looks = 1; looks <= 6; looks += 1) {
      const other = world.clone()
      for (let look = 0; look < looks; look += 1) await other.run(serving(2, from).declare(), { once: true })
      await other.run(serving(2, to).declare())
      expect(await other.summary(), `adjusted after ${looks} looks`).toEqual(['1 prod v1 retired', '2 prod v2 live'])
      expect(other.target.describe()).toEqual({ [key]: [`2:v2 100% ${to}`] })
    }
  })

  test('an adjustment while a rollout is given up does not change how it ends', async () => {
    await world.run(serving(1).declare())
    world.target.broken.set(2, 'cannot load the model')
    await world.run(serving(2).declare(), { once: true })
    world.target.refused.add('abort')
    await world.run(serving(2).declare(), { timeoutMs: 10_000 })
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 aborting'])
    await world.run(serving(2, 3).declare(), { timeoutMs: 10_000 })
    world.target.refused.clear()
    await world.run(serving(2, 3).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 rolled_back'])
  })
})

describe('a target that can not be reached', () => {
  test('is a failure that is tried again until it answers', async () => {
    world.target.fault = 'transient'
    const { results, errors } = await world.run(serving(1).declare(), { timeoutMs: 60_000 })
    expect(errors).toEqual([])
    expect(results.get(MODEL)?.outcome).toEqual({ kind: 'failed', reason: 'the target fails: transient' })
    expect(world.tables.all('model-registry')).toHaveLength(3)
    world.target.fault = null
    await world.run(serving(1).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live'])
  })

  test('keeps a retirement retiring until it answers', async () => {
    await world.run(serving(1).declare())
    world.target.fault = 'transient'
    await world.run(versions.declare(), { timeoutMs: 60_000 })
    expect(await world.summary()).toEqual(['1 prod v1 retiring'])
    world.target.fault = null
    await world.run(versions.declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired'])
    expect(world.target.describe()).toEqual({})
  })

  test('waiting for it writes nothing more', async () => {
    world.target.fault = 'transient'
    await world.run(serving(1).declare(), { timeoutMs: 60_000 })
    const before = world.tables.puts.length
    await world.run(serving(1).declare(), { timeoutMs: 3_600_000 })
    const puts = world.tables.puts.slice(before).map(({ item }) => String(item.pk ?? item.model))
    expect(puts.filter((pk) => pk !== 'lease#writer' && pk !== 'checkpoint')).toEqual([])
  })
})
