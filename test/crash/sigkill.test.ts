import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ModelId } from '../../src/domain/names.ts'
import { findChainBreak } from '../../src/recorded/audit.ts'
import { DynamoDbTables } from '../../src/recorded/dynamodb-tables.ts'
import { readUnit } from '../../src/recorded/read-unit.ts'
import { checkout, Workspace } from '../support/workspace.ts'

const model = '/abc_corp/pricing/vehicle_repair_cost' as ModelId
const prod = 'abc_corp/pricing/vehicle_repair_cost/deployments/prod.yaml'

let workspace: Workspace
let tables: DynamoDbTables

beforeAll(async () => {
  workspace = new Workspace()
  // One model with one deployment: the rest only takes time.
  rmSync(join(workspace.repo, 'models', 'abc_corp', 'claim'), { recursive: true })
  rmSync(join(workspace.repo, 'models', prod.replace('prod', 'dev')))
  workspace.commit('one model')
  await workspace.host()
  tables = new DynamoDbTables({
    region: 'us-east-1',
    prefix: '',
    local: true,
    retryConnection: true,
    endpoint: async () => String(JSON.parse(readFileSync(join(workspace.state, 'store.json'), 'utf8')).endpoint),
  })
})

afterAll(async () => {
  tables.close()
  await workspace.close()
})

/** `steward apply --yes --wait` in a process of its own that kills itself at a call; how it ended. */
function apply(stop: string | null): Promise<{ code: number | null; signal: string | null; err: string }> {
  const words = ['apply', '--yes', '--wait', '--lease', '5s', '--repo', workspace.repo, '--state', workspace.state]
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [join(checkout, 'test', 'support', 'harness-cli.ts'), ...words], {
    cwd: workspace.folder,
    env: {
      ...{ PATH, HOME, STEWARD_ARTIFACTS_URI: pathToFileURL(workspace.artifacts).href },
      ...(stop !== null && { HARNESS_STOP: stop }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, err }))
  })
}

async function recorded(): Promise<string[]> {
  const { deployments } = await readUnit(tables, model)
  return deployments.map(({ id, name, modelVersion, status }) => `${id} ${name} v${modelVersion} ${status}`)
}

async function events(): Promise<string[]> {
  const partition = { attribute: 'pk', value: `audit#${model}` }
  const items = await tables.query('steward-control', { partition })
  expect(findChainBreak(items)).toBeNull()
  return items.map(({ event, what }) => `${String(event)} ${String(what)}`)
}

async function killThenFinish(stops: readonly string[]): Promise<void> {
  for (const stop of stops) expect(await apply(stop), stop).toMatchObject({ signal: 'SIGKILL' })
  expect(await apply(null)).toMatchObject({ code: 0 })
  console.log(`SIGKILL at ${stops.join(', ')}: ${stops.length} tried, ${stops.length} converged`)
}

describe('steward apply, ended by SIGKILL on the embedded store and a real model host', () => {
  test('a first deployment converges', async () => {
    await killThenFinish([
      'tables.put 5 after',
      'runtime.prepare 1 after',
      'runtime.shift 1 before',
      'runtime.settle 1 after',
    ])
    expect(await recorded()).toEqual(['1 prod v1 live'])
    expect(await events()).toEqual([
      `catalog.upsert ${model}`,
      `registry.upsert ${model}@1`,
      `registry.upsert ${model}@2`,
      `deployment.started ${model}#prod version 1`,
      `deployment.live ${model}#prod version 1`,
    ])
  })

  test('a promotion converges', async () => {
    workspace.edit(prod, 'model_version: 1', 'model_version: 2')
    workspace.commit('promote')
    const before = (await events()).length
    await killThenFinish(['tables.put 4 before', 'runtime.prepare 1 before', 'runtime.settle 1 after'])
    expect(await recorded()).toEqual(['1 prod v1 retired', '2 prod v2 live'])
    expect((await events()).slice(before)).toEqual([
      `deployment.started ${model}#prod version 2`,
      `deployment.live ${model}#prod version 2`,
      `deployment.replaced ${model}#prod version 1 by version 2`,
    ])
  })

  test('a retirement converges', async () => {
    rmSync(join(workspace.repo, 'models', prod))
    workspace.commit('retire')
    await killThenFinish(['runtime.retire 1 before', 'runtime.retire 1 after'])
    expect(await recorded()).toEqual(['1 prod v1 retired', '2 prod v2 retired'])
    expect((await events()).at(-1)).toBe(`deployment.retired ${model}#prod version 2`)
  })
})
