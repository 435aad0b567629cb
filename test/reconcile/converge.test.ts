import { beforeEach, describe, expect, test } from 'vitest'
import { catalog, MODEL, OTHER, versionValue, type Catalog } from '../support/catalog-builder.ts'
import { readUnit } from '../../src/recorded/read-unit.ts'
import { World } from '../support/harness-world.ts'

const key = `${MODEL}#prod`
const base = catalog().version(MODEL, 2)
const serving = (model_version: number, replicas = 2): Catalog =>
  base.deployment(MODEL, 'prod', { model_version, capacity: { replicas } })

let world: World
beforeEach(async () => {
  world = new World()
  await world.run(serving(1).declare())
})

/** The puts of one run, without those of the lease and the fence that it leaves in the checkpoint. */
async function putsOf(to: Catalog): Promise<string[]> {
  const before = world.tables.puts.length
  await world.run(to.declare())
  return world.tables.puts.slice(before).flatMap(({ table, item }) => {
    if (item.pk === 'lease#writer' || item.pk === 'checkpoint') return []
    if (table !== 'steward-control') return [table]
    return [String(item.pk).startsWith('audit#') ? 'audit' : String(item.sk)]
  })
}

describe('what is as declared', () => {
  test('makes no put in a second run, also under another lease (I10)', async () => {
    expect(await putsOf(serving(1))).toEqual([])
    expect(await putsOf(serving(1))).toEqual([])
  })

  test('makes no put after a rollout that failed (I10)', async () => {
    world.target.broken.set(2, 'cannot load the model')
    await world.run(serving(2).declare())
    expect(await putsOf(serving(2))).toEqual([])
  })

  test.each([1, 2, 5])(
    'P10: %i changed documents are as many items and audit items, and no status',
    async (changed) => {
      const numbers = Array.from({ length: 6 }, (_, index) => index + 3)
      const described = (count: number): Catalog =>
        numbers.reduce(
          (found, number, index) =>
            found.version(MODEL, number, { ...versionValue(number), description: index < count ? 'new' : 'old' }),
          serving(1),
        )
      await world.run(described(0).declare())
      const puts = await putsOf(described(changed))
      expect(puts.toSorted()).toEqual([
        ...Array.from({ length: changed }, () => 'audit'),
        ...Array.from({ length: changed }, () => 'model-registry'),
      ])
    },
  )

  test('P10: a new unit is its items, as many audit items and one status', async () => {
    const puts = await putsOf(serving(1).model(OTHER).version(OTHER, 1).version(OTHER, 2))
    expect(puts.toSorted()).toEqual(
      ['audit', 'audit', 'audit', 'model-catalog', 'model-registry', 'model-registry', 'status'].toSorted(),
    )
  })
})

describe('what is not as recorded', () => {
  test('two live items of one deployment: the older one is retired', async () => {
    const [live] = await world.deployments()
    world.tables.force('model-deployment', { ...live?.item, deployment_id: 2, model_version: 2 })
    await world.run(serving(1).declare())
    expect((await world.summary())[0]).toBe('1 prod v1 retired')
    expect((await world.deployments()).filter(({ status }) => status === 'live')).toHaveLength(1)
  })

  test.each([
    ['its replicas', (): void => world.target.deployments.get(key)?.sets.forEach((set) => (set.replicas = 1))],
    ['its traffic', (): void => world.target.deployments.get(key)?.sets.forEach((set) => (set.weight = 30))],
    ['the whole target', (): void => void world.target.deployments.delete(key)],
  ])('drift of %s is corrected, and told once', async (_, drift) => {
    drift()
    expect(await putsOf(serving(1))).toEqual(['audit', 'rollout#prod', 'rollout#prod'])
    expect((await world.events()).at(-1)).toMatch(new RegExp(`^deployment.corrected ${key}: `))
    expect(await putsOf(serving(1))).toEqual([])
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 2'] })
  })

  test('drift is left alone where the settings only warn', async () => {
    const warning = serving(1).settings({ drift: { mode: 'warn' } })
    world.target.deployments.delete(key)
    await world.run(warning.declare())
    expect(world.target.describe()).toEqual({})
    expect((await readUnit(world.tables, MODEL)).status).toMatchObject({
      ...{ sync: 'OutOfSync', health: 'Healthy', reason: 'Drifted', message: `${key}: it is gone` },
    })
    expect(await putsOf(warning)).toEqual([])
    await world.run(serving(1).declare())
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 2'] })
    expect((await readUnit(world.tables, MODEL)).status).toMatchObject({ sync: 'Synced', reason: '' })
  })

  test('an adjusted number of replicas is put in force also where a difference of replicas is ignored', async () => {
    const ignoring = serving(1, 3).settings({ drift: { ignore: ['replicas'] } })
    await world.run(ignoring.declare())
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 3'] })
    world.target.deployments.get(key)?.sets.forEach((set) => (set.replicas = 5))
    await world.run(ignoring.declare())
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 5'] })
  })

  test('an adjustment that is for the next rollout leaves the target alone; one of replicas tells what it overwrites', async () => {
    const warn = { drift: { mode: 'warn' } }
    const patient = { model_version: 1, capacity: { replicas: 2 }, rollout: { deadline: '2h' } }
    world.target.deployments.get(key)?.sets.forEach((set) => (set.weight = 30))
    await world.run(base.deployment(MODEL, 'prod', patient).settings(warn).declare())
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 30% 2'] })
    const events = (await world.events()).length
    await world.run(
      base
        .deployment(MODEL, 'prod', { ...patient, capacity: { replicas: 3 } })
        .settings(warn)
        .declare(),
    )
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 3'] })
    expect((await world.events()).slice(events).map((line) => line.split(' ')[0])).toEqual([
      'deployment.adjusted',
      'deployment.corrected',
    ])
  })

  test('an adjustment is carried out also where drift is left alone', async () => {
    const warning = serving(1, 3).settings({ drift: { mode: 'warn' } })
    await world.run(warning.declare())
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 3'] })
  })
})

describe('units stand apart', () => {
  test('an error in one unit leaves it as it is, and the others proceed (I1)', async () => {
    const broken = serving(2)
      .file(`${MODEL.slice(1)}/versions/9.yaml`, 'not: [valid')
      .model(OTHER)
      .version(OTHER, 1)
      .deployment(OTHER, 'dev')
    await world.run(broken.declare())
    expect(await world.summary()).toEqual(['1 prod v1 live'])
    expect(await world.summary(OTHER)).toEqual(['1 dev v1 live'])
  })

  test('a lost answer in one unit is told, and does not keep the others from their look', async () => {
    const both = serving(2).model(OTHER).version(OTHER, 1).deployment(OTHER, 'dev')
    world.tables.onPut = (table) => (table === 'model-catalog' ? 'lost_before' : null)
    const { results } = await world.run(both.declare(), { once: true })
    expect(results.get(OTHER)?.outcome).toMatchObject({ kind: 'failed' })
    expect((await world.summary())[1]).toMatch(/^2 prod v2/)
    world.tables.onPut = null
    await world.run(both.declare())
    expect(await world.summary(OTHER)).toEqual(['1 dev v1 live'])
  })

  test("somebody else's item blocks its unit and is never written (I7)", async () => {
    const foreign = { namespace: '/abc/pricing', model_name: 'cost', note: 'not ours' }
    world.tables.force('model-catalog', foreign)
    const { results } = await world.run(serving(1).model(OTHER).version(OTHER, 1).deployment(OTHER, 'dev').declare())
    expect(results.get(OTHER)?.outcome.kind).toBe('stalled')
    expect(world.tables.all('model-catalog')).toContainEqual(foreign)
    expect(await world.summary(OTHER)).toEqual([])
  })
})
