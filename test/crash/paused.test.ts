import { describe, expect, test } from 'vitest'
import { MODEL, OTHER } from '../support/catalog-builder.ts'
import { CallHarness, Stopped } from '../support/harness-calls.ts'
import type { World } from '../support/harness-world.ts'
import { scenarios, type Scenario } from './scenarios.ts'

/**
 * The worst that a superseded controller can do (I2): its request was on the wire when it was paused, and lands after
 * its successor has ended. Everything after that request fails its own lease check.
 */
async function landLate(world: World, scenario: Scenario, call: number): Promise<{ late: number; sent: number }> {
  const paused = new CallHarness({ holdBefore: call })
  const run = world.run(scenario.declared, { harness: paused }).catch((error: unknown) => {
    if (!(error instanceof Stopped)) throw error
  })
  await paused.held
  await world.run(scenario.declared)
  const [puts, effects] = [world.tables.puts.length, world.target.effects.length]
  paused.letGo()
  await run
  return { late: world.tables.puts.length - puts, sent: world.target.effects.length - effects }
}

describe('what a paused controller still lands is refused, or found and repaired (I2)', () => {
  test.each(scenarios)('$name', async (scenario) => {
    const expected = await scenario.begin()
    const counting = new CallHarness()
    await expected.run(scenario.declared, { harness: counting })
    let landed = 0
    for (const [index, name] of counting.calls.entries()) {
      const at = `call ${index + 1} (${name}) landed late`
      const world = await scenario.begin()
      const { late, sent } = await landLate(world, scenario, index + 1)
      landed += late
      expect(sent, `${at}: the target refuses a lower epoch`).toBe(0)
      await world.run(scenario.declared)
      expect(recorded(world), at).toEqual(recorded(expected))
      for (const model of [MODEL, OTHER]) expect(await world.chainBreak(model), at).toBeNull()
    }
    console.log(`${scenario.name}: ${counting.calls.length} tried, ${landed} writes landed late, all repaired`)
  })
})

/** All but the audit: an entry of the paused one's may stand in it, of a change that its successor made as well. */
function recorded(world: World): unknown {
  const { items, running } = world.finalState() as { items: { pk?: string }[]; running: unknown }
  return { items: items.filter(({ pk }) => pk?.startsWith('audit#') !== true), running }
}
