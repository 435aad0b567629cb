import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMissingTables, describeTables } from '../../src/recorded/create-tables.ts'
import { TABLE_DEFINITIONS, tableName } from '../../src/recorded/table-definitions.ts'
import { storeFixture, type StoreFixture } from './support/store-fixture.ts'

let store: StoreFixture
let client: DynamoDBClient
beforeAll(async () => {
  store = await storeFixture()
  client = store.client(await store.connect())
})
afterAll(() => store.dispose())

const names = (prefix: string): string[] => TABLE_DEFINITIONS.map(({ base }) => tableName(base, prefix))

describe('the tables', () => {
  test('are made once, whatever the prefix', async () => {
    expect(await createMissingTables({ client, prefix: '' })).toEqual({ created: [], existing: names('') })
    expect(await createMissingTables({ client, prefix: 'x-' })).toEqual({ created: names('x-'), existing: [] })
    expect(await createMissingTables({ client, prefix: 'x-' })).toEqual({ created: [], existing: names('x-') })
    for (const state of await describeTables({ client, prefix: 'x-' })) {
      expect(state).toMatchObject({ state: 'present', active: true, differences: [] })
    }
  })

  test('are made by one of two that start together, and both go on', async () => {
    const [one, two] = await Promise.all([
      createMissingTables({ client, prefix: 'both-' }),
      createMissingTables({ client, prefix: 'both-' }),
    ])
    expect([...one.created, ...two.created].toSorted()).toEqual(names('both-').toSorted())
  })

  test('have the keys and indexes of the design', async () => {
    const shapes: Record<string, string> = {}
    for (const name of names('')) {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
      const types = new Map(Table?.AttributeDefinitions?.map((a) => [a.AttributeName, a.AttributeType]))
      const described = (schema: { AttributeName: string | undefined }[] | undefined): string =>
        (schema ?? []).map((key) => `${key.AttributeName}:${types.get(key.AttributeName)}`).join(' ')
      shapes[name] = described(Table?.KeySchema)
      for (const index of Table?.GlobalSecondaryIndexes ?? []) {
        shapes[`${name}/${index.IndexName}`] = `${described(index.KeySchema)} ${index.Projection?.ProjectionType}`
      }
      expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST')
    }
    expect(shapes).toEqual({
      'model-catalog': 'namespace:S model_name:S',
      'model-catalog/by-owner': 'owner:S model:S ALL',
      'model-registry': 'model:S model_version:N',
      'model-registry/by-url': 'url:S model_version:N ALL',
      'model-deployment': 'model:S deployment_id:N',
      'model-deployment/live-by-stage': 'live_stage:S model:S ALL',
      'model-deployment/by-stage': 'stage:S served_from:S ALL',
      'model-stage-governance': 'model_group:S stage_version:S',
      'model-stage-governance/by-status': 'model_status:S model_group:S ALL',
      'steward-control': 'pk:S sk:S',
    })
  })

  test('with another shape are an error that names every difference, and nothing is created', async () => {
    await client.send(
      new CreateTableCommand({
        TableName: 'odd-model-registry',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'model', KeyType: 'HASH' },
          { AttributeName: 'model_version', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'model', AttributeType: 'S' },
          { AttributeName: 'model_version', AttributeType: 'S' },
        ],
      }),
    )
    const failure = createMissingTables({ client, prefix: 'odd-' })
    await expect(failure).rejects.toMatchObject({ code: 'table_shape', kind: 'user' })
    await expect(failure).rejects.toThrow(
      'odd-model-registry: its keys are model (S), model_version (S), not model (S), model_version (N)\n' +
        'odd-model-registry: the index by-url is missing',
    )
    expect((await describeTables({ client, prefix: 'odd-' })).filter(({ state }) => state === 'missing')).toHaveLength(
      4,
    )
    await client.send(new DeleteTableCommand({ TableName: 'odd-model-registry' }))
  })
})
