import type { JsonObject } from '../domain/json.ts'
import { TABLE_DEFINITIONS } from './table-definitions.ts'

export type TableName =
  'model-catalog' | 'model-registry' | 'model-deployment' | 'model-stage-governance' | 'steward-control'

export type Item = JsonObject
export type Key = Readonly<Record<string, string | number>>

/** When a put may replace what is there. */
export type PutCondition =
  | { readonly kind: 'absent' }
  /** The item still has this `rev`, and no later controller has written it. */
  | { readonly kind: 'unchanged'; readonly rev: number; readonly fence: number }

export interface QueryRequest {
  readonly partition: { readonly attribute: string; readonly value: string }
  readonly index?: string
  /** Only where the text under the sort key begins so, or does not come after that. */
  readonly sort?: { readonly beginsWith: string } | { readonly atMost: string }
  readonly descending?: boolean
  readonly limit?: number
}

/**
 * The metadata tables, as far as decisions need them. Reads of base tables are consistent; a query answers all pages.
 * Errors: StewardError with `retry: 'backoff'` where trying again can help.
 */
export interface Tables {
  get(table: TableName, key: Key, signal?: AbortSignal): Promise<Item | null>
  query(table: TableName, request: QueryRequest, signal?: AbortSignal): Promise<readonly Item[]>
  /** The items that are there under any number of keys, in no order; each key once. A hundred keys are one request. */
  getMany(table: TableName, keys: readonly Key[], signal?: AbortSignal): Promise<readonly Item[]>
  /** Every item of a table, for comparing everything with what is declared. No question of a person needs it. */
  scan(table: TableName, signal?: AbortSignal): Promise<readonly Item[]>
  put(table: TableName, item: Item, condition: PutCondition, signal?: AbortSignal): Promise<'written' | 'conflict'>
  /** Sets attributes of an item that is there and has no `rev`, and leaves all others as they are (I7, `adopt`). */
  claim(table: TableName, key: Key, attributes: Item, signal?: AbortSignal): Promise<'written' | 'conflict'>
}

export const tableKeys: Readonly<Record<TableName, readonly [string, string]>> = {
  'model-catalog': ['namespace', 'model_name'],
  'model-registry': ['model', 'model_version'],
  'model-deployment': ['model', 'deployment_id'],
  'model-stage-governance': ['model_group', 'stage_version'],
  'steward-control': ['pk', 'sk'],
}

/** The sort key of a table, or of an index of it. */
export function sortKeyOf(table: TableName, index: string | undefined): string {
  if (index === undefined) return tableKeys[table][1]
  const indexes = TABLE_DEFINITIONS.find(({ base }) => base === table)?.indexes ?? []
  const found = indexes.find(({ name }) => name === index)
  if (found === undefined) throw new Error(`${table} has no index ${index}`)
  return found.sort.name
}

/** The key attributes of an item. */
export function keyOf(table: TableName, item: Item): Key {
  return Object.fromEntries(tableKeys[table].map((name) => [name, item[name] as string | number]))
}
