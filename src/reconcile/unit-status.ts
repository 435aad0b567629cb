import type { DeclaredDeployment, DeclaredUnit } from '../declared/declared-state.ts'
import type { ModelId } from '../domain/names.ts'
import { isEnded, type Health, type Sync } from '../domain/rollout-states.ts'
import { pick, same } from '../domain/objects.ts'
import { planRecords } from '../plan/plan-records.ts'
import { standingOf } from '../plan/standing.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import { unitKey } from '../recorded/read-unit.ts'
import type { Item } from '../recorded/tables.ts'
import { writeItem } from '../recorded/write-item.ts'
import type { Intent, ReconcilePorts } from './ports.ts'

export interface Condition {
  readonly sync: Sync
  readonly health: Health
  readonly reason: string
  readonly message: string
}

/** Sync and health of one deployment from what is declared and recorded. */
export function deploymentCondition(
  declared: DeclaredDeployment | undefined,
  recorded: RecordedUnit,
  name: string,
): Condition {
  const { live, open, newest } = standingOf(recorded, name)
  const rollout = recorded.rollouts.get(name)
  const reason =
    newest === null ? '' : rollout?.deploymentId === newest.id ? rollout.reason : String(newest.item.reason ?? '')
  const same = declared === undefined ? live === null : live?.specDigest === declared.specDigest
  const sync: Sync = same && open === null ? 'Synced' : 'OutOfSync'
  if (open?.status === 'held') return { sync: 'OutOfSync', health: 'Suspended', reason: 'Held', message: reason }
  if (open !== null || newest?.status === 'retiring') {
    return { sync: 'OutOfSync', health: 'Progressing', reason: 'RollingOut', message: reason }
  }
  if (declared?.held === true && live !== null) {
    return { sync, health: 'Suspended', reason: 'Held', message: declared.resolved.hold?.reason ?? '' }
  }
  const failed = newest !== null && isEnded(newest.status) && newest.status !== 'retired' && !same
  if (failed) return { sync, health: 'Degraded', reason: 'RolloutFailed', message: reason }
  if (live === null) {
    return {
      sync,
      health: declared === undefined ? 'Healthy' : 'Missing',
      reason: declared ? 'NotDeployed' : '',
      message: '',
    }
  }
  return { sync, health: 'Healthy', reason: '', message: '' }
}

const order: readonly Health[] = ['Healthy', 'Suspended', 'Progressing', 'Unknown', 'Missing', 'Degraded']

/** The unit's own condition: the worst of its deployments; blocked units keep their health but are out of sync. */
export function unitCondition(
  unit: DeclaredUnit | undefined,
  recorded: RecordedUnit,
  seen: {
    readonly problems?: readonly string[]
    /** Differences of what runs that are left alone. */
    readonly left?: readonly string[]
    readonly unwell?: readonly string[]
  },
): Condition {
  const { problems = [], left = [], unwell = [] } = seen
  const names = new Set([...(unit?.deployments.keys() ?? []), ...recorded.deployments.map(({ name }) => name)])
  const conditions = [...names].sort().map((name) => deploymentCondition(unit?.deployments.get(name), recorded, name))
  const worst = conditions.reduce<Condition | null>(
    (found, next) => (found === null || order.indexOf(next.health) > order.indexOf(found.health) ? next : found),
    null,
  )
  const health = worst?.health ?? 'Healthy'
  if (problems.length > 0) return { sync: 'OutOfSync', health, reason: 'Blocked', message: problems.join('; ') }
  const records = unit !== undefined && planRecords(unit, recorded).actions.length > 0
  const sync = records || conditions.some((condition) => condition.sync !== 'Synced') ? 'OutOfSync' : 'Synced'
  const { reason = '', message = '' } = worst ?? {}
  if (reason !== '') return { sync, health, reason, message }
  if (unwell.length > 0) return { sync, health: 'Degraded', reason: 'NotRunning', message: unwell.join('; ') }
  if (left.length > 0) return { sync: 'OutOfSync', health, reason: 'Drifted', message: left.join('; ') }
  return { sync, health, reason, message }
}

/**
 * Writes the unit's status if it says something new (I10, I14): another condition, or something of the unit was recorded
 * at this revision. For all other units the checkpoint's revision holds.
 */
export async function writeUnitStatus(
  ports: ReconcilePorts,
  intent: Intent,
  work: { readonly model: ModelId; readonly recorded: RecordedUnit; readonly condition: Condition },
): Promise<void> {
  const { model, recorded, condition } = work
  const before = recorded.status
  const { revision } = intent.declared
  if (before !== null && sameCondition(condition, before) && !isBehind(recorded, revision)) return
  const applied = condition.sync === 'Synced' ? revision : (before?.last_applied_revision ?? null)
  const after: Item = {
    pk: unitKey(model),
    sk: 'status',
    ...condition,
    observed_revision: revision,
    last_applied_revision: applied,
    ...(before !== null && { rev: before.rev ?? 0, fence: before.fence ?? 0 }),
  }
  await writeItem(ports.tables, ports.writer, { table: 'steward-control', before, after })
}

/** Whether a recorded status says the same. */
export function sameCondition({ sync, health, reason, message }: Condition, status: Item): boolean {
  return same({ sync, health, reason, message }, pick(status, ['sync', 'health', 'reason', 'message']))
}

/** Whether something of the unit was recorded at this revision, and its status is of an earlier one. */
export function isBehind(unit: RecordedUnit, revision: string): boolean {
  return unit.status !== null && unit.status.observed_revision !== revision && wasRecordedAt(unit, revision)
}

export function wasRecordedAt({ catalog, versions, deployments }: RecordedUnit, revision: string): boolean {
  const items = [catalog, ...versions.values(), ...deployments.map(({ item }) => item)]
  return items.some((item) => item?.revision === revision)
}
