import { fieldsToAdjust } from '../declared/resolve-deployment.ts'
import type { DeclaredDeployment } from '../declared/declared-state.ts'
import { isDriven } from '../domain/names.ts'
import type { JsonObject } from '../domain/json.ts'
import { omit, pick } from '../domain/objects.ts'
import type { Action } from '../plan/plan.ts'
import { adjustedOf, standingOf } from '../plan/standing.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { recordChange } from './record-change.ts'
import { rolloutItem, rolloutOf } from './rollout-record.ts'

/** What a change of makes work at the target; all else is for the next rollout, or for people. */
const atTarget: ReadonlySet<string> = new Set(['capacity'])

/**
 * Puts changed capacity and the like in force on what is there: no new deployment. The new fields are recorded with
 * `in_flight`, so that the correction of what runs carries them out, now or after a crash.
 */
export async function adjustDeployment(
  ports: ReconcilePorts,
  intent: Intent,
  work: { readonly recorded: RecordedUnit; readonly declared: DeclaredDeployment; readonly action: Action },
): Promise<void> {
  const { recorded, declared, action } = work
  const { live, open } = standingOf(recorded, declared.name)
  const current = open ?? live
  if (current === null) return
  const before = recorded.rollouts.get(declared.name)
  const fields = fieldsToAdjust(declared)
  const own = before?.deploymentId === current.id ? before : undefined
  const after = rolloutItem(recorded.model, current, rolloutOf(current, before), {
    before,
    inFlight:
      open === null && isDriven(declared.method) && action.fields.some((field) => atTarget.has(field))
        ? { command: 'settle', since: ports.clock.now().toISOString() }
        : (own?.inFlight ?? null),
    adjusted: {
      ...omit(adjustedOf(current, before), new Set(fields)),
      ...pick(declared.resolved as unknown as JsonObject, fields),
    },
  })
  await recordChange(ports, intent, {
    model: recorded.model,
    table: 'steward-control',
    before: before?.item ?? null,
    after,
    event: 'deployment.adjusted',
    what: `${action.key}: ${action.fields.join(', ')}`,
  })
}
