/** The parts of dynalite 4.0.0 that we use. It comes without types. */
declare module 'dynalite' {
  import type { Server } from 'node:http'

  export interface DynaliteOptions {
    readonly path: string
    readonly createTableMs: number
    readonly deleteTableMs: number
    readonly updateTableMs: number
  }
  export default function dynalite(options: DynaliteOptions): Server
}

declare module 'dynalite/db/index.js' {
  import type { Json } from '../domain/json.ts'

  export type Attributes = Readonly<Record<string, Json>>
  export interface IndexDescription {
    readonly IndexName: string
    readonly IndexStatus?: string
    readonly KeySchema: readonly { readonly AttributeName: string }[]
  }
  export interface StoredTable {
    readonly TableName: string
    readonly TableStatus: string
    readonly KeySchema: readonly { readonly AttributeName: string }[]
    readonly LocalSecondaryIndexes?: readonly IndexDescription[]
    readonly GlobalSecondaryIndexes?: readonly IndexDescription[]
  }
  export interface Range {
    readonly gte: string
    readonly lt: string
  }
  export type Write =
    | { readonly type: 'put'; readonly key: string; readonly value: unknown }
    | { readonly type: 'del'; readonly key: string }
  export interface Level {
    open(): Promise<void>
    close(): Promise<void>
    put(key: string, value: unknown): Promise<void>
    del(key: string): Promise<void>
    clear(range: Range): Promise<void>
    batch(writes: readonly Write[]): Promise<void>
    getMany(keys: readonly string[]): Promise<unknown[]>
    iterator(range: Range): AsyncIterable<[string, unknown]>
  }
  export interface Database {
    readonly db: Level
  }
  export interface IndexPut {
    readonly index: string
    readonly key: string
    readonly item: Attributes
  }
  export type UpdateIndexes = (
    store: Database,
    table: StoredTable,
    existing: Attributes | null | undefined,
    item: Attributes | null | undefined,
    done: (error?: Error | null) => void,
  ) => void
  const db: {
    create(options: { readonly path: string }): Database
    createKey(item: Attributes, table: StoredTable): string
    getIndexActions(
      indexes: readonly IndexDescription[],
      existing: Attributes | null,
      item: Attributes | null,
      table: StoredTable,
    ): { readonly puts: readonly IndexPut[] }
    validationError(message: string): Error
    updateIndexes: UpdateIndexes
  }
  export default db
}
