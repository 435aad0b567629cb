import type { ModelId } from '../domain/names.ts'
import { changeName } from '../recorded/change-name.ts'
import type { Item, TableName } from '../recorded/tables.ts'
import { writeItem } from '../recorded/write-item.ts'
import type { Intent, ReconcilePorts } from './ports.ts'

interface Told {
  readonly model: ModelId
  readonly event: string
  readonly what: string
  readonly result?: string
}

export interface AuditedChange extends Told {
  /** Names what is about to happen, so that a repeated run does not tell it twice. */
  readonly change: string
}

export interface RecordedChange extends Told {
  readonly table: TableName
  readonly before: Item | null
  readonly after: Item
}

/** Tells the audit what is about to happen, and by whose revision. */
export async function appendAudit(ports: ReconcilePorts, intent: Intent, told: AuditedChange): Promise<void> {
  const { model, event, what, change, result = 'done' } = told
  await ports.audit.append(ports.writer, model, {
    ...{ event, what, change, result },
    who: intent.declared.author ?? 'unknown',
    revision: intent.declared.revision,
    planDigest: intent.planDigest,
  })
}

/** Audits a change, then writes it: in this order no crash can leave a change that nobody accounted for. */
export async function recordChange(ports: ReconcilePorts, intent: Intent, change: RecordedChange): Promise<Item> {
  const { table, before, after } = change
  await appendAudit(ports, intent, {
    ...change,
    change: changeName(table, before === null ? 0 : Number(before.rev), after),
  })
  return writeItem(ports.tables, ports.writer, { table, before, after })
}
