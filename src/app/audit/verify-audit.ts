import type { ModelId } from '../../domain/names.ts'
import { readChain } from '../../recorded/audit.ts'
import { auditFaults, type AuditFault } from '../../recorded/audit-faults.ts'
import { readUnit } from '../../recorded/read-unit.ts'
import type { Tables } from '../../recorded/tables.ts'
import { mapLimited } from '../../domain/map-limited.ts'

const READERS = 8

export interface ModelFault extends AuditFault {
  readonly model: ModelId
}

/** `audit verify --json`. */
export interface AuditVerification {
  readonly format: 'steward.audit-verify/v1'
  readonly models: number
  readonly entries: number
  readonly faults: readonly ModelFault[]
}

/**
 * Compares what is recorded of each model with its audit chain: five requests a model, one model's data at a time.
 * What is wrong is looked at once more, since a controller may write between the requests.
 */
export async function verifyAudit(
  tables: Tables,
  models: readonly ModelId[],
  signal: AbortSignal,
): Promise<AuditVerification> {
  const verified = await mapLimited(models, READERS, async (model) => {
    const first = await verifyModel(tables, model, signal)
    return first.faults.length === 0 ? first : verifyModel(tables, model, signal)
  })
  return {
    format: 'steward.audit-verify/v1',
    models: models.length,
    entries: verified.reduce((sum, { entries }) => sum + entries, 0),
    faults: verified.flatMap(({ faults }) => faults),
  }
}

async function verifyModel(
  tables: Tables,
  model: ModelId,
  signal: AbortSignal,
): Promise<{ readonly entries: number; readonly faults: readonly ModelFault[] }> {
  const recorded = await readUnit(tables, model, signal)
  const chain = await readChain(tables, model, signal)
  return { entries: chain.length, faults: auditFaults(recorded, chain).map((fault) => ({ model, ...fault })) }
}
