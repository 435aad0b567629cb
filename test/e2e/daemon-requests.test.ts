import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DynamoDbTables } from '../../src/recorded/dynamodb-tables.ts'
import { Catalog, MODEL, OTHER } from '../support/catalog-builder.ts'
import { faultProxy, type FaultProxy } from '../support/fault-proxy.ts'
import { until } from '../support/waiting.ts'
import { Workspace, type Running } from '../support/workspace.ts'

const version = (number: number): object => ({
  artifacts: [{ name: 'trained', uri: `s3://bucket/${number}.tar.gz`, sha256: String(number).padStart(64, '0') }],
})
const entry = (description: string): object => ({ description, services: ['intake'] })
const place = { model_version: 1, deployment_method: 'external', managed_by: 'them', endpoint: 'https://example.com/' }
const catalog = new Catalog()
  .settings({ guards: { max_deletes: 1, max_delete_percent: 1 } })
  .model(MODEL, entry('A model.'))
  .version(MODEL, 1, version(1))
  .version(MODEL, 2, version(2))
  .version(MODEL, 3, version(3))
  .deployment(MODEL, 'prod', place)
  .model(OTHER, entry('Another one.'))
  .version(OTHER, 1, version(1))

let space: Workspace
let proxy: FaultProxy
let daemon: Running
let tables: DynamoDbTables

/** Commits the catalog as it is now, waits until the daemon has seen it and is quiet, and gives what it asked. */
async function commit(next: Catalog | null): Promise<object> {
  if (next !== null) {
    rmSync(join(space.repo, 'models'), { recursive: true, force: true })
    for (const [path, { bytes }] of next.files) {
      const file = join(space.repo, 'models', path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, bytes)
    }
  }
  space.git('add', '-A')
  proxy.reset()
  space.git('commit', '-q', '--allow-empty', '-m', 'a change')
  const oid = space.git('rev-parse', 'HEAD')
  await until('the daemon has seen the commit', () => daemon.log().includes(oid))
  for (let last = -1; total() !== last;) {
    last = total()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
  }
  return proxy.counts()
}

const total = (): number => Object.values(proxy.counts()).reduce((sum, count) => sum + count, 0)

beforeAll(async () => {
  space = new Workspace()
  await space.run('status')
  const { endpoint } = JSON.parse(readFileSync(join(space.state, 'store.json'), 'utf8')) as { endpoint: string }
  proxy = await faultProxy(endpoint)
  const options = { region: 'us-east-1', prefix: '', local: true, retryConnection: false }
  tables = new DynamoDbTables({ ...options, endpoint: async () => endpoint })
  for (const path of ['models']) rmSync(join(space.repo, path), { recursive: true })
  space.environment = { STEWARD_DYNAMODB_ENDPOINT: proxy.url }
  for (const [path, { bytes }] of catalog.files) {
    const file = join(space.repo, 'models', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, bytes)
  }
  space.commit('three documents')
  daemon = space.start('serve', '--interval', '1s', '--lease', '600s', '--listen', '127.0.0.1:0')
  await until(
    'everything is recorded',
    async () => (await tables.get('steward-control', { pk: 'checkpoint', sk: 'models' }))?.settled === true,
  )
})

afterAll(async () => {
  tables.close()
  await space.close()
  await proxy.close()
})

describe('what a daemon asks of the tables', () => {
  test('one read after a commit that changes nothing (P5)', async () => {
    expect(await commit(null)).toEqual({ GetItem: 1 })
  })

  test('the items of a changed model alone, and what has changed is written (P10)', async () => {
    const requests = await commit(catalog.model(OTHER, entry('Said better.')))
    // The item, its audit, the status, the checkpoint.
    expect(requests).toMatchObject({ PutItem: 4 })
    expect(requests).not.toHaveProperty('Scan')
  })

  test('everything where a guard is to judge; what it refused stays refused, whatever changes next (I6)', async () => {
    const without = catalog.without(`${MODEL.slice(1)}/versions/2.yaml`).without(`${MODEL.slice(1)}/versions/3.yaml`)
    expect(await commit(without)).toMatchObject({ Scan: 3 })
    expect(daemon.log()).toContain('refused by guard I6: 2 of 4 versions')
    await commit(without.model(OTHER, entry('Changed after the refusal.')))
    const kept = await tables.query('model-registry', { partition: { attribute: 'model', value: MODEL } })
    expect(kept.map(({ status }) => status)).toEqual(['registered', 'registered', 'registered'])
    const other = await tables.get('model-catalog', { namespace: '/abc/pricing', model_name: 'cost' })
    expect(other?.description).toBe('Changed after the refusal.')
  })

  test('and what is taken away of a model that was in the way of itself is judged when it is well again (I6)', async () => {
    const foreign = { model: MODEL, model_version: 9 }
    await tables.put('model-registry', foreign, { kind: 'absent' })
    // The daemon has looked at it, and leaves it alone.
    await commit(catalog.model(MODEL, entry('Blocked by what is not ours.')))
    const without = catalog.without(`${MODEL.slice(1)}/versions/2.yaml`).without(`${MODEL.slice(1)}/versions/3.yaml`)
    await commit(without)
    await tables.claim('model-registry', foreign, { rev: 1, fence: 1, status: 'retired' })
    const refusals = (): number => daemon.log().split('refused by guard I6').length
    const before = refusals()
    await commit(without.model(OTHER, entry('Something else.')))
    expect(refusals()).toBeGreaterThan(before)
    const kept = await tables.query('model-registry', { partition: { attribute: 'model', value: MODEL } })
    expect(kept.slice(0, 3).map(({ status }) => status)).toEqual(['registered', 'registered', 'registered'])
  })
})
