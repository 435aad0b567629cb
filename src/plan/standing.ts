import { adjustableFields } from '../declared/resolve-deployment.ts'
import { isJsonObject, type JsonObject } from '../domain/json.ts'
import { pick } from '../domain/objects.ts'
import { isOpen } from '../domain/rollout-states.ts'
import type { RecordedDeployment, RecordedRollout, RecordedUnit } from '../recorded/recorded-state.ts'

/** Where one deployment stands: what serves, what is on its way, and what was tried last. */
export interface Standing {
  readonly live: RecordedDeployment | null
  readonly open: RecordedDeployment | null
  readonly newest: RecordedDeployment | null
}

export function standingOf(recorded: RecordedUnit, name: string): Standing {
  const items = recorded.deployments.filter((deployment) => deployment.name === name)
  return {
    live: items.findLast(({ status }) => status === 'live') ?? null,
    open: items.findLast(({ status }) => isOpen(status) && status !== 'retiring') ?? null,
    newest: items.at(-1) ?? null,
  }
}

/** It was tried, did not come to be, and is still what was asked for: automation does not try it again. */
export function isFailure({ status, item }: RecordedDeployment): boolean {
  return (status === 'rolled_back' || status === 'failed') && item.withdrawn_at === undefined
}

/** The adjustable fields in force: those of the record, also while another rollout has it, else those it began with. */
export function adjustedOf(deployment: RecordedDeployment, record: RecordedRollout | undefined): JsonObject {
  if (record?.deploymentId === deployment.id) return record.adjusted
  const kept = record?.item.replaces
  const own = isJsonObject(kept) && kept.deployment_id === deployment.id && isJsonObject(kept.adjusted)
  return own && isJsonObject(kept.adjusted) ? kept.adjusted : pick(deployment.item, adjustableFields)
}
