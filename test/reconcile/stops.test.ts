import { beforeEach, describe, expect, test } from 'vitest'
import type { Stops } from '../../src/plan/reviewed.ts'
import { catalog, MODEL, type Catalog } from '../support/catalog-builder.ts'
import { World } from '../support/harness-world.ts'

const versions = catalog()
  .version(MODEL, 2)
  .version(MODEL, 3)
  .without(`${MODEL.slice(1)}/deployments`)
const canary = { rollout: { steps: [10], bake: '10m', deadline: '5h' } }
const serving = (version: number, more: object = {}): Catalog =>
  versions.deployment(MODEL, 'prod', { model_version: version, rolling_strategy: 'canary', ...more })

const why = 'prod is stopped: what would be done is not what the plan of pull request #7 showed'
const stops: Stops = new Map([[MODEL, new Map([['prod', why]])]])
const minutes = (count: number): number => count * 60_000

describe('a stopped stage', () => {
  let world: World

  beforeEach(async () => {
    world = new World()
    await world.run(serving(1).declare())
    world.target.effects.length = 0
  })

  test('begins nothing, says why, and lets the rest of the model be recorded', async () => {
    const { results } = await world.run(serving(2).version(MODEL, 4).declare(), { stops })
    expect(await world.summary()).toEqual(['1 prod v1 live'])
    expect(world.target.effects).toEqual([])
    expect(results.get(MODEL)).toMatchObject({ outcome: { kind: 'stalled', reason: why }, problems: [why] })
    expect(results.get(MODEL)?.recorded.versions.has(4)).toBe(true)
    expect(results.get(MODEL)?.recorded.status).toMatchObject({ sync: 'OutOfSync', reason: 'Blocked', message: why })
  })

  test('begins when the stop is over', async () => {
    await world.run(serving(2).declare(), { stops })
    await world.run(serving(2).declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 live'])
  })

  test('takes nothing down', async () => {
    const { results } = await world.run(versions.declare(), { stops })
    expect(await world.summary()).toEqual(['1 prod v1 live'])
    expect(results.get(MODEL)?.problems).toEqual([why])
  })

  test('lets what is on its way go on as it was meant', async () => {
    await world.run(serving(2, canary).declare(), { timeoutMs: minutes(2) })
    await world.run(serving(3, canary).declare(), { stops })
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 live'])
  })

  test('keeps the hold of what is on its way, whatever the documents say by now', async () => {
    await world.run(serving(2, canary).declare(), { timeoutMs: minutes(2) })
    await world.run(serving(2, { ...canary, hold: { reason: 'incident' } }).declare())
    await world.run(serving(2, canary).declare(), { stops })
    expect((await world.summary()).at(-1)).toBe('2 prod v2 held')
  })

  test('keeps a failure as one that nobody has answered', async () => {
    world.target.broken.set(2, 'cannot load the model')
    await world.run(serving(2).declare())
    await world.run(serving(3).declare(), { stops })
    await world.run(serving(2).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live', '2 prod v2 rolled_back'])
  })

  test('of the whole model leaves its records alone too', async () => {
    const all: Stops = new Map([[MODEL, new Map([[null, why]])]])
    const { results } = await world.run(serving(2).version(MODEL, 4).declare(), { stops: all })
    expect(results.get(MODEL)?.recorded.versions.has(4)).toBe(false)
    expect(await world.summary()).toEqual(['1 prod v1 live'])
  })
})
