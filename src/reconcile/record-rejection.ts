import type { ModelId } from '../domain/names.ts'
import type { Item } from '../recorded/tables.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { recordChange } from './record-change.ts'

/** A promotion that a person has turned down, by closing its pull request without a merge. */
export interface Rejection {
  readonly model: ModelId
  readonly stage: string
  readonly version: number
  /** Address of the pull request: the evidence. */
  readonly evidence: string
  /** ISO 8601: when it was closed. */
  readonly at: string
}

/** The key of a version's governance in a stage: `prod#000003`. */
export function governanceKey({ model, stage, version }: Pick<Rejection, 'model' | 'stage' | 'version'>) {
  return { model_group: model, stage_version: `${stage}#${String(version).padStart(6, '0')}` }
}

/** Whether the governance item tells this very rejection already. */
export function isRecorded(item: Item | null, { evidence }: Rejection): boolean {
  const history = Array.isArray(item?.history) ? (item.history as readonly Item[]) : []
  return history.some((entry) => entry.evidence === evidence)
}

/** Writes a rejection into the governance of the stage, audited; one that is there already writes nothing. */
export async function recordRejection(ports: ReconcilePorts, intent: Intent, rejection: Rejection): Promise<boolean> {
  const { model, stage, version, evidence, at } = rejection
  const key = governanceKey(rejection)
  const before = await ports.tables.get('model-stage-governance', key, ports.writer.check())
  if (isRecorded(before, rejection)) return false
  const history = Array.isArray(before?.history) ? (before.history as readonly Item[]) : []
  const after: Item = {
    ...before,
    ...key,
    model_version: version,
    model_stage: stage,
    // What was approved before stays that: a pull request that was closed later takes no approval back.
    model_status: before?.model_status ?? 'rejected',
    history: [...history, { event: 'proposal.rejected', evidence, at }],
  }
  const what = `${model}@${version} in ${stage}`
  const told = { model, event: 'proposal.rejected', what, result: 'rejected' }
  await recordChange(ports, intent, { ...told, table: 'model-stage-governance', before, after })
  return true
}
