import { durationText, parseDuration } from '../domain/durations.ts'
import type { RollingStrategy } from '../domain/names.ts'
import type { RolloutStep } from './rollout.ts'

/** How a deployment asks to be rolled out. */
export interface StrategyWish {
  readonly strategy: RollingStrategy
  readonly replicas: number
  /** Percents before 100; only a canary has them. Null: not written. */
  readonly percents: readonly number[] | null
  /** Milliseconds; null: not written. */
  readonly bakeMs: number | null
  /** Whether another version serves while this one comes. */
  readonly replaces: boolean
}

const CANARY_PERCENTS = [10, 50]
/**
 * How long a version that takes another's place is watched where nothing says so. Long enough to see a server that
 * starts well and then crashes; a first deployment has nothing to go back to.
 */
export const DEFAULT_BAKE_MS = 10_000
/** Of a whole rollout, beside its bakes. */
export const DEFAULT_DEADLINE_MS = 30 * 60_000

/** What a deployment's document, or its item, says of its rollout. */
export interface WrittenRollout {
  readonly steps?: readonly number[] | undefined
  /** `5m`; `0s` for none. */
  readonly bake?: string | undefined
}

/** A wish from what is written; what is not stays open. */
export function wishOf(
  written: WrittenRollout | undefined,
  rest: Pick<StrategyWish, 'strategy' | 'replicas' | 'replaces'>,
): StrategyWish {
  const { steps, bake } = written ?? {}
  return { ...rest, percents: steps ?? null, bakeMs: bake === '0s' ? 0 : parseDuration(bake ?? '') }
}

/** The steps that a rollout takes; the last is 100 %. */
export function stepsOf({ strategy, replicas, percents, bakeMs, replaces }: StrategyWish): readonly RolloutStep[] {
  const bake = bakeMs ?? (replaces ? DEFAULT_BAKE_MS : 0)
  if (strategy === 'canary' && replaces) {
    const before = (percents ?? CANARY_PERCENTS).filter((percent) => percent < 100)
    return [...before, 100].map((weight) => ({ weight, bakeMs: bake }))
  }
  const weights = strategy === 'rolling' ? rollingWeights(replicas) : [100]
  return weights.map((weight) => ({ weight, bakeMs: weight === 100 ? bake : 0 }))
}

/** From `preparing` to the end; one that is not written leaves time for all bakes. Milliseconds. */
export function deadlineOf(deadlineMs: number | null, steps: readonly RolloutStep[]): number {
  return deadlineMs ?? DEFAULT_DEADLINE_MS + bakesOf(steps)
}

/** For people: `canary: 10, 50, 100 %, watched for 5m each`. */
export function strategyText(wish: StrategyWish): string {
  const steps = stepsOf(wish)
  const weights = steps.length === 1 ? '' : `: ${steps.map(({ weight }) => weight).join(', ')} %`
  const watched = steps.filter(({ bakeMs }) => bakeMs > 0).length
  const length = durationText(wish.bakeMs ?? DEFAULT_BAKE_MS)
  const each = watched > 1 ? `watched for ${length} each` : `watched for ${length}`
  return `${wish.strategy}${weights}${watched === 0 ? '' : `, ${each}`}`
}

export function bakesOf(steps: readonly RolloutStep[]): number {
  return steps.reduce((sum, { bakeMs }) => sum + bakeMs, 0)
}

/** The weights of a rolling rollout: one replica after the other. */
export function rollingWeights(replicas: number): readonly number[] {
  const steps = Math.max(1, replicas)
  return Array.from({ length: steps }, (_, index) => Math.round(((index + 1) * 100) / steps))
}

/**
 * How many of `total` replicas the new version has at `weight` percent; at 0 % it is prepared. Blue/green starts them
 * all before it has traffic, the others begin with one.
 */
export function newReplicas(strategy: RollingStrategy, total: number, weight: number): number {
  if (strategy === 'blue green') return total
  const share = (total * weight) / 100
  // The weights of a rolling rollout are rounded shares; a canary never has less than its share of the traffic needs.
  return Math.min(total, Math.max(1, strategy === 'rolling' ? Math.round(share) : Math.ceil(share)))
}

/**
 * How many replicas the version that served keeps beside it. Rolling gives one up for each new one that is ready, so that
 * `total` are always ready; the others keep them all, to be able to go back at once.
 */
export function oldReplicas(
  strategy: RollingStrategy,
  { total, weight, before }: { readonly total: number; readonly weight: number; readonly before: number },
): number {
  if (strategy !== 'rolling') return before
  return Math.max(1, Math.min(before, total - newReplicas(strategy, total, weight) + 1))
}
