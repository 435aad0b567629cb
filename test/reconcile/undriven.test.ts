import { beforeEach, describe, expect, test } from 'vitest'
import { readUnit } from '../../src/recorded/read-unit.ts'
import { catalog, MODEL, type Catalog } from '../support/catalog-builder.ts'
import { World } from '../support/harness-world.ts'

const key = `${MODEL}#prod`
const versions = catalog()
  .version(MODEL, 2, {})
  .without(`${MODEL.slice(1)}/deployments`)
const external = (model_version: number, endpoint = 'https://vendor.example.com/score'): Catalog =>
  versions.deployment(MODEL, 'prod', { model_version, deployment_method: 'external', endpoint, managed_by: 'a vendor' })
const driven = versions.deployment(MODEL, 'prod', { model_version: 1 })

let world: World
beforeEach(() => {
  world = new World()
})

describe('a deployment that Steward does not drive', () => {
  test('is live at once, at the endpoint that its document names, and nothing is done anywhere', async () => {
    await world.run(external(2).declare())
    expect(await world.summary()).toEqual(['1 prod v2 live'])
    const [live] = await world.deployments()
    expect(live?.item).toMatchObject({
      deployment_method: 'external',
      endpoint: 'https://vendor.example.com/score',
      managed_by: 'a vendor',
      live_stage: 'prod',
      served_from: live?.item.live_from,
    })
    expect(live?.item.runtime).toBeUndefined()
    expect(world.target.effects).toEqual([])
  })

  test('with another version, or endpoint, is a new item that replaces the one before', async () => {
    await world.run(external(1).declare())
    await world.run(external(2).declare())
    await world.run(external(2, 'https://elsewhere.example.com').declare())
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 retired', '3 prod v2 live'])
    const [first, second] = await world.deployments()
    expect(first?.item.live_until).toBe(second?.item.live_from)
    expect(first?.item.live_stage).toBeUndefined()
  })

  test('that is the same writes nothing', async () => {
    await world.run(external(2).declare())
    const before = await world.events()
    await world.run(external(2).declare())
    expect(await world.events()).toEqual(before)
  })

  test('that is declared no more ends', async () => {
    await world.run(external(2).declare())
    await world.run(versions.declare())
    expect(await world.summary()).toEqual(['1 prod v2 retired'])
    const [item] = await world.deployments()
    expect(item?.item.live_until).toBeTypeOf('string')
    expect(await world.events()).toContain(`deployment.retired ${key} version 2`)
  })

  test('takes the place of what ran, which is taken down first', async () => {
    await world.run(driven.declare())
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 1'] })
    await world.run(external(2).declare())
    expect(world.target.describe()).toEqual({})
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 live'])
  })

  test('gives its place to what Steward drives', async () => {
    await world.run(external(2).declare())
    await world.run(driven.declare())
    expect(world.target.describe()).toEqual({ [key]: ['2:v1 100% 1'] })
    expect(await world.summary()).toEqual(['1 prod v2 retired', '2 prod v1 live'])
  })

  test('with a corrected description is adjusted, and settled', async () => {
    await world.run(external(2).declare())
    const described = external(2).deployment(MODEL, 'prod', {
      ...{ model_version: 2, deployment_method: 'external', endpoint: 'https://vendor.example.com/score' },
      ...{ managed_by: 'a vendor', description: 'The vendor’s.' },
    })
    await world.run(described.declare())
    expect(await world.summary()).toEqual(['1 prod v2 live'])
    const before = await world.events()
    await world.run(described.declare())
    expect(await world.events()).toEqual(before)
  })
})

describe('a hold', () => {
  const held = (model_version: number, until?: string): Catalog =>
    versions
      .version(MODEL, 2)
      .deployment(MODEL, 'prod', { model_version, hold: { reason: 'audit', ...(until && { until }) } })

  test('keeps what runs as it is, and is seen in the status', async () => {
    await world.run(driven.version(MODEL, 2).declare())
    await world.run(held(2).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live'])
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 1'] })
    expect((await readUnit(world.tables, MODEL)).status).toMatchObject({
      sync: 'OutOfSync',
      health: 'Suspended',
      reason: 'Held',
      message: 'audit',
    })
  })

  test('keeps the record of what serves, without end and without asking again and again, until it is over', async () => {
    await world.run(driven.version(MODEL, 2).declare())
    const without = held(2).without(`${MODEL.slice(1)}/versions/1.yaml`)
    const puts = world.tables.puts.length
    const { results } = await world.run(without.declare())
    expect(results.get(MODEL)?.problems).toEqual(['deletes that wait for what still serves: 1'])
    expect(world.tables.puts.length - puts).toBeLessThan(10)
    const statusOf = async (): Promise<unknown> => (await readUnit(world.tables, MODEL)).versions.get(1)?.status
    expect(await statusOf()).toBe('registered')
    await world.run(without.deployment(MODEL, 'prod', { model_version: 2 }).declare())
    expect(await statusOf()).toBe('retired')
  })

  test('lets capacity wait, too', async () => {
    const wide = (hold: object): Catalog =>
      versions.deployment(MODEL, 'prod', { model_version: 1, capacity: { replicas: 3 }, ...hold })
    await world.run(driven.declare())
    await world.run(wide({ hold: { reason: 'audit' } }).declare())
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 1'] })
    await world.run(wide({}).declare())
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 3'] })
    expect(await world.summary()).toEqual(['1 prod v1 live'])
  })

  test('begins nothing where nothing runs', async () => {
    await world.run(held(1).declare())
    expect(await world.summary()).toEqual([])
  })

  test('ends by itself after its day', async () => {
    await world.run(driven.version(MODEL, 2).declare())
    await world.run(held(2, '2026-12-04').declare({ now: '2026-12-04T23:00:00Z' }))
    expect(await world.summary()).toEqual(['1 prod v1 live'])
    await world.run(held(2, '2026-12-04').declare({ now: '2026-12-05T00:00:01Z' }))
    expect(await world.summary()).toEqual(['1 prod v1 retired', '2 prod v2 live'])
  })
})
