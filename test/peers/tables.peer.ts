import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/waiting.ts'
import { Workspace } from '../support/workspace.ts'
import { pythonTools, type PythonTools } from './python.ts'
import { runTool } from './run-tool.ts'

const found = pythonTools()
const tools: PythonTools | null = typeof found === 'string' ? null : found
if (typeof found === 'string') console.log(`SKIPPED: boto3 and the AWS command line can not be had here: ${found}`)

const readTables = `
import boto3, json, sys
from boto3.dynamodb.conditions import Key
db = boto3.resource("dynamodb", endpoint_url=sys.argv[1], region_name="us-east-1",
                    aws_access_key_id="local", aws_secret_access_key="local")
model = "/abc_corp/claim/doc_classification"
catalog = db.Table("model-catalog").get_item(Key={"namespace": "/abc_corp/claim", "model_name": "doc_classification"})["Item"]
versions = db.Table("model-registry").query(KeyConditionExpression=Key("model").eq(model))["Items"]
deployments = db.Table("model-deployment").query(KeyConditionExpression=Key("model").eq(model))["Items"]
live = db.Table("model-deployment").query(IndexName="live-by-stage", KeyConditionExpression=Key("live_stage").eq("prod"))["Items"]
owned = db.Table("model-catalog").query(IndexName="by-owner", KeyConditionExpression=Key("owner").eq(catalog["owner"]))["Items"]
audit = db.Table("steward-control").query(KeyConditionExpression=Key("pk").eq("audit#" + model))["Items"]
print(json.dumps({"catalog": catalog, "versions": versions, "deployments": deployments, "live": live,
                  "owned": owned, "audit": audit}, default=float))
`

interface TablesJson {
  readonly catalog: Record<string, unknown>
  readonly versions: Record<string, unknown>[]
  readonly deployments: Record<string, unknown>[]
  readonly live: Record<string, unknown>[]
  readonly owned: Record<string, unknown>[]
  readonly audit: Record<string, unknown>[]
}

describe.skipIf(tools === null)('other clients read the tables', () => {
  let space: Workspace

  beforeAll(async () => {
    space = new Workspace()
    await space.host()
  })
  afterAll(() => space.close())

  const endpoint = (): string => JSON.parse(readFileSync(join(space.state, 'store.json'), 'utf8')).endpoint

  const run = async (program: string, ...words: string[]): Promise<string> => {
    const { code, out, err } = await runTool(program, words)
    if (code !== 0) throw new Error(err)
    return out
  }

  const checkTables = async (): Promise<void> => {
    const read: TablesJson = JSON.parse(await run(tools?.python ?? '', '-c', readTables, endpoint()))
    expect(read.catalog).toMatchObject({ model: '/abc_corp/claim/doc_classification', status: 'active', rev: 1 })
    expect(read.catalog).toHaveProperty('inference.input.schema')
    expect(read.versions.map(({ model_version }) => model_version)).toEqual([1, 2, 3])
    expect(read.versions[2]).toMatchObject({
      namespace: '/abc_corp/claim',
      status: 'registered',
      url: expect.any(String),
    })
    expect(read.deployments.map(({ stage, status }) => [stage, status]).sort()).toEqual([
      ['dev', 'live'],
      ['prod', 'live'],
    ])
    expect(read.live.map(({ model, model_version }) => [model, model_version])).toEqual([
      ['/abc_corp/claim/doc_classification', 2],
      ['/abc_corp/pricing/vehicle_repair_cost', 1],
    ])
    expect(read.live[0]).toMatchObject({
      deployment_method: 'local host',
      rolling_strategy: 'canary',
      endpoint: expect.stringMatching(/^http:/),
      served_from: expect.stringMatching(/Z$/),
      environment_variables: [{ name: 'LOG_REQUESTS', value: 'errors' }],
    })
    expect(read.owned.length).toBeGreaterThan(0)
    expect(read.audit.length).toBeGreaterThan(4)
  }

  it('boto3 reads every table and index while the daemon runs', async () => {
    const daemon = space.daemon()
    await until('everything is synced', async () => {
      const { units } = await space.json<{ units: { sync: string }[] }>('status')
      return units.every(({ sync }) => sync === 'Synced')
    })
    await checkTables()
    expect(daemon.exitCode).toBeNull()
    daemon.kill('SIGTERM')
    await until('the daemon ends', () => daemon.exitCode !== null)
  })

  it('boto3 and the AWS command line read them afterwards through `steward store`', async () => {
    const old = space.storePid()
    if (old !== null) process.kill(old, 'SIGTERM')
    await until('the store has ended', () => space.storePid() === null)
    space.start('store', '--stay')
    await until('the store listens', () => space.storePid() !== null)
    await checkTables()
    const key = JSON.stringify({ namespace: { S: '/abc_corp/claim' }, model_name: { S: 'doc_classification' } })
    const words = ['dynamodb', 'get-item', '--table-name', 'model-catalog', '--key', key, '--endpoint-url', endpoint()]
    const { Item } = JSON.parse(await run(tools?.aws ?? '', ...words, '--output', 'json'))
    expect(Item.owner).toEqual({ S: expect.any(String) })
    const tables = await run(
      tools?.aws ?? '',
      'dynamodb',
      'list-tables',
      '--endpoint-url',
      endpoint(),
      '--output',
      'json',
    )
    expect(JSON.parse(tables).TableNames).toEqual([
      'model-catalog',
      'model-deployment',
      'model-registry',
      'model-stage-governance',
      'steward-control',
    ])
  })
})
