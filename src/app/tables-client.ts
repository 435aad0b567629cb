import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** Where the tables are. */
export interface TablesTarget {
  /** Null: the region's own. */
  readonly endpoint: string | null
  /** Whether the endpoint takes fixed credentials. */
  readonly local: boolean
  readonly region: string
  readonly prefix: string
}

/** Opens a client for what is done to whole tables, and closes it. */
export async function withTablesClient<Result>(
  { region, endpoint, local }: TablesTarget,
  use: (client: DynamoDBClient) => Promise<Result>,
): Promise<Result> {
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb')
  const client = new DynamoDBClient({
    region,
    ...(endpoint !== null && { endpoint }),
    ...(local && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  })
  try {
    return await use(client)
  } finally {
    client.destroy()
  }
}
