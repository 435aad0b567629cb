import { digestOf } from '../domain/digest.ts'
import type { ModelId } from '../domain/names.ts'
import { keyOf, type Item, type TableName } from '../recorded/tables.ts'
import { writeItem } from '../recorded/write-item.ts'
import type { Intent, ReconcilePorts } from './ports.ts'

export interface RecordedChange {
  readonly model: ModelId
  readonly table: TableName
  readonly before: Item | null
  readonly after: Item
  readonly event: string
  readonly what: string
  readonly result?: string
}

/** Audits a change, then writes it: in this order no crash can leave a change that nobody accounted for. */
export async function recordChange(ports: ReconcilePorts, intent: Intent, change: RecordedChange): Promise<Item> {
  const { model, table, before, after, event, what, result = 'done' } = change
  const rev = before === null ? 0 : Number(before.rev)
  // Times, and the digest of the plan (smaller after a crash), are not part of it: the same change tried again gets
  // the same name.
  const { create_at: _at, live_from: _live, served_from: _served, live_until: _until, ...timeless } = after
  const { plan_digest: _plan, in_flight: _flight, ...content } = timeless
  await ports.audit.append(ports.writer, model, {
    event,
    what,
    who: intent.declared.author ?? 'unknown',
    revision: intent.declared.revision,
    planDigest: intent.planDigest,
    result,
    change: digestOf({ table, key: keyOf(table, after), rev, content: { ...content, rev: 0, fence: 0 } }),
  })
  return writeItem(ports.tables, ports.writer, { table, before, after })
}
