import { parseDuration } from '../domain/durations.ts'
import { isJsonObject, type JsonObject } from '../domain/json.ts'
import type { RolloutPlan } from '../rollout/rollout.ts'
import { deadlineOf, stepsOf } from '../rollout/strategy.ts'
import type { Change } from '../runtimes/driver.ts'

/**
 * What a rollout follows: its deployment as it was recorded, with what has been adjusted since. So it goes on after a
 * restart as it began, whatever Git says by then.
 */
export function rolloutPlan(
  change: Pick<Change, 'strategy' | 'replicas'>,
  adjusted: JsonObject,
  now: Pick<RolloutPlan, 'replaces' | 'hold' | 'waitsFor'>,
): RolloutPlan {
  const wish = isJsonObject(adjusted.rollout) ? adjusted.rollout : {}
  const steps = stepsOf({
    strategy: change.strategy,
    replicas: change.replicas,
    percents: Array.isArray(wish.steps) ? wish.steps.map(Number) : null,
    bakeMs: durationOf(wish.bake),
    replaces: now.replaces,
  })
  return { ...now, steps, deadlineMs: deadlineOf(durationOf(wish.deadline), steps) }
}

function durationOf(text: unknown): number | null {
  if (text === '0s') return 0
  return typeof text === 'string' ? parseDuration(text) : null
}
