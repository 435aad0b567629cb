import { describe, expect, test } from 'vitest'
import {
  bakesOf,
  deadlineOf,
  newReplicas,
  oldReplicas,
  rollingWeights,
  stepsOf,
  strategyText,
  type StrategyWish,
  wishOf,
} from '../../src/rollout/strategy.ts'

const wish: StrategyWish = { strategy: 'rolling', replicas: 2, percents: null, bakeMs: null, replaces: true }
const text = (changes: Partial<StrategyWish>): string =>
  stepsOf({ ...wish, ...changes })
    .map(({ weight, bakeMs }) => `${weight}%${bakeMs === 0 ? '' : ` ${bakeMs / 1000}s`}`)
    .join(', ')

describe('the steps of a rollout', () => {
  test.each([
    ['rolling is watched at 100 only', {}, '50%, 100% 10s'],
    ['blue/green moves all at once', { strategy: 'blue green' }, '100% 10s'],
    [
      'a canary is watched after every step',
      { strategy: 'canary', percents: [5, 20], bakeMs: 60_000 },
      '5% 60s, 20% 60s, 100% 60s',
    ],
    ['a canary without steps', { strategy: 'canary' }, '10% 10s, 50% 10s, 100% 10s'],
    ['a canary whose steps end with 100', { strategy: 'canary', percents: [50, 100], bakeMs: 0 }, '50%, 100%'],
    ['a first canary has nothing to be compared with', { strategy: 'canary', percents: [5], replaces: false }, '100%'],
    ['a first deployment is watched where that is asked for', { bakeMs: 5_000, replaces: false }, '50%, 100% 5s'],
    ['a first blue/green', { strategy: 'blue green', replaces: false }, '100%'],
    ['no replicas', { replicas: 0, bakeMs: 0 }, '100%'],
  ] as const)('%s', (_, changes, expected) => {
    expect(text(changes)).toBe(expected)
  })

  test.each([
    [{}, { bake: '2m' }, 'rolling: 50, 100 %, watched for 2m'],
    [{ strategy: 'blue green' }, undefined, 'blue green, watched for 10s'],
    [{ strategy: 'canary' }, { steps: [5], bake: '60m' }, 'canary: 5, 100 %, watched for 1h each'],
    [{ strategy: 'canary' }, { bake: '0s' }, 'canary: 10, 50, 100 %'],
  ] as const)('in words: %j of %j', (changes, written, expected) => {
    expect(strategyText(wishOf(written, { ...wish, ...changes }))).toBe(expected)
  })

  test('a deadline that is not written leaves time for every bake', () => {
    const steps = stepsOf({ ...wish, strategy: 'canary', bakeMs: 3_600_000 })
    expect(bakesOf(steps)).toBe(3 * 3_600_000)
    expect(deadlineOf(null, steps)).toBe(3 * 3_600_000 + 30 * 60_000)
    expect(deadlineOf(60_000, steps)).toBe(60_000)
  })
})

describe('the weights of a rolling rollout', () => {
  test.each([
    [0, [100]],
    [1, [100]],
    [2, [50, 100]],
    [3, [33, 67, 100]],
    [4, [25, 50, 75, 100]],
  ])('%i replicas: %j', (replicas, weights) => {
    expect(rollingWeights(replicas)).toEqual(weights)
  })

  test('each step is one replica more, up to all of them', () => {
    for (let total = 1; total <= 64; total += 1) {
      const steps = rollingWeights(total).map((weight) => newReplicas('rolling', total, weight))
      expect(steps).toEqual(Array.from({ length: total }, (_, index) => index + 1))
    }
  })
})

describe('the replicas side by side', () => {
  test.each([
    ['rolling', 0, 1],
    ['rolling', 50, 2],
    ['blue green', 0, 4],
    ['blue green', 100, 4],
    ['canary', 0, 1],
    ['canary', 10, 1],
    ['canary', 30, 2],
    ['canary', 100, 4],
  ] as const)('%s of four at %i %%: %i new ones', (strategy, weight, replicas) => {
    expect(newReplicas(strategy, 4, weight)).toBe(replicas)
  })

  test('rolling gives one old replica up for each new one; the others keep all', () => {
    const old = (strategy: StrategyWish['strategy'], weight: number): number =>
      oldReplicas(strategy, { total: 4, weight, before: 6 })
    expect([25, 50, 75, 100].map((weight) => old('rolling', weight))).toEqual([4, 3, 2, 1])
    expect([10, 50, 100].map((weight) => old('canary', weight))).toEqual([6, 6, 6])
    expect(old('blue green', 100)).toBe(6)
  })
})
