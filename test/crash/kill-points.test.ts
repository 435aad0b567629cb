import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL, OTHER } from '../support/catalog-builder.ts'
import { HarnessArtifacts } from '../support/harness-artifacts.ts'
import { CallHarness, Stopped, type StopPoint } from '../support/harness-calls.ts'
import type { Effect } from '../support/fake-driver.ts'
import type { World } from '../support/harness-world.ts'
import { ARCHIVES, scenarios, type Scenario } from './scenarios.ts'

interface Undisturbed {
  readonly world: World
  readonly calls: readonly string[]
}

/** Every port whose calls have an effect, or bring what decides. */
const counted = ['tables', 'runtime', 'artifacts', 'source'] as const
const artifacts = new HarnessArtifacts()

beforeAll(() => artifacts.write(ARCHIVES))
afterAll(() => artifacts.remove())

async function undisturbed({ begin, catalog }: Scenario): Promise<Undisturbed> {
  const world = await begin()
  const harness = new CallHarness({ counted })
  await world.run(catalog, { harness, artifacts })
  return { world, calls: harness.calls }
}

/** Runs until it is stopped; true if it was. */
async function runUntil(world: World, { catalog }: Scenario, stop: StopPoint): Promise<boolean> {
  const harness = new CallHarness({ stop, counted })
  try {
    await world.run(catalog, { harness, artifacts })
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
  }
  return harness.stopped.aborted
}

/** What must hold of a world however often its runs were stopped, once one has ended. */
async function expectConverged(world: World, expected: Undisturbed, at: string): Promise<void> {
  expect(world.finalState(), at).toEqual(expected.world.finalState())
  // No side effect at the target was made twice, none was left out.
  expect(effectsByKey(world), at).toEqual(effectsByKey(expected.world))
  for (const model of [MODEL, OTHER]) {
    const ids = (await world.deployments(model)).map(({ id }) => id)
    expect(ids, at).toEqual(ids.map((_, index) => index + 1))
    expect(await world.chainBreak(model), at).toBeNull()
  }
}

/** Models are worked on side by side: only the order within one is told. */
function effectsByKey({ target }: World): Readonly<Record<string, readonly Effect[] | undefined>> {
  return Object.groupBy(target.effects, ({ key }) => key)
}

function stopPoints(calls: readonly string[]): StopPoint[] {
  return calls.flatMap((_, index) => (['before', 'after'] as const).map((when) => ({ call: index + 1, when })))
}

describe('killed between any two calls, the next run converges (I9)', () => {
  test.each(scenarios)('$name', async (scenario) => {
    const expected = await undisturbed(scenario)
    let converged = 0
    const points = stopPoints(expected.calls)
    for (const stop of points) {
      const at = `stopped ${stop.when} call ${stop.call} (${expected.calls[stop.call - 1]})`
      const world = await scenario.begin()
      expect(await runUntil(world, scenario, stop), at).toBe(true)
      await world.run(scenario.catalog, { artifacts })
      await expectConverged(world, expected, at)
      converged += 1
    }
    console.log(`${scenario.name}: ${points.length} tried, ${converged} converged`)
    expect(points.length).toBeGreaterThan(20)
  })

  test.each(scenarios)('$name, with the answer of any one write lost', async (scenario) => {
    const expected = await undisturbed(scenario)
    const writes = expected.calls.filter((name) => name === 'tables.put').length
    // The first is that of the lease: without its answer nothing begins.
    for (let write = 2; write < writes; write += 1) {
      for (const fault of ['lost_before', 'lost_after'] as const) {
        const world = await scenario.begin()
        let number = 0
        world.tables.onPut = () => ((number += 1) === write ? fault : null)
        await world
          .run(scenario.catalog, { artifacts })
          .catch((error: unknown) => expect(error).toMatchObject({ retry: 'backoff' }))
        world.tables.onPut = null
        await world.run(scenario.catalog, { artifacts })
        await expectConverged(world, expected, `write ${write} ${fault}`)
      }
    }
  })

  test.each(scenarios)('$name, killed again and again', async (scenario) => {
    const expected = await undisturbed(scenario)
    const point = fc.record({
      call: fc.integer({ min: 1, max: expected.calls.length }),
      when: fc.constantFrom('before' as const, 'after' as const),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(point, { minLength: 2, maxLength: 6 }), async (stops) => {
        const world = await scenario.begin()
        for (const stop of stops) await runUntil(world, scenario, stop)
        await world.run(scenario.catalog, { artifacts })
        await expectConverged(world, expected, JSON.stringify(stops))
      }),
      { numRuns: 30, seed: 20_260_101 },
    )
  })
})
