import { type DynamoDBClient, PutItemCommand, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb'
import { expect } from 'vitest'

export const TABLE = 'model-catalog'

export function put(client: DynamoDBClient, name: string, turn: number) {
  const Item = {
    namespace: { S: '/load' },
    model_name: { S: name },
    model: { S: `/load/${name}` },
    owner: { S: `owner-${turn % 7}` },
    rev: { N: String(turn) },
  }
  return client.send(new PutItemCommand({ TableName: TABLE, Item }))
}

/** Name and turn of each item, as the table or an index of it tells. */
export async function contents(client: DynamoDBClient, IndexName?: string): Promise<string[]> {
  const items: NonNullable<ScanCommandOutput['Items']> = []
  let from: ScanCommandOutput['LastEvaluatedKey']
  do {
    const index = IndexName === undefined ? {} : { IndexName }
    const start = from === undefined ? {} : { ExclusiveStartKey: from }
    const page = await client.send(new ScanCommand({ TableName: TABLE, ...index, ...start }))
    items.push(...(page.Items ?? []))
    from = page.LastEvaluatedKey
  } while (from !== undefined)
  return items.map(({ model_name, rev }) => `${model_name?.S} ${rev?.N}`).toSorted()
}

export interface Load {
  /** The last acknowledged turn of each key, as it grows. */
  readonly acknowledged: ReadonlyMap<string, number>
  /** Resolves when every writer has ended: its write under way is answered, or failed. */
  stop(): Promise<void>
}

/** Writes on 20 keys at once, on each until a write fails. */
export function startLoad(client: DynamoDBClient, from: number): Load {
  const acknowledged = new Map<string, number>()
  let over = false
  const writers = Array.from({ length: 20 }, async (_, writer) => {
    for (let turn = from; !over; turn += 1) {
      await put(client, `m${writer}`, turn)
      acknowledged.set(`m${writer}`, turn)
    }
  })
  const ended = Promise.allSettled(writers)
  return {
    acknowledged,
    stop: async () => {
      over = true
      await ended
    },
  }
}

/** No acknowledged write is lost, and the index tells what the table does. */
export async function expectKept(client: DynamoDBClient, { acknowledged }: Load): Promise<void> {
  const found = new Map((await contents(client)).map((line) => line.split(' ') as [string, string]))
  for (const [name, turn] of acknowledged) expect(Number(found.get(name)), name).toBeGreaterThanOrEqual(turn)
  expect(await contents(client, 'by-owner')).toEqual(await contents(client))
}
