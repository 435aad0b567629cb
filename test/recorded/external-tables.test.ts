import { afterAll, beforeAll, describe } from 'vitest'
import { externalTables, type ExternalTables } from './external-tables.ts'
import { describeTables } from './tables-contract.ts'

const endpoint = process.env.STEWARD_TEST_DYNAMODB_ENDPOINT
if (endpoint === undefined) console.log('SKIPPED: STEWARD_TEST_DYNAMODB_ENDPOINT names no DynamoDB endpoint')

describe.skipIf(endpoint === undefined)(`tables on ${endpoint ?? 'an endpoint of your own'}`, () => {
  let opened: ExternalTables

  beforeAll(async () => {
    opened = await externalTables(endpoint ?? '')
  })
  afterAll(() => opened.close())

  describeTables('the endpoint of the environment', async () => opened.tables)
})
