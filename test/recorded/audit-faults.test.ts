import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ModelId } from '../../src/domain/names.ts'
import { readChain } from '../../src/recorded/audit.ts'
import { auditFaults, type AuditFault } from '../../src/recorded/audit-faults.ts'
import { readUnit } from '../../src/recorded/read-unit.ts'
import type { RecordedUnit } from '../../src/recorded/recorded-state.ts'
import type { Item } from '../../src/recorded/tables.ts'
import { scenarios, serving } from '../crash/scenarios.ts'
import { MODEL, OTHER } from '../support/catalog-builder.ts'
import { CallHarness, Stopped } from '../support/harness-calls.ts'
import { World } from '../support/harness-world.ts'

const others = [serving(1).declare(), serving(3, 1).declare()]

async function faultsOf({ tables }: World, model: ModelId = MODEL): Promise<AuditFault[]> {
  return auditFaults(await readUnit(tables, model), await readChain(tables, model))
}

async function expectSound(world: World, at: string): Promise<void> {
  for (const model of [MODEL, OTHER]) expect(await faultsOf(world, model), at).toEqual([])
}

/** Of what is tried with every strategy, one is enough: what is written is the same. */
const told = scenarios.filter(({ name }) => !/, (rolling|blue green)$/.test(name))

describe('what Steward wrote by itself is accounted for', () => {
  test.each(told)('$name, also killed anywhere, and by the run after that', async (scenario) => {
    const undisturbed = await scenario.begin()
    const harness = new CallHarness()
    await undisturbed.run(scenario.declared, { harness })
    await expectSound(undisturbed, 'undisturbed')
    const point = fc.record({
      call: fc.integer({ min: 1, max: harness.calls.length }),
      when: fc.constantFrom('before' as const, 'after' as const),
      // What the next run wants: the same, or what another revision says meanwhile.
      next: fc.constantFrom(scenario.declared, ...others),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(point, { minLength: 1, maxLength: 3 }), async (stops) => {
        const world = await scenario.begin()
        let wanted = scenario.declared
        for (const { next, ...stop } of stops) {
          await world.run(wanted, { harness: new CallHarness({ stop }) }).catch((error: unknown) => {
            if (!(error instanceof Stopped)) throw error
          })
          await expectSound(world, `killed ${stop.when} call ${stop.call}`)
          wanted = next
        }
        await world.run(wanted)
        await expectSound(world, 'in the end')
      }),
      { numRuns: 5, seed: 20_260_102 },
    )
  })

  test.each(told)('$name, with the answer of any one write lost', async (scenario) => {
    for (let write = 2; write < 14; write += 5) {
      const world = await scenario.begin()
      let number = 0
      world.tables.onPut = () => ((number += 1) === write ? 'lost_after' : null)
      await world.run(scenario.declared).catch(() => undefined)
      world.tables.onPut = null
      await expectSound(world, `write ${write}`)
    }
  })
})

test('a deployment that others drive, and a model that was removed, are accounted for', async () => {
  const world = new World()
  const bare = serving(1).without(`${MODEL.slice(1)}/deployments`)
  const external = { deployment_method: 'external', endpoint: 'https://vendor.example.com', managed_by: 'a vendor' }
  for (const model_version of [1, 2]) {
    await world.run(bare.deployment(MODEL, 'prod', { model_version, ...external }).declare())
    await expectSound(world, `version ${model_version}`)
  }
  await world.run(bare.declare())
  await expectSound(world, 'retired')
  await world.run(bare.without(MODEL.slice(1)).declare())
  expect(await world.events()).toContain(`catalog.retire ${MODEL}`)
  await expectSound(world, 'removed')
})

describe('what was done behind our back', () => {
  let recorded: RecordedUnit
  let chain: readonly Item[]

  beforeAll(async () => {
    const world = new World()
    await world.run(serving(1).declare())
    await world.run(serving(2).declare())
    recorded = await readUnit(world.tables, MODEL)
    chain = await readChain(world.tables, MODEL)
    expect(recorded.deployments.map(({ status }) => status)).toEqual(['retired', 'live'])
    expect(auditFaults(recorded, chain)).toEqual([])
  })

  const unaccounted = 'no entry accounts for what it is: it was changed elsewhere, or entries are missing'
  const version = (number: number): Item => recorded.versions.get(number) ?? {}
  const withVersion = (item: Item): RecordedUnit => ({ ...recorded, versions: new Map(recorded.versions).set(2, item) })
  const withDeployments = (change: (item: Item) => Item): RecordedUnit => ({
    ...recorded,
    deployments: recorded.deployments.map((each) => ({ ...each, item: change(each.item) })),
  })

  test('a changed field of a version is found, whether or not its rev was raised', () => {
    const edited = { ...version(2), serving: { command: ['sh'] } }
    for (const item of [edited, { ...edited, rev: 2 }]) {
      expect(auditFaults(withVersion(item), chain)).toEqual([
        { sequence: null, key: `model-registry ${MODEL} 2`, why: unaccounted },
      ])
    }
  })

  test('a changed catalog entry is found', () => {
    const catalog = { ...recorded.catalog, owner: 'mallory' }
    expect(auditFaults({ ...recorded, catalog }, chain)).toMatchObject([{ key: `model-catalog ${MODEL}` }])
  })

  test('a changed version of a deployment, and a retired one that is called live again, are found', () => {
    const keys = [1, 2].map((id) => `model-deployment ${MODEL} ${id}`)
    const edited = auditFaults(
      withDeployments((item) => ({ ...item, model_version: 3 })),
      chain,
    )
    expect(edited.map(({ key }) => key)).toEqual(keys)
    const revived = auditFaults(
      withDeployments((item) => ({ ...item, status: 'live', live_stage: 'prod' })),
      chain,
    )
    expect(revived.map(({ key }) => key)).toEqual(keys.slice(0, 1))
  })

  test('an item of somebody else is named as that', () => {
    const { rev: _rev, ...theirs } = version(2)
    expect(auditFaults(withVersion(theirs), chain)).toMatchObject([{ why: 'it was not written by Steward' }])
  })

  test('an end that was cut off is found by the items that it accounted for', () => {
    expect(auditFaults(recorded, chain.slice(0, -1))).toEqual([
      { sequence: null, key: `model-deployment ${MODEL} 1`, why: unaccounted },
    ])
    expect(auditFaults(recorded, [])).toHaveLength(1 + recorded.versions.size + 2)
  })

  test('a changed and a removed entry are found', () => {
    const edited = chain.map((entry, index) => (index === 1 ? { ...entry, who: 'mallory' } : entry))
    expect(auditFaults(recorded, edited)).toMatchObject([{ sequence: 2, why: 'it was changed after it was written' }])
    const removed = auditFaults(recorded, chain.toSpliced(0, 1))
    expect(removed).toMatchObject([{ sequence: 2, why: 'an entry before it is missing' }, { key: expect.any(String) }])
  })

  test('an item that is gone is found by those that presuppose it', () => {
    const keys = (unit: RecordedUnit): unknown => auditFaults(unit, chain).map(({ key }) => key)
    expect(keys({ ...recorded, catalog: null })).toEqual([`model-catalog ${MODEL}`])
    const versions = new Map([...recorded.versions].filter(([number]) => number !== 2))
    expect(keys({ ...recorded, versions })).toEqual([`model-registry ${MODEL} 2`])
    expect(keys({ ...recorded, deployments: recorded.deployments.slice(1) })).toEqual([`model-deployment ${MODEL} 1`])
  })

  test('where items were adopted, numbers may have gaps', () => {
    const entries = [...chain, { ...chain[0], event: 'item.adopted' }]
    const unit = { ...recorded, deployments: recorded.deployments.slice(1) }
    expect(auditFaults(unit, entries).map(({ key }) => key)).toEqual([null]) // the chain itself, as it was made up here
  })
})
