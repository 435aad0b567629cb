import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { mapLimited } from '../domain/map-limited.ts'
import { systemClock } from '../system/clock.ts'
import { AdaptiveLimit } from './adaptive-limit.ts'
import type { Item, Key, PutCondition, QueryRequest, TableName, Tables } from './tables.ts'
import { sortKeyOf, tableKeys } from './tables.ts'
import { isConnectionError, isThrottling, tablesError } from './tables-error.ts'

export interface DynamoDbOptions {
  readonly region: string
  readonly prefix: string
  /** The endpoint to use now; asked again after a refused connection. Null: the region's own. */
  readonly endpoint: () => Promise<string | null>
  /** Whether the endpoint takes fixed credentials: the embedded engine, or a test server on the loopback. */
  readonly local: boolean
  /** Whether to ask for the endpoint again when a connection fails: the embedded engine ends when it is not used. */
  readonly retryConnection: boolean
}

type Sdk = typeof import('@aws-sdk/client-dynamodb')
type Marshalling = typeof import('@aws-sdk/util-dynamodb')

interface Connection {
  readonly sdk: Sdk
  readonly marshalling: Marshalling
  readonly client: DynamoDBClient
}

/** The most that DynamoDB takes in one BatchGetItem. */
const BATCH = 100
const BATCHES_AT_ONCE = 8

/** A double is written in its shortest form, which reads as the same double; also beyond 2^53, where a metric may be. */
const writing = { removeUndefinedValues: true, allowImpreciseNumbers: true }
const reading = { wrapNumbers: Number }

/** The tables on any DynamoDB endpoint. The SDK is loaded at the first request, not before. */
export class DynamoDbTables implements Tables {
  readonly #options: DynamoDbOptions
  readonly #limit = new AdaptiveLimit()
  #connection: Promise<Connection> | null = null

  constructor(options: DynamoDbOptions) {
    this.#options = options
  }

  async get(table: TableName, key: Key, signal?: AbortSignal): Promise<Item | null> {
    return this.#send(signal, async ({ sdk, marshalling, client }) => {
      const input = { TableName: this.#name(table), Key: marshalling.marshall(key), ConsistentRead: true }
      const { Item: item } = await client.send(new sdk.GetItemCommand(input), abortable(signal))
      return item === undefined ? null : (marshalling.unmarshall(item, reading) as Item)
    })
  }

  async query(table: TableName, request: QueryRequest, signal?: AbortSignal): Promise<readonly Item[]> {
    const { partition, index, sort, descending = false, limit } = request
    const within = sort === undefined ? '' : 'atMost' in sort ? ' AND #sort <= :sort' : ' AND begins_with(#sort, :sort)'
    const edge = sort === undefined ? {} : { ':sort': 'atMost' in sort ? sort.atMost : sort.beginsWith }
    return this.#pages(signal, limit, ({ sdk, marshalling }, start) => [
      new sdk.QueryCommand({
        TableName: this.#name(table),
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        KeyConditionExpression: `#partition = :partition${within}`,
        ExpressionAttributeNames: {
          '#partition': partition.attribute,
          ...(sort !== undefined && { '#sort': sortKeyOf(table, index) }),
        },
        ExpressionAttributeValues: marshalling.marshall({ ':partition': partition.value, ...edge }),
        ScanIndexForward: !descending,
        ...(limit !== undefined && { Limit: limit }),
        ...start,
      }),
    ])
  }

  async getMany(table: TableName, keys: readonly Key[], signal?: AbortSignal): Promise<readonly Item[]> {
    const parts = Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, part) =>
      keys.slice(part * BATCH, (part + 1) * BATCH),
    )
    const found = await mapLimited(parts, BATCHES_AT_ONCE, (part) => this.#getBatch(table, part, signal))
    return found.flat()
  }

  /** What a full answer left out is asked for at once; what a throttled partition did, after a pause. */
  async #getBatch(table: TableName, keys: readonly Key[], signal?: AbortSignal): Promise<readonly Item[]> {
    const name = this.#name(table)
    const items: Item[] = []
    let open: readonly object[] | null = null
    for (let idle = 0; open === null || open.length > 0;) {
      if (idle > 0) await systemClock.sleep(Math.min(1_000, 20 * 2 ** idle), signal)
      const before = items.length
      open = await this.#send(signal, async ({ sdk, marshalling, client }) => {
        const asked = open ?? keys.map((key) => marshalling.marshall(key))
        const input = { RequestItems: { [name]: { Keys: asked as never, ConsistentRead: true } } }
        const answer = await client.send(new sdk.BatchGetItemCommand(input), abortable(signal))
        for (const item of answer.Responses?.[name] ?? []) items.push(marshalling.unmarshall(item, reading) as Item)
        return answer.UnprocessedKeys?.[name]?.Keys ?? []
      })
      idle = items.length > before ? 0 : idle + 1
    }
    return items
  }

  async scan(table: TableName, signal?: AbortSignal): Promise<readonly Item[]> {
    return this.#pages(signal, undefined, ({ sdk }, start) => [
      new sdk.ScanCommand({ TableName: this.#name(table), ConsistentRead: true, ...start }),
    ])
  }

  async put(
    table: TableName,
    item: Item,
    condition: PutCondition,
    signal?: AbortSignal,
  ): Promise<'written' | 'conflict'> {
    return this.#send(signal, async ({ sdk, marshalling, client }) => {
      const input = {
        TableName: this.#name(table),
        Item: marshalling.marshall(item, writing),
        ...conditionOf(table, condition, marshalling),
      }
      return conditional(sdk, () => client.send(new sdk.PutItemCommand(input), abortable(signal)))
    })
  }

  async claim(table: TableName, key: Key, attributes: Item, signal?: AbortSignal): Promise<'written' | 'conflict'> {
    const names = Object.keys(attributes)
    return this.#send(signal, async ({ sdk, marshalling, client }) => {
      const command = new sdk.UpdateItemCommand({
        TableName: this.#name(table),
        Key: marshalling.marshall(key),
        UpdateExpression: `SET ${names.map((_, at) => `#a${at} = :a${at}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(#pk) AND attribute_not_exists(#rev)',
        ExpressionAttributeNames: {
          '#pk': tableKeys[table][0],
          '#rev': 'rev',
          ...Object.fromEntries(names.map((name, at) => [`#a${at}`, name])),
        },
        ExpressionAttributeValues: marshalling.marshall(
          Object.fromEntries(names.map((name, at) => [`:a${at}`, attributes[name]])),
          writing,
        ),
      })
      return conditional(sdk, () => client.send(command, abortable(signal)))
    })
  }

  close(): void {
    void this.#connection?.then(({ client }) => client.destroy()).catch(() => undefined)
    this.#connection = null
  }

  #name(table: TableName): string {
    return `${this.#options.prefix}${table}`
  }

  async #pages(
    signal: AbortSignal | undefined,
    limit: number | undefined,
    command: (
      connection: Connection,
      start: object,
    ) => readonly [InstanceType<Sdk['QueryCommand']> | InstanceType<Sdk['ScanCommand']>],
  ): Promise<readonly Item[]> {
    const items: Item[] = []
    let start = {}
    for (;;) {
      const page = await this.#send(signal, async (connection) => {
        const [built] = command(connection, start)
        const answer = await connection.client.send(built as InstanceType<Sdk['QueryCommand']>, abortable(signal))
        const read = (answer.Items ?? []).map((item) => connection.marshalling.unmarshall(item, reading) as Item)
        return { read, next: answer.LastEvaluatedKey }
      })
      items.push(...page.read)
      // A page may end early at 1 MB, and the next one has the whole limit again.
      if (limit !== undefined && items.length >= limit) return items.slice(0, limit)
      if (page.next === undefined) return items
      start = { ExclusiveStartKey: page.next }
    }
  }

  /** Tries again on another endpoint when the embedded engine has ended in between: a new one is started on demand. */
  async #send<T>(signal: AbortSignal | undefined, use: (connection: Connection) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const connection = await this.#connect()
        return await this.#limit.run(() => use(connection))
      } catch (error) {
        signal?.throwIfAborted()
        const again = isConnectionError(error) && this.#options.retryConnection && attempt < 4
        if (!again) throw tablesError(error)
        this.close()
      }
    }
  }

  #connect(): Promise<Connection> {
    this.#connection ??= this.#open().catch((error: unknown) => {
      this.#connection = null
      throw error
    })
    return this.#connection
  }

  async #open(): Promise<Connection> {
    const [sdk, marshalling, endpoint] = await Promise.all([
      import('@aws-sdk/client-dynamodb'),
      import('@aws-sdk/util-dynamodb'),
      this.#options.endpoint(),
    ])
    const client = new sdk.DynamoDBClient({
      region: this.#options.region,
      maxAttempts: 4,
      requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
      ...(endpoint !== null && { endpoint }),
      ...(this.#options.local && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
    })
    this.#watchPressure(client)
    return { sdk, marshalling, client }
  }

  /** Within the retries of the SDK: what it tries again by itself is seen here too. */
  #watchPressure({ middlewareStack }: DynamoDBClient): void {
    const watch = { step: 'finalizeRequest', priority: 'low', name: 'watchPressure' } as const
    middlewareStack.add(
      (next) => async (request) => {
        try {
          return await next(request)
        } catch (error) {
          if (isThrottling(error)) this.#limit.press()
          throw error
        }
      },
      watch,
    )
  }
}

async function conditional(sdk: Sdk, write: () => Promise<unknown>): Promise<'written' | 'conflict'> {
  try {
    await write()
    return 'written'
  } catch (error) {
    if (error instanceof sdk.ConditionalCheckFailedException) return 'conflict'
    throw error
  }
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal }
}

function conditionOf(table: TableName, condition: PutCondition, { marshall }: Marshalling): object {
  const [partition] = tableKeys[table]
  if (condition.kind === 'absent') {
    return { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': partition } }
  }
  return {
    ConditionExpression: '#rev = :rev AND #fence <= :fence',
    ExpressionAttributeNames: { '#rev': 'rev', '#fence': 'fence' },
    ExpressionAttributeValues: marshall({ ':rev': condition.rev, ':fence': condition.fence }),
  }
}
