import { describe, expect, test } from 'vitest'
import type { DeclaredState } from '../../src/declared/declared-state.ts'
import { isEnded } from '../../src/domain/rollout-states.ts'
import { MODEL, OTHER } from '../support/catalog-builder.ts'
import { CallHarness } from '../support/harness-calls.ts'
import type { World } from '../support/harness-world.ts'
import { scenarios, serving, type Scenario } from './scenarios.ts'

/**
 * The worst that a superseded controller can do (I2): its request was on the wire when it was paused, and lands after
 * its successor has ended. Everything after that request fails its own lease check.
 */
async function landLate(world: World, paused: DeclaredState, successor: DeclaredState, call: number): Promise<number> {
  const harness = new CallHarness({ holdBefore: call })
  const run = world.run(paused, { harness, timeoutMs: null }).catch(() => undefined)
  await harness.held
  await world.run(successor)
  const [puts, effects] = [world.tables.puts.length, world.target.effects.length]
  harness.letGo()
  await run
  expect(world.target.effects.length - effects, 'the target refuses a lower epoch').toBe(0)
  return world.tables.puts.length - puts
}

async function callsOf({ begin, declared }: Scenario): Promise<readonly string[]> {
  const counting = new CallHarness()
  await (await begin()).run(declared, { harness: counting })
  return counting.calls
}

describe('what a paused controller still lands is refused, or found and repaired (I2)', () => {
  test.each(scenarios)('$name, with a successor that does the same', async (scenario) => {
    const { begin, declared, name } = scenario
    const expected = await begin()
    await expected.run(declared)
    const calls = await callsOf(scenario)
    let landed = 0
    for (const [index, method] of calls.entries()) {
      const at = `call ${index + 1} (${method}) landed late`
      const world = await begin()
      landed += await landLate(world, declared, declared, index + 1)
      await world.run(declared)
      expect(withoutAudit(world), at).toEqual(withoutAudit(expected))
      for (const model of [MODEL, OTHER]) expect(await world.chainBreak(model), at).toBeNull()
    }
    console.log(`${name}: ${calls.length} tried, ${landed} writes landed late, all repaired`)
  })

  test.each([
    ['goes back', serving(1)],
    ['goes on to another version', serving(3)],
    ['has nothing declared', serving(1).without(`${MODEL.slice(1)}/deployments`)],
  ])('a promotion, with a successor that %s', async (name, to) => {
    const scenario = scenarios.find((found) => found.name === 'promotion')
    if (scenario === undefined) throw new Error('no promotion')
    const successor = to.declare()
    const expected = await scenario.begin()
    await expected.run(successor)
    const calls = await callsOf(scenario)
    let landed = 0
    for (const [index, method] of calls.entries()) {
      const at = `call ${index + 1} (${method}) landed late`
      const world = await scenario.begin()
      landed += await landLate(world, scenario.declared, successor, index + 1)
      await world.run(successor)
      expect(await serves(world), at).toEqual(await serves(expected))
      expect(await world.chainBreak(), at).toBeNull()
      const puts = world.tables.puts.length
      await world.run(successor)
      const further = world.tables.puts.slice(puts).filter(({ table }) => table !== 'steward-control')
      expect(further, `${at}: then nothing is left to do`).toEqual([])
    }
    console.log(`a successor that ${name}: ${calls.length} tried, ${landed} writes landed late, all repaired`)
  })
})

/** All but the audit: an entry of the paused one's may stand in it, of a change that its successor made as well. */
function withoutAudit(world: World): unknown {
  const { items, running } = world.finalState() as { items: { pk?: string }[]; running: unknown }
  return { items: items.filter(({ pk }) => pk?.startsWith('audit#') !== true), running }
}

/** What serves, without ids: what the paused one began may have used one up. */
async function serves(world: World): Promise<unknown> {
  const items = await world.deployments()
  const standing = items.filter(({ status }) => !isEnded(status))
  const running = Object.entries(world.target.describe()).map(([key, sets]) => [
    key,
    sets.map((set) => set.replace(/^\d+:/, '')),
  ])
  return { standing: standing.map(({ name, modelVersion, status }) => [name, modelVersion, status]), running }
}
