import { DynamoDBClient, GetItemCommand, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb'

/** An item as any client of DynamoDB reads it; undefined where there is none. */
export async function stored(endpoint: string, table: string, key: Record<string, AttributeValue>) {
  return asked(endpoint, async (client) => {
    return (await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item
  })
}

/** All items of a small table, in the order of the engine. */
export async function scan(endpoint: string, table: string) {
  return asked(endpoint, async (client) => {
    return (await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }))).Items ?? []
  })
}

async function asked<Result>(endpoint: string, work: (client: DynamoDBClient) => Promise<Result>): Promise<Result> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}
