import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { faultProxy } from '../support/fault-proxy.ts'
import { until } from '../support/waiting.ts'
import { Workspace } from '../support/workspace.ts'

const claim = 'abc_corp/claim/doc_classification'

interface StatusJson {
  readonly units: readonly { readonly unit: string; readonly sync: string; readonly reason: string }[]
}

describe('apply and its exit codes', () => {
  let space: Workspace

  beforeEach(() => {
    space = new Workspace()
  })
  afterEach(() => space.close())

  const syncOf = async (unit: string): Promise<string | undefined> =>
    (await space.json<StatusJson>('status')).units.find((each) => each.unit === `/${unit}`)?.sync

  it('writes nothing the second time: only reads reach the tables', async () => {
    await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    const endpoint = JSON.parse(readFileSync(join(space.state, 'store.json'), 'utf8')).endpoint
    const proxy = await faultProxy(endpoint)
    try {
      space.environment = { STEWARD_DYNAMODB_ENDPOINT: proxy.url }
      expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
      const { PutItem = 0, UpdateItem = 0, DeleteItem = 0, BatchWriteItem = 0, ...reads } = proxy.counts()
      expect([PutItem, UpdateItem, DeleteItem, BatchWriteItem]).toEqual([0, 0, 0, 0])
      expect(Object.values(reads).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
    } finally {
      await proxy.close()
    }
  })

  it('exits 3 on a stale plan and shows the difference, and applies one that still holds', async () => {
    await space.host()
    const file = join(space.folder, 'plan.json')
    expect((await space.run('plan', '--out', file)).code).toBe(0)
    space.edit(`${claim}/deployments/prod.yaml`, /^model_version: 2/m, 'model_version: 3')
    space.commit('another intent')
    const stale = await space.run('apply', file, '--yes')
    expect(stale.code).toBe(3)
    expect(stale.err).toContain(`/${claim} in prod`)
    const fresh = join(space.folder, 'fresh.json')
    expect((await space.run('plan', '--out', fresh, '--detailed-exitcode')).code).toBe(2)
    expect((await space.run('apply', fresh, '--yes', '--wait')).code).toBe(0)
  })

  it('exits 4 and names the holder while a daemon holds the lease', async () => {
    await space.host()
    const daemon = space.daemon('--interval', '60s')
    await until('the daemon leads', () => daemon.log().includes('holding the lease'))
    await until('the daemon is done', async () => (await syncOf(claim)) === 'Synced')
    space.edit(`${claim}/deployments/prod.yaml`, /^model_version: 2/m, 'model_version: 3')
    space.commit('promote')
    const held = await space.run('apply', '--yes')
    expect(held.code, held.err).toBe(4)
    expect(held.err).toMatch(/:\d+ holds the lease/)
  })

  it('with --wait follows the daemon until it has applied the same tree', async () => {
    await space.host()
    const daemon = space.daemon()
    await until('the daemon is done', async () => (await syncOf(claim)) === 'Synced')
    space.edit(`${claim}/deployments/prod.yaml`, /^model_version: 2/m, 'model_version: 3')
    space.commit('promote')
    const followed = await space.run('apply', '--yes', '--wait', '--timeout', '60s')
    expect(followed.code, followed.err).toBe(0)
    expect(await syncOf(claim)).toBe('Synced')
    expect(daemon.exitCode).toBeNull()
  })

  it('exits 4 where settings name another applier', async () => {
    space.edit('_platform/settings.yaml', /$/, '\napply: {by: action}\n')
    space.commit('the Action applies')
    const { code, err } = await space.run('apply', '--yes')
    expect(code).toBe(4)
    expect(err).toContain('action')
  })

  it('exits 5 when everything would be deleted, and names the digest that allows it', async () => {
    await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    space.git('rm', '-rq', 'models/abc_corp')
    space.commit('nothing is left')
    const refused = await space.run('apply', '--yes', '--wait')
    expect(refused.code).toBe(5)
    const digest = /--allow-deletes (sha256:[0-9a-f]{64})/.exec(refused.err)?.[1] ?? ''
    const allowed = await space.run('apply', '--yes', '--wait', '--allow-deletes', digest)
    expect(allowed.code, allowed.err).toBe(0)
    const { units } = await space.json<{ units: { deployments: unknown[] }[] }>('status')
    expect(units.flatMap(({ deployments }) => deployments)).toEqual([])
  })

  it('exits 6 when no host comes within --timeout, and goes on later', async () => {
    const late = await space.run('apply', '--yes', '--wait', '--timeout', '2s')
    expect(late.code, late.err).toBe(6)
    expect(late.err).toContain('steward host')
    await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
  })

  it('exits 130 on an interrupt, gives the lease back, and goes on with the next apply', async () => {
    const waiting = space.start('apply', '--yes', '--wait')
    await until('it waits for a host', () => waiting.log().includes('steward host'))
    waiting.kill('SIGINT')
    await until('it has ended', () => waiting.exitCode !== null)
    expect(waiting.exitCode).toBe(130)
    expect((await space.json<{ controller: unknown }>('status')).controller).toBeNull()
    await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    const { entries } = await space.json<{ entries: { deployment_id: number }[] }>('history', claim)
    expect(entries.map(({ deployment_id }) => deployment_id).sort()).toEqual([1, 2])
  })

  it('exits 64 without a terminal and without --yes', async () => {
    const { code, err } = await space.run('apply')
    expect(code).toBe(64)
    expect(err).toContain('--yes')
  })

  it('exits 1 when the rollout ends rolled back, with the server’s last words', async () => {
    await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    const version = space.read(`${claim}/versions/2.yaml`)
    mkdirSync(join(space.repo, 'models', claim, 'versions'), { recursive: true })
    space.write(
      `${claim}/versions/4.yaml`,
      version.replace('[node, serve.mjs]', '[node, -e, \'throw new Error("no weights")\']'),
    )
    space.edit(`${claim}/deployments/prod.yaml`, /^model_version: 2/m, 'model_version: 4')
    space.commit('a version that can not start')
    const failed = await space.run('apply', '--yes', '--wait')
    expect(failed.code, failed.err).toBe(1)
    expect(failed.err).toMatch(/rolled_back[^]*no weights/)
    const { entries } = await space.json<{ entries: { model_version: number; status: string }[] }>(
      'history',
      claim,
      '--stage',
      'prod',
    )
    expect(entries.map(({ model_version, status }) => [model_version, status])).toEqual([
      [4, 'rolled_back'],
      [2, 'live'],
    ])
    const again = await space.run('apply', '--yes', '--wait')
    expect(again.code).toBe(1)
    expect(again.err).toMatch(/not deployed: .*#prod version 4: rolled_back/)
  })
})
