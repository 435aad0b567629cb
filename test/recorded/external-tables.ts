import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createMissingTables } from '../../src/recorded/create-tables.ts'
import { DynamoDbTables } from '../../src/recorded/dynamodb-tables.ts'
import { TABLE_DEFINITIONS, tableName } from '../../src/recorded/table-definitions.ts'

const region = process.env.AWS_REGION ?? 'us-east-1'

export interface ExternalTables {
  readonly tables: DynamoDbTables
  /** Deletes them. */
  close(): Promise<void>
}

/** All tables under a random prefix on any DynamoDB endpoint; with the credentials of the environment, if it has some. */
export async function externalTables(endpoint: string): Promise<ExternalTables> {
  const prefix = `contract-${crypto.randomUUID().slice(0, 8)}-`
  const local = process.env.AWS_ACCESS_KEY_ID === undefined && process.env.AWS_PROFILE === undefined
  const credentials = local ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {}
  const client = new DynamoDBClient({ region, endpoint, ...credentials })
  await createMissingTables({ client, prefix })
  const tables = new DynamoDbTables({ region, prefix, local, retryConnection: false, endpoint: async () => endpoint })
  return {
    tables,
    close: async () => {
      tables.close()
      for (const { base } of TABLE_DEFINITIONS) {
        await client.send(new DeleteTableCommand({ TableName: tableName(base, prefix) }))
      }
      client.destroy()
    },
  }
}
