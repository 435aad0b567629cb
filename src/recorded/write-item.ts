import { canonicalJson } from '../domain/digest.ts'
import { StewardError } from '../domain/errors.ts'
import type { Json } from '../domain/json.ts'
import { keyOf, type Item, type TableName, type Tables } from './tables.ts'

/** Who writes: proof of the lease. `check` throws when the lease may have passed to another controller. */
export interface Writer {
  readonly epoch: number
  /** Throws StewardError `lease_lost` after this controller's own deadline; gives the signal that ends with it. */
  check(): AbortSignal
  /** Aborted when the lease is lost. */
  readonly lost: AbortSignal
}

export interface WriteRequest {
  readonly table: TableName
  /** The item as it was read, or null to create one. */
  readonly before: Item | null
  /** The whole item; `rev` and `fence` are set here. */
  readonly after: Item
}

/**
 * The one way to write an item (I2): `rev` + 1 and the writer's epoch, only if nobody wrote in between. Gives the item
 * as written. A write whose answer was lost is recognised by reading the item back.
 * Errors: `item_foreign` (I7), `write_conflict` (someone else wrote: read again and decide anew), `lease_lost`.
 */
export async function writeItem(tables: Tables, writer: Writer, request: WriteRequest): Promise<Item> {
  const { table, before } = request
  const seen = before === null ? 0 : revOf(table, before)
  const after: Item = { ...request.after, rev: seen + 1, fence: writer.epoch }
  const condition =
    before === null ? ({ kind: 'absent' } as const) : ({ kind: 'unchanged', rev: seen, fence: writer.epoch } as const)
  const outcome = await tables.put(table, after, condition, writer.check())
  if (outcome === 'written') return after
  const now = await tables.get(table, keyOf(table, after), writer.check())
  if (now !== null && canonicalJson(now as Json) === canonicalJson(after)) return after
  throw new StewardError(`another writer changed ${table} ${JSON.stringify(keyOf(table, after))}`, {
    code: now !== null && typeof now.rev !== 'number' ? 'item_foreign' : 'write_conflict',
    retry: 'backoff',
  })
}

function revOf(table: TableName, item: Item): number {
  if (typeof item.rev === 'number') return item.rev
  throw new StewardError(`${table} ${JSON.stringify(keyOf(table, item))} was not written by Steward`, {
    code: 'item_foreign',
    kind: 'user',
    hint: 'Take it over with `steward adopt`, remove it, or give the model another name.',
  })
}
