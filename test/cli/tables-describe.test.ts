import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { catalog } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'

const settings = 'models/_platform/settings.yaml'
const names = ['model-catalog', 'model-registry', 'model-deployment', 'model-stage-governance', 'steward-control']
/** Nothing listens there: a command that asks a store fails. */
const nowhere = { STEWARD_DYNAMODB_ENDPOINT: 'http://127.0.0.1:9' }

const commandLine = (): CommandLine => new CommandLine().withCatalog(catalog())

describe('steward tables describe', () => {
  test('says of each table whether it is there as defined', async () => {
    await using line = commandLine()
    const { code, value } = await line.json(['tables', 'describe'])
    expect(code).toBe(0)
    expect(Object.keys(value)[0]).toBe('format')
    expect(value).toEqual({
      format: 'steward.tables/v1',
      tables: names.map((table) => ({ table, state: 'present', active: true, differences: [] })),
    })
    const pretty = await line.run(['tables', 'describe'])
    expect(pretty.out).toBe(names.map((name) => `${name.padEnd(22)}  present, active, as defined\n`).join(''))

    const missing = await line.run(['tables', 'describe'], { STEWARD_TABLE_PREFIX: 'x-' })
    expect(missing.code).toBe(1)
    expect(missing.out).toContain('x-model-catalog           missing\n')
    expect(missing.out).toContain('`steward tables create`')
    expect((await line.run(['tables', 'create'], { STEWARD_TABLE_PREFIX: 'x-' })).code).toBe(0)
    expect((await line.run(['tables', 'describe'], { STEWARD_TABLE_PREFIX: 'x-' })).code).toBe(0)
  })

  test('says what differs', async () => {
    await using line = commandLine()
    expect((await line.run(['tables', 'create'], { STEWARD_TABLE_PREFIX: 'y-' })).code).toBe(0)
    const { endpoint } = JSON.parse(readFileSync(join(line.state, 'store.json'), 'utf8')) as { endpoint: string }
    const client = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    })
    const TableName = 'y-steward-control'
    await client.send(new DeleteTableCommand({ TableName }))
    await waitUntilTableNotExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName })
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      }),
    )
    await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName })
    client.destroy()
    const { code, out } = await line.run(['tables', 'describe'], { STEWARD_TABLE_PREFIX: 'y-' })
    expect(code).toBe(1)
    expect(out).toContain(
      'y-steward-control         present, active, differs\n  its keys are pk (S), not pk (S), sk (S)\n',
    )
    const { out: json } = await line.run(['tables', 'describe', '--json'], { STEWARD_TABLE_PREFIX: 'y-' })
    expect(JSON.parse(json).tables.at(-1)).toEqual({
      table: TableName,
      state: 'present',
      active: true,
      differences: ['its keys are pk (S), not pk (S), sk (S)'],
    })
  })

  test.each(['cloudformation', 'terraform'])('prints the definition for %s without asking anybody', async (format) => {
    await using line = commandLine()
    line.repository.write(settings, 'tables: { backend: dynamodb, region: eu-west-1, prefix: ml- }\n')
    line.repository.commit('settings')
    const { code, out, err } = await line.run(['tables', 'describe', '--format', format], nowhere)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const name of names) expect(out).toContain(name)
    expect(out).toMatch(/(Default: |default += ")ml-/)
    expect(out).not.toContain('iam')
  })

  test('says which store does not answer', async () => {
    await using line = commandLine()
    const { code, out, err } = await line.run(['tables', 'describe'], nowhere)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('ECONNREFUSED 127.0.0.1:9')
    expect(err).not.toContain('mistake of steward')
  })
})
