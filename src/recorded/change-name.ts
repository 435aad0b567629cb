import { digestOf, type Digest } from '../domain/digest.ts'
import { keyOf, type Item, type TableName } from './tables.ts'

/**
 * Names a write by its outcome and the `rev` that it replaces (0: it creates the item). Times, and the digest of the
 * plan (smaller after a crash), are not part of it: the same change tried again gets the same name.
 */
export function changeName(table: TableName, rev: number, after: Item): Digest {
  const { create_at: _at, live_from: _live, served_from: _served, live_until: _until, ...timeless } = after
  const { plan_digest: _plan, in_flight: _flight, ...content } = timeless
  return digestOf({ table, key: keyOf(table, after), rev, content: { ...content, rev: 0, fence: 0 } })
}

/** The name of the write that made an item what it is; null where it was not written by Steward. */
export function lastChangeName(table: TableName, item: Item): Digest | null {
  return typeof item.rev === 'number' ? changeName(table, item.rev - 1, item) : null
}
