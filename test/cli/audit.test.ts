import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DynamoDBClient, PutItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { embeddedClientSettings } from '../../src/store/client-settings.ts'
import { catalog, MODEL, OTHER, type Catalog } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'

interface Entry {
  readonly model: string
  readonly sequence: number
  readonly event: string
  readonly at: string
}

const external = { deployment_method: 'external', endpoint: 'https://vendor.example.com', managed_by: '=a vendor' }
const both = (model_version: number): Catalog =>
  catalog()
    .settings({ timezone: 'Europe/Berlin' })
    .version(MODEL, 1, {})
    .version(MODEL, 2, {})
    .deployment(MODEL, 'prod', { model_version, ...external })
    .model(OTHER, { description: 'Another.', url: 'https://example.com/a,b' })

let line: CommandLine
let client: DynamoDBClient

async function apply(given: Catalog, message: string): Promise<void> {
  line.repository.writeCatalog(given)
  line.repository.commit(message)
  const { code, err } = await line.run(['apply', '--yes', '--wait'])
  expect(code, err).toBe(0)
}

const entries = async (...words: string[]): Promise<readonly Entry[]> =>
  (await line.json(['audit', 'export', ...words])).value.entries as readonly Entry[]

let all: readonly Entry[]

beforeAll(async () => {
  line = new CommandLine()
  await apply(both(1), 'the first version')
  await apply(both(2).without(OTHER.slice(1)), 'the second version, without the other')
  const { endpoint } = JSON.parse(readFileSync(join(line.state, 'store.json'), 'utf8')) as { endpoint: string }
  client = new DynamoDBClient(embeddedClientSettings(endpoint))
  all = await entries()
})

afterAll(async () => {
  client.destroy()
  await line[Symbol.asyncDispose]()
})

describe('steward audit verify', () => {
  test('finds nothing wrong with what Steward wrote, of models that were removed as well', async () => {
    const { code, value } = await line.json(['audit', 'verify'])
    expect(code).toBe(0)
    expect(value).toEqual({ format: 'steward.audit-verify/v1', models: 2, entries: all.length, faults: [] })
  })

  test('exits 1 and names an item that was changed, and says what to do', async () => {
    const input = { TableName: 'model-registry', Key: { model: { S: MODEL }, model_version: { N: '2' } } }
    const { Item: item = {} } = await client.send(new GetItemCommand(input))
    await client.send(new PutItemCommand({ ...input, Item: { ...item, status: { S: 'deprecated' } } }))
    const changed = await line.run(['audit', 'verify', MODEL.slice(1)])
    expect(changed.code).toBe(1)
    expect(changed.out).toContain(`wrong: model-registry ${MODEL} 2: no entry accounts for what it is`)
    expect(changed.err).toContain('help: ')
    await client.send(new PutItemCommand({ ...input, Item: item }))
  })

  test('says of a model that was never there that it is not', async () => {
    const { code, err } = await line.run(['audit', 'verify', 'abc/claim/dogs'])
    expect(code).toBe(1)
    expect(err).toContain('there is no model /abc/claim/dogs')
  })
})

describe('steward audit export', () => {
  test('tells everything, oldest first, of a model that was removed as well', () => {
    expect(all.length).toBeGreaterThan(7)
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort())
    const removed = all.filter(({ model }) => model === OTHER)
    expect(removed.map(({ event }) => event)).toEqual(['catalog.upsert', 'catalog.retire'])
  })

  test('as CSV has a header and the same rows', async () => {
    const { code, out } = await line.run(['audit', 'export', '--format', 'csv'])
    expect(code).toBe(0)
    const rows = out.split('\r\n')
    expect(rows[0]).toBe('at,model,sequence,event,what,who,result,revision,plan_digest,evidence,change,previous,hash')
    expect(rows.slice(1).map((row) => row.split(',')[2] ?? '')).toEqual([
      ...all.map((entry) => `${entry.sequence}`),
      '',
    ])
  })

  test('is a line an entry for people, in the span that was asked for', async () => {
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(new Date())
    const since = all.findLast(({ model }) => model === OTHER)?.at ?? ''
    const words = ['audit', 'export', OTHER.slice(1), '--since', since, '--until', today]
    expect((await line.run(words)).out).toMatch(
      /^\S+Z {2}catalog\.retire \/abc\/pricing\/cost, by alice@example\.com, main@sha1:[0-9a-f]{40}\n$/,
    )
  })

  test('refuses a span that ends before it begins', async () => {
    const turned = await line.run(['audit', 'export', '--since', '2026-02-02', '--until', '2026-02-01'])
    expect(turned).toMatchObject({ code: 64, err: expect.stringContaining('Exchange the two') })
  })
})
