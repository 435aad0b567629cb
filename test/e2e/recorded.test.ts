import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ModelId } from '../../src/domain/names.ts'
import { DynamoDbTables } from '../../src/recorded/dynamodb-tables.ts'
import type { Item } from '../../src/recorded/tables.ts'
import { Catalog, MODEL, OTHER } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'
import { faultProxy, type FaultProxy } from '../support/fault-proxy.ts'

const model = (services: readonly string[], description = 'A model.'): object => ({
  description,
  owner: 'team@example.com',
  services,
})
const version = (number: number, description = ''): object => ({
  description,
  artifacts: [{ name: 'trained', uri: `s3://bucket/docs/${number}.tar.gz`, sha256: String(number).padStart(64, '0') }],
  parameters: { empty: '', large: Number.MAX_SAFE_INTEGER, small: 1e-100 },
})
const external = (place: string, model_version = 1): object => ({
  model_version,
  deployment_method: 'external',
  managed_by: 'the vendor',
  endpoint: `https://example.com/${place}`,
})

const first = new Catalog()
  .settings({ timezone: 'Europe/Amsterdam' })
  .model(MODEL, model(['cc-fraud', 'intake']))
  .version(MODEL, 1, version(1))
  .version(MODEL, 2, version(2))
  .deployment(MODEL, 'prod', external('docs'))
  .model(OTHER, model(['intake']))
  .version(OTHER, 1, version(1))
  .deployment(OTHER, 'prod', external('cost'))
  .deployment(OTHER, 'dev', external('cost-dev'))

let line: CommandLine
let proxy: FaultProxy
let tables: DynamoDbTables

beforeAll(async () => {
  line = new CommandLine().withCatalog(first)
  await line.run(['status'])
  const { endpoint } = JSON.parse(readFileSync(join(line.state, 'store.json'), 'utf8')) as { endpoint: string }
  proxy = await faultProxy(endpoint)
  const options = { region: 'us-east-1', prefix: '', local: true, retryConnection: false }
  tables = new DynamoDbTables({ ...options, endpoint: async () => endpoint })
})

afterAll(async () => {
  tables.close()
  await proxy.close()
  await line[Symbol.asyncDispose]()
})

/** Runs a command that must end with 0 and gives its JSON and the requests that it made. */
async function counted(...words: string[]): Promise<{ value: Record<string, unknown>; requests: object }> {
  proxy.reset()
  const { code, out, err } = await line.run([...words, '--json'], { STEWARD_DYNAMODB_ENDPOINT: proxy.url })
  if (code !== 0) throw new Error(`${words.join(' ')} exited ${code}: ${err}${out}`)
  return { value: JSON.parse(out) as Record<string, unknown>, requests: proxy.counts() }
}

function commit(catalog: Catalog): void {
  line.repository.writeCatalog(catalog)
  line.repository.commit()
}

const entries = (value: Record<string, unknown>): Item[] => value.entries as Item[]
const placesOf = (value: Record<string, unknown>): string[] =>
  entries(value).map((entry) => `${String(entry.stage)} ${String(entry.model)}@${String(entry.model_version)}`)

const changed = first
  .model(MODEL, model(['intake'], 'Another text.'))
  .version(MODEL, 2, version(2, 'Said better.'))
  .model(OTHER, model(['intake'], 'Another text, too.'))

describe('steward apply writes what has changed, and nothing else', () => {
  test('everything at first', async () => {
    const { requests } = await counted('apply', '--yes')
    // 2 models, 3 versions, 3 deployments, each audited; 4 entries of service tags, 2 statuses, the checkpoint, the lease.
    expect(requests).toMatchObject({ PutItem: 8 + 8 + 4 + 2 + 1 + 2 })
  })

  test('nothing where nothing has changed, and where only a comment has (I10)', async () => {
    expect((await counted('apply', '--yes')).requests).not.toHaveProperty('PutItem')
    const path = `models${MODEL}/model.yaml`
    line.repository.write(path, `${readFileSync(join(line.repository.folder, path), 'utf8')}# a comment\n`)
    line.repository.commit()
    expect((await counted('apply', '--yes')).requests).not.toHaveProperty('PutItem')
  })

  test('k changed documents are k items and k of audit, a status for each unit, one checkpoint (P10)', async () => {
    commit(changed)
    const { requests } = await counted('apply', '--yes')
    // The tag cc-fraud is withdrawn for one deployment; the lease is taken and given back.
    expect(requests).toMatchObject({ PutItem: 3 + 3 + 2 + 1 + 1 + 2 })
    const status = await tables.get('steward-control', { pk: `unit#${MODEL}`, sk: 'status' })
    const catalog = await tables.get('model-catalog', { namespace: '/abc/claim', model_name: 'docs' })
    expect(status?.last_applied_revision).toBe(catalog?.revision)
  })

  test('empty text, the largest integer and small numbers come back as they were', async () => {
    const item = await tables.get('model-registry', { model: MODEL, model_version: 1 })
    expect(item).toMatchObject({ description: '', parameters: { empty: '', large: 2 ** 53 - 1, small: 1e-100 } })
  })
})

describe('questions about what is recorded', () => {
  let before: string

  beforeAll(async () => {
    before = new Date().toISOString()
    await new Promise((resolve) => setTimeout(resolve, 10))
    commit(changed.deployment(MODEL, 'prod', external('docs-2', 2)).without(`${OTHER.slice(1)}/deployments/dev.yaml`))
    await counted('apply', '--yes')
  })

  test('inventory: what serves in a stage now, by one query', async () => {
    const { value, requests } = await counted('inventory', '--stage', 'prod')
    expect(placesOf(value)).toEqual([`prod ${MODEL}@2`, `prod ${OTHER}@1`])
    expect(requests).toEqual({ Query: 1 })
  })

  test('inventory: what served then in all stages, those too that have nothing now, by one query each', async () => {
    const { value, requests } = await counted('inventory', '--as-of', before)
    expect(placesOf(value)).toEqual([`dev ${OTHER}@1`, `prod ${MODEL}@1`, `prod ${OTHER}@1`])
    expect(requests).toEqual({ Query: 2, GetItem: 1 })
    expect(placesOf((await counted('inventory')).value)).toEqual([`prod ${MODEL}@2`, `prod ${OTHER}@1`])
    expect(placesOf((await counted('inventory', '--as-of', '2020-01-01')).value)).toEqual([])
  })

  test('inventory as CSV has a line for each version, and an end-of-day in the time zone of the settings', async () => {
    const { out } = await line.run(['inventory', '--stage', 'prod', '--format', 'csv'])
    const [header, ...lines] = out.trimEnd().split(/\r?\n/)
    expect(header).toMatch(/^stage,model,name,model_version,status,/)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain(`prod,${MODEL},prod,2,live,`)
    expect((await counted('inventory', '--as-of', '2026-03-03')).value.as_of).toBe('2026-03-03T22:59:59.999Z')
  })

  test('who serves a service tag, by one query; a tag that was taken from a model leads to nothing', async () => {
    const { value, requests } = await counted('inventory', '--service', 'intake', '--stage', 'prod')
    expect(entries(value).map(({ model, endpoint }) => `${String(model)} ${String(endpoint)}`)).toEqual([
      `${MODEL} https://example.com/docs-2`,
      `${OTHER} https://example.com/cost`,
    ])
    expect(requests).toEqual({ Query: 1 })
    expect(entries((await counted('inventory', '--service', 'cc-fraud')).value)).toEqual([])
    const withdrawn = await tables.query('steward-control', {
      partition: { attribute: 'pk', value: 'service#cc-fraud' },
    })
    expect(withdrawn).toEqual([expect.objectContaining({ status: 'retired' })])
    expect(withdrawn[0]).not.toHaveProperty('endpoint')
  })

  test('history of a model by one query', async () => {
    const { value, requests } = await counted('history', MODEL, '--as-of', before)
    expect(entries(value).map(({ deployment_id: id }) => id)).toEqual([1])
    expect(requests).toEqual({ Query: 1 })
  })

  test('status of everything without a scan, and of what is declared no more until it is gone', async () => {
    const { value, requests } = await counted('status')
    expect((value.units as Item[]).map(({ unit, sync, health }) => [unit, sync, health])).toEqual([
      [MODEL, 'Synced', 'Healthy'],
      [OTHER, 'Synced', 'Healthy'],
    ])
    expect(requests).toEqual({ GetItem: 2, BatchGetItem: 4, Query: 2 })
    commit(changed.without(OTHER.slice(1)))
    const units = (await counted('status')).value.units as { unit: string; sync: string; deployments: Item[] }[]
    expect(units.map(({ unit, sync }) => [unit, sync])).toEqual([
      [MODEL, 'OutOfSync'],
      [OTHER, 'OutOfSync'],
    ])
    expect(units[1]?.deployments.map(({ live_version: live }) => live)).toEqual([1])
  })
})

describe('an item that others have written (I7)', () => {
  const third = '/abc/legacy/score' as ModelId
  const legacy = { namespace: '/abc/legacy', model_name: 'score', description: 'From before.', team: 'old' }

  beforeAll(async () => {
    await tables.put('model-catalog', legacy, { kind: 'absent' })
    const gone = { model: third, deployment_id: 1, stage: 'prod', model_version: 1, status: 'InService' }
    await tables.put('model-deployment', gone, { kind: 'absent' })
    commit(changed.model(third, model([])).version(third, 1, version(1)))
  })

  test('keeps its model from being applied, with the way out', async () => {
    const { code, out, err } = await line.run(['apply', '--yes', '--allow-deletes', 'none'])
    expect(code).toBe(5)
    expect(`${out}${err}`).toContain('steward adopt')
    expect(await tables.get('model-catalog', { namespace: '/abc/legacy', model_name: 'score' })).toEqual(legacy)
  })

  test('is shown by adopt --dry-run, and then taken over, audited and otherwise as it was', async () => {
    const shown = await counted('adopt', '--dry-run')
    expect(shown.value).toMatchObject({ result: 'nothing_done', items: [{ model: third }, { model: third }] })
    expect(shown.requests).not.toHaveProperty('UpdateItem')
    const { value, requests } = await counted('adopt', third, '--yes')
    expect(value).toMatchObject({ result: 'adopted' })
    expect(requests).toMatchObject({ UpdateItem: 2 })
    const item = await tables.get('model-catalog', { namespace: '/abc/legacy', model_name: 'score' })
    expect(item).toEqual({ ...legacy, rev: 1, fence: expect.any(Number) })
    expect(await tables.get('model-deployment', { model: third, deployment_id: 1 })).toMatchObject({
      status: 'retired',
    })
    const audit = await tables.query('steward-control', { partition: { attribute: 'pk', value: `audit#${third}` } })
    expect(audit.map(({ event }) => event)).toEqual(['item.adopted', 'item.adopted'])
  })

  test('belongs to the model from then on', async () => {
    const { value } = await counted('plan')
    const own = (value.units as { unit: string; actions: { kind: string; fields: string[] }[] }[]).find(
      ({ unit }) => unit === third,
    )
    expect(own?.actions[0]).toMatchObject({
      kind: 'catalog.upsert',
      fields: ['description', 'owner', 'services', 'team'],
    })
    expect((await counted('adopt')).value).toMatchObject({ items: [] })
    expect(await line.run(['adopt', 'abc/none'])).toMatchObject({ code: 1, err: expect.stringContaining('no model') })
  })
})
