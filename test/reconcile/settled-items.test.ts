import { describe, expect, test } from 'vitest'
import { isEnded, type RolloutState } from '../../src/domain/rollout-states.ts'
import { same } from '../../src/domain/objects.ts'
import type { Item } from '../../src/recorded/tables.ts'
import { scenarios } from '../crash/scenarios.ts'

const mayChange = new Set(['status', 'live_until', 'live_stage', 'rev', 'fence', 'withdrawn_at'])

function changedIn(before: Item, after: Item): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !mayChange.has(name) && !same(before[name], after[name]))
}

function isSettled({ live_from: from, status }: Item): boolean {
  return from !== undefined || isEnded(String(status) as RolloutState)
}

describe('of a deployment item that was live or has ended, only its end is still written', () => {
  test.each(scenarios)('$name', async ({ begin, declared }) => {
    const world = await begin()
    const items = new Map(
      world.tables.all('model-deployment').map((item) => [`${item.model} ${item.deployment_id}`, item]),
    )
    await world.run(declared)
    for (const { table, item } of world.tables.puts) {
      if (table !== 'model-deployment') continue
      const key = `${item.model} ${item.deployment_id}`
      const before = items.get(key)
      if (before !== undefined && isSettled(before)) expect(changedIn(before, item), key).toEqual([])
      items.set(key, item)
    }
    expect(items.size, 'items were looked at').toBeGreaterThanOrEqual(world.tables.all('model-deployment').length)
  })
})
