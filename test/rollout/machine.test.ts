import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isEnded, rolloutStates } from '../../src/domain/rollout-states.ts'
import { advance } from '../../src/rollout/machine.ts'
import { rollingWeights } from '../../src/rollout/strategy.ts'
import { newRollout, type Rollout, type RolloutEvent, type TargetView } from '../../src/rollout/rollout.ts'
import { checkout } from '../support/workspace.ts'
import { plan, specRows, table } from './transitions.ts'

const now = new Date('2026-01-01T00:00:00.000Z')
const nothing: TargetView = {
  there: false,
  present: false,
  exists: false,
  settled: false,
  weight: 0,
  asked: 0,
  ready: 0,
  needed: 0,
  alone: true,
  failure: null,
}
const cases = rolloutStates.flatMap((state) =>
  (['observed', 'refused', 'superseded', 'removed'] as const).flatMap((type) =>
    table[state][type].map((row) => ({ state, type, ...row })),
  ),
)
const seen = (target: Partial<TargetView> = {}): TargetView => ({
  ...nothing,
  exists: target.present ?? false,
  ...target,
})

const after = (seconds: number): string => new Date(now.getTime() + seconds * 1_000).toISOString()

function eventOf({ type, target }: (typeof cases)[number]): RolloutEvent {
  if (type === 'observed') return { type, target: seen(target) }
  return type === 'removed' ? { type } : { type, reason: 'why' }
}

function rolloutOf({ state, rollout, late }: (typeof cases)[number]): Rollout {
  const running = ['preparing', 'shifting', 'baking', 'settling'].includes(state)
  const deadline = running ? new Date(now.getTime() + (late === true ? 0 : 1)).toISOString() : null
  return { ...newRollout, state, deadline, ...rollout }
}

describe('the transition table', () => {
  test.each(cases)('$state, $type, $when → $to: $reason', (row) => {
    const before = rolloutOf(row)
    const { rollout, command } = advance(before, eventOf(row), { ...plan, ...row.plan }, now)
    expect({ state: rollout.state, command }).toEqual({ state: row.to, command: row.command })
    expect(rollout).toMatchObject(row.holds ?? {})
  })

  test('stands in docs/spec/rollout.md, row by row', () => {
    const spec = readFileSync(join(checkout, 'docs', 'spec', 'rollout.md'), 'utf8')
    const written = spec
      .split('\n')
      .filter((line) => /^\| `\w+` +\| `(observed|refused|superseded|removed)` +\|/.test(line))
    expect(written.map((line) => line.replace(/ +/g, ' '))).toEqual(specRows().map((line) => line.replace(/ +/g, ' ')))
  })

  test('every invariant of docs/spec/rollout.md names a test that is there', () => {
    const spec = readFileSync(join(checkout, 'docs', 'spec', 'rollout.md'), 'utf8')
    const named = [...spec.matchAll(/^\| R(\d+) +\|.*\| `(test\/[^`]+)`: “([^”]+)” +\|$/gm)]
    expect(named.map(([, number]) => Number(number))).toEqual(named.map((_, index) => index + 1))
    expect(named.length).toBeGreaterThan(5)
    for (const [, number, file = '', name = ''] of named) {
      expect(readFileSync(join(checkout, file), 'utf8'), `R${number}`).toContain(name)
    }
  })
})

describe('the machine', () => {
  test('gives no command in an ended state, nor in live, but for a removal', () => {
    const resting = cases.filter(({ state }) => isEnded(state) || state === 'live')
    for (const row of resting.filter(({ state, type }) => !(state === 'live' && type === 'removed'))) {
      expect(advance(rolloutOf(row), eventOf(row), plan, now).command).toBeNull()
    }
  })

  test('sets the deadline once, when it begins to prepare', () => {
    const begun = advance(newRollout, { type: 'observed', target: nothing }, plan, now).rollout
    expect(begun.deadline).toBe('2026-01-01T00:01:00.000Z')
    const later = new Date(now.getTime() + 30_000)
    expect(advance(begun, { type: 'observed', target: nothing }, plan, later).rollout.deadline).toBe(begun.deadline)
  })

  test('follows a plan that is adjusted on the way', () => {
    const target = seen({ present: true, there: true, weight: 50, asked: 2, needed: 2, ready: 2, settled: true })
    const times = { begunAt: '2025-12-31T23:59:50.000Z', bakeSince: '2025-12-31T23:59:55.000Z' }
    const rollout: Rollout = { ...newRollout, ...times, state: 'baking', step: 1, weight: 50, bakeUntil: after(3_600) }
    const adjusted = { ...plan, steps: [50, 100].map((weight) => ({ weight, bakeMs: 6_000 })), deadlineMs: 20_000 }
    const shorter = advance(rollout, { type: 'observed', target }, adjusted, now)
    expect(shorter.rollout).toMatchObject({ bakeUntil: after(1), deadline: after(10), state: 'baking' })
    const later = new Date(now.getTime() + 1_000)
    expect(advance(shorter.rollout, { type: 'observed', target }, adjusted, later).command?.kind).toBe('shift')
  })

  test('never settles below 100 %, whatever became of the weights', () => {
    const target = seen({ present: true, there: true, weight: 75, asked: 3, needed: 3, ready: 3, settled: true })
    const rollout: Rollout = { ...newRollout, state: 'shifting', step: 2, weight: 75 }
    for (const replicas of [1, 2, 3, 4, 7]) {
      const { command } = advance(
        rollout,
        { type: 'observed', target },
        { ...plan, steps: rollingWeights(replicas).map((weight) => ({ weight, bakeMs: 0 })) },
        now,
      )
      expect(command?.kind).toBe('shift')
    }
  })
})
