import { parseDuration } from '../domain/durations.ts'
import { isJsonObject, type JsonObject } from '../domain/json.ts'
import type { RolloutPlan } from '../rollout/rollout.ts'
import { deadlineOf, stepsOf, wishOf, type WrittenRollout } from '../rollout/strategy.ts'
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
  const written = isJsonObject(adjusted.rollout) ? (adjusted.rollout as WrittenRollout & { deadline?: string }) : {}
  const { strategy, replicas } = change
  const steps = stepsOf(wishOf(written, { strategy, replicas, replaces: now.replaces }))
  return { ...now, steps, deadlineMs: deadlineOf(parseDuration(written.deadline ?? ''), steps) }
}
