import {
  CreateTableCommand,
  DescribeTableCommand,
  type AttributeDefinition,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import { StewardError } from '../domain/errors.ts'
import type { Clock } from '../domain/ports.ts'
import { systemClock } from '../system/clock.ts'
import { keyAttributes, type KeyPair, TABLE_DEFINITIONS, type TableDefinition, tableName } from './table-definitions.ts'

export interface TablesOptions {
  readonly client: DynamoDBClient
  readonly prefix: string
  readonly signal?: AbortSignal
}

export interface CreateTablesOptions extends TablesOptions {
  readonly clock?: Clock
  /** How long a new table may take until it is ACTIVE; AWS needs seconds, rarely minutes. */
  readonly timeoutMs?: number
}

export type TableState =
  | { readonly table: string; readonly state: 'missing' }
  /** `differences` is empty where keys and indexes are as defined. Further indexes of the owner's are no difference. */
  | { readonly table: string; readonly state: 'present'; readonly active: boolean; readonly differences: string[] }

const POLL_MS = { first: 20, most: 2_000 } as const

/** The request that creates a table as it is defined. */
export function createTableInput(definition: TableDefinition, prefix: string): CreateTableCommandInput {
  const indexes = definition.indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: { ProjectionType: 'ALL' as const },
  }))
  return {
    TableName: tableName(definition.base, prefix),
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(definition),
    AttributeDefinitions: keyAttributes(definition).map(({ name, type }) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    // An empty list is refused by DynamoDB.
    ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }),
  }
}

function keySchema({ partition, sort }: KeyPair): KeySchemaElement[] {
  return [
    { AttributeName: partition.name, KeyType: 'HASH' },
    { AttributeName: sort.name, KeyType: 'RANGE' },
  ]
}

/** Each table of ours: missing or present, and what differs from its definition. */
export async function describeTables(options: TablesOptions): Promise<TableState[]> {
  return Promise.all(TABLE_DEFINITIONS.map((definition) => describeTable(definition, options)))
}

/**
 * Creates the tables that do not exist and waits until all are ACTIVE. A table that exists with other keys or
 * without one of our indexes is an error: neither can be changed in place.
 */
export async function createMissingTables(
  options: CreateTablesOptions,
): Promise<{ created: string[]; existing: string[] }> {
  const states = await describeTables(options)
  refuseDifferences(states)
  const created: string[] = []
  const existing: string[] = []
  for (const definition of TABLE_DEFINITIONS) {
    const name = tableName(definition.base, options.prefix)
    const missing = states.some(({ table, state }) => table === name && state === 'missing')
    const list = missing && (await createTable(definition, options)) ? created : existing
    list.push(name)
  }
  await Promise.all(TABLE_DEFINITIONS.map((definition) => waitUntilActive(definition, options)))
  return { created, existing }
}

/** False where another process has created the table in the meantime. */
async function createTable(definition: TableDefinition, options: TablesOptions): Promise<boolean> {
  try {
    await options.client.send(
      new CreateTableCommand(createTableInput(definition, options.prefix)),
      sendOptions(options.signal),
    )
    return true
  } catch (error) {
    if (error instanceof ResourceInUseException) return false
    throw error
  }
}

async function waitUntilActive(definition: TableDefinition, options: CreateTablesOptions): Promise<void> {
  const clock = options.clock ?? systemClock
  const deadline = clock.monotonic() + (options.timeoutMs ?? 300_000)
  for (let pause: number = POLL_MS.first; ; pause = Math.min(pause * 2, POLL_MS.most)) {
    const found = await describeTable(definition, options)
    refuseDifferences([found])
    if (found.state === 'present' && found.active) return
    if (clock.monotonic() >= deadline) {
      throw new StewardError(`the table ${found.table} did not become ACTIVE in time`, {
        code: 'table_not_active',
        retry: 'backoff',
        hint: 'Look at its status in DynamoDB, then run `steward tables create` again.',
      })
    }
    await clock.sleep(pause, options.signal)
  }
}

/** One table of ours: missing or present, and what differs from its definition. */
export async function describeTable(definition: TableDefinition, options: TablesOptions): Promise<TableState> {
  const table = tableName(definition.base, options.prefix)
  try {
    const answer = await options.client.send(
      new DescribeTableCommand({ TableName: table }),
      sendOptions(options.signal),
    )
    const found = answer.Table ?? {}
    const indexes = found.GlobalSecondaryIndexes ?? []
    const active =
      found.TableStatus === 'ACTIVE' && indexes.every(({ IndexStatus }) => (IndexStatus ?? 'ACTIVE') === 'ACTIVE')
    return { table, state: 'present', active, differences: differencesOf(definition, found) }
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { table, state: 'missing' }
    throw error
  }
}

function sendOptions(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal }
}

/** What keeps a table from being the defined one, a sentence part for each difference. */
export function differencesOf(definition: TableDefinition, found: TableDescription): string[] {
  const attributes = found.AttributeDefinitions ?? []
  const differences: string[] = []
  const expected = describeKeys(definition)
  const actual = describeSchema(found.KeySchema ?? [], attributes)
  if (actual !== expected) differences.push(`its keys are ${actual}, not ${expected}`)
  for (const index of definition.indexes) {
    const other = (found.GlobalSecondaryIndexes ?? []).find(({ IndexName }) => IndexName === index.name)
    if (other === undefined) {
      differences.push(`the index ${index.name} is missing`)
      continue
    }
    const wanted = describeKeys(index)
    const keys = describeSchema(other.KeySchema ?? [], attributes)
    if (keys !== wanted) differences.push(`the index ${index.name} has the keys ${keys}, not ${wanted}`)
    const projection = other.Projection?.ProjectionType ?? 'nothing'
    if (projection !== 'ALL') differences.push(`the index ${index.name} projects ${projection}, not ALL`)
  }
  return differences
}

function describeKeys({ partition, sort }: KeyPair): string {
  return `${partition.name} (${partition.type}), ${sort.name} (${sort.type})`
}

function describeSchema(schema: readonly KeySchemaElement[], attributes: readonly AttributeDefinition[]): string {
  const ordered = schema.toSorted((a, b) => (a.KeyType ?? '').localeCompare(b.KeyType ?? ''))
  const described = ordered.map(({ AttributeName: name }) => {
    const type = attributes.find(({ AttributeName }) => AttributeName === name)?.AttributeType ?? 'unknown type'
    return `${name ?? '?'} (${type})`
  })
  return described.join(', ')
}

function refuseDifferences(states: readonly TableState[]): void {
  const lines = states.flatMap((found) =>
    found.state === 'present' ? found.differences.map((difference) => `${found.table}: ${difference}`) : [],
  )
  if (lines.length === 0) return
  throw new StewardError(`tables exist with another shape\n${lines.join('\n')}`, {
    code: 'table_shape',
    kind: 'user',
    hint: 'Use another `tables.prefix`, or move the table away; keys can not be changed in place.',
  })
}
