import type { JsonObject } from '../domain/json.ts'

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
  /** Every item with only the named attributes: for finding what is recorded but no longer declared. */
  scan(table: TableName, attributes: readonly string[], signal?: AbortSignal): Promise<readonly Item[]>
  put(table: TableName, item: Item, condition: PutCondition, signal?: AbortSignal): Promise<'written' | 'conflict'>
}

export const tableKeys: Readonly<Record<TableName, readonly [string, string]>> = {
  'model-catalog': ['namespace', 'model_name'],
  'model-registry': ['model', 'model_version'],
  'model-deployment': ['model', 'deployment_id'],
  'model-stage-governance': ['model_group', 'stage_version'],
  'steward-control': ['pk', 'sk'],
}

/** The key attributes of an item. */
export function keyOf(table: TableName, item: Item): Key {
  return Object.fromEntries(tableKeys[table].map((name) => [name, item[name] as string | number]))
}
