import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DynamoDbTables } from '../../src/recorded/dynamodb-tables.ts'
import { connectStore } from '../../src/store/connect.ts'
import { systemClock } from '../../src/system/clock.ts'
import { kill, processesNaming } from '../store/support/store-fixture.ts'
import { checkout } from '../support/workspace.ts'
import { describeTables } from './tables-contract.ts'

let state: string
let tables: DynamoDbTables

beforeAll(async () => {
  state = await realpath(await mkdtemp(join(tmpdir(), 'steward-tables-')))
  tables = open()
})

afterAll(async () => {
  tables.close()
  for (const pid of await processesNaming(state)) kill(pid)
  await rm(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
})

function open(): DynamoDbTables {
  const command = [process.execPath, join(checkout, 'bin', 'steward.mjs'), 'store', '--state', state]
  return new DynamoDbTables({
    region: 'us-east-1',
    prefix: '',
    local: true,
    retryConnection: true,
    endpoint: async () => (await connectStore({ stateDir: state, command, clock: systemClock })).endpoint,
  })
}

describeTables('DynamoDbTables over the embedded store', async () => tables)

describe('DynamoDbTables', () => {
  test('goes on with another store when the one it used has ended', async () => {
    const key = { pk: 'ended', sk: 'store' }
    await tables.put('steward-control', { ...key, rev: 1, fence: 1 }, { kind: 'absent' })
    for (const pid of await processesNaming(state)) kill(pid)
    expect(await tables.get('steward-control', key)).toEqual({ ...key, rev: 1, fence: 1 })
  })

  test('a missing table is an error that names the remedy', async () => {
    const { endpoint } = await connectStore({ stateDir: state, command: [], clock: systemClock })
    const elsewhere = new DynamoDbTables({
      region: 'us-east-1',
      prefix: 'nobody-',
      local: true,
      retryConnection: false,
      endpoint: async () => endpoint,
    })
    const asked = elsewhere.get('steward-control', { pk: 'a', sk: 'b' })
    await expect(asked).rejects.toMatchObject({ code: 'table_missing', hint: expect.stringContaining('tables create') })
    elsewhere.close()
  })

  test('an endpoint that refuses the connection is an error that is tried again later', async () => {
    const nobody = new DynamoDbTables({
      region: 'us-east-1',
      prefix: '',
      local: true,
      retryConnection: false,
      endpoint: async () => 'http://127.0.0.1:1',
    })
    const asked = nobody.get('steward-control', { pk: 'a', sk: 'b' })
    await expect(asked).rejects.toMatchObject({ code: 'tables_failed', retry: 'backoff' })
    nobody.close()
  })
})
