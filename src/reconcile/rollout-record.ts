import { isJsonObject } from '../domain/json.ts'
import type { ModelId } from '../domain/names.ts'
import { isEnded, isOpen } from '../domain/rollout-states.ts'
import { adjustedOf } from '../plan/standing.ts'
import type { RecordedDeployment, RecordedRollout } from '../recorded/recorded-state.ts'
import { unitKey } from '../recorded/read-unit.ts'
import type { Item } from '../recorded/tables.ts'
import { newRollout, type Ending, type HoldableState, type Rollout } from '../rollout/rollout.ts'

/** The rollout's record: one for each deployment name, replaced when a new rollout begins. */
export function rolloutItem(
  model: ModelId,
  deployment: RecordedDeployment,
  rollout: Rollout,
  rest: {
    readonly before: RecordedRollout | undefined
    readonly inFlight: RecordedRollout['inFlight']
    readonly adjusted?: Item
  },
): Item {
  const { before, inFlight } = rest
  return {
    pk: unitKey(model),
    sk: `rollout#${deployment.name}`,
    deployment_id: deployment.id,
    state: rollout.state,
    step: rollout.step,
    weight: rollout.weight,
    spec_digest: deployment.specDigest,
    adjusted: rest.adjusted ?? adjustedOf(deployment, before),
    replaces: replaces(deployment, before),
    in_flight: inFlight === null ? null : { ...inFlight },
    begun_at: rollout.begunAt,
    deadline: rollout.deadline,
    reason: rollout.reason,
    ending: rollout.ending,
    bake_since: rollout.bakeSince,
    bake_until: rollout.bakeUntil,
    held: rollout.held === null ? null : { ...rollout.held },
    ...(before !== undefined && { rev: before.item.rev ?? 0, fence: before.item.fence ?? 0 }),
  }
}

/** Where a deployment's rollout stands, from its record; without one of its own the item says how far it came. */
export function rolloutOf(deployment: RecordedDeployment, record: RecordedRollout | undefined): Rollout {
  if (record === undefined || record.deploymentId !== deployment.id) {
    return isOpen(deployment.status) ? newRollout : { ...newRollout, state: deployment.status }
  }
  const { state, step, weight, deadline, reason, item } = record
  const ending = typeof item.ending === 'string' ? (item.ending as Ending) : null
  const begunAt = typeof item.begun_at === 'string' ? item.begun_at : null
  const bakeSince = typeof item.bake_since === 'string' ? item.bake_since : null
  const bakeUntil = typeof item.bake_until === 'string' ? item.bake_until : null
  return { state, step, weight, begunAt, deadline, reason, ending, bakeSince, bakeUntil, held: heldOf(item) }
}

function heldOf({ held }: Item): Rollout['held'] {
  return isJsonObject(held) ? { from: String(held.from) as HoldableState, since: String(held.since) } : null
}

/** What the version that serves had been adjusted to: it goes on with that when the new one is rolled back. */
function replaces(deployment: RecordedDeployment, before: RecordedRollout | undefined): Item | null {
  if (before === undefined) return null
  const kept = isJsonObject(before.item.replaces) ? before.item.replaces : null
  if (before.deploymentId === deployment.id) return kept
  if (!isEnded(before.state)) return { deployment_id: before.deploymentId, adjusted: before.adjusted }
  return kept?.deployment_id === deployment.id ? null : kept
}
