import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { faultProxy } from '../support/fault-proxy.ts'
import { until } from '../support/waiting.ts'
import { Workspace } from '../support/workspace.ts'

const claim = 'abc_corp/claim/doc_classification'
const pricing = 'abc_corp/pricing/vehicle_repair_cost'

interface StatusJson {
  readonly last_applied_revision: string | null
  readonly controller: unknown
  readonly units: readonly {
    readonly unit: string
    readonly sync: string
    readonly deployments: readonly { readonly name: string; readonly endpoint: string; readonly live_version: number }[]
  }[]
}

/** Sends bytes as they are and waits until the other side closes. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    socket.on('close', () => resolve(answer))
    socket.on('error', () => resolve(answer))
  })
}

describe('odd events harm nobody else', () => {
  let space: Workspace

  beforeEach(() => {
    space = new Workspace()
  })
  afterEach(() => space.close())

  const status = (): Promise<StatusJson> => space.json<StatusJson>('status')

  it('the daemon answers requests that are no addresses and goes on', async () => {
    const daemon = space.daemon()
    const url = await until('it listens', () => /^listening on (http:\S+)/.exec(daemon.log())?.[1])
    for (const path of ['//', 'http://%zz/', '*', '/%', `/${'a'.repeat(5000)}`]) {
      const answer = await raw(
        Number(new URL(url).port),
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      )
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    expect(daemon.exitCode).toBeNull()
  })

  it('a rolled back version leaves the path of the live one where callers find it', async () => {
    const { gateway } = await space.host()
    const prod = `${pricing}/deployments/prod.yaml`
    space.write(prod, 'model_version: 1\nendpoints: [{type: rest, path: /cost_a}]\n')
    space.commit('a path of its own')
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    expect((await fetch(`${gateway}/cost_a/ping`)).status).toBe(200)
    const broken = space
      .read(`${pricing}/versions/2.yaml`)
      .replace('[node, serve.mjs]', '[node, -e, "process.exit(3)"]')
    space.write(`${pricing}/versions/3.yaml`, broken)
    space.write(prod, 'model_version: 3\nendpoints: [{type: rest, path: /cost_b}]\n')
    space.commit('a broken version with another path')
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(1)
    expect((await fetch(`${gateway}/cost_a/ping`)).status).toBe(200)
    expect((await fetch(`${gateway}/cost_b/ping`)).status).toBe(404)
    space.write(prod, 'model_version: 2\nendpoints: [{type: rest, path: /cost_b}]\n')
    space.commit('a good version with another path')
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    expect((await fetch(`${gateway}/cost_b/ping`)).status).toBe(200)
    const unit = (await status()).units.find((each) => each.unit === `/${pricing}`)
    expect(unit?.deployments.find(({ name }) => name === 'prod')?.endpoint).toBe(`${gateway}/cost_b`)
  })

  it('a document too large for a table item is told at its line, and blocks only its unit', async () => {
    await space.host()
    space.edit(`${claim}/model.yaml`, /^labels: \{/m, `labels: { a: ${'x'.repeat(215_000)}, b: ${'x'.repeat(215_000)},`)
    space.commit('too large')
    const validated = await space.run('validate', '--json')
    expect(JSON.parse(validated.out).diagnostics[0]).toMatchObject({
      code: 'ST1403',
      path: `models/${claim}/model.yaml`,
    })
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(1)
    const { units, last_applied_revision: applied } = await status()
    expect(units.map(({ sync }) => sync)).toEqual(['OutOfSync', 'Synced'])
    expect(applied).toBeNull()
  })

  it('writes nothing the second time, also while a unit is blocked by an artifact', async () => {
    await space.host()
    const version = `${claim}/versions/3.yaml`
    space.edit(version, /sha256: [0-9a-f]{64}/, `sha256: ${'0'.repeat(64)}`)
    space.commit('a wrong digest')
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(1)
    const proxy = await faultProxy(JSON.parse(readFileSync(join(space.state, 'store.json'), 'utf8')).endpoint)
    try {
      space.environment = { STEWARD_DYNAMODB_ENDPOINT: proxy.url }
      expect((await space.run('apply', '--yes', '--wait')).code).toBe(1)
      expect(proxy.counts().PutItem ?? 0).toBe(0)
    } finally {
      await proxy.close()
    }
  })

  it('says that it could not look at what runs when the host is away', async () => {
    const host = await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    host.process.kill('SIGTERM')
    await until('the host has ended', () => host.process.exitCode !== null)
    const { code, out, err } = await space.run('apply', '--yes')
    expect(code).toBe(0)
    expect(out).toContain('ST1501')
    expect(err).toContain('not observed')
    expect(JSON.parse((await space.run('plan', '--json')).out).observed).toBe(false)
  })

  it('a running daemon gives way when the settings name another applier', async () => {
    await space.host()
    const daemon = space.daemon()
    await until('everything is synced', async () => (await status()).units.every(({ sync }) => sync === 'Synced'))
    space.edit('_platform/settings.yaml', /$/, '\napply: {by: cli}\n')
    space.edit(`${claim}/deployments/prod.yaml`, /^model_version: 2/m, 'model_version: 3')
    space.commit('the command line applies')
    await until('it waits', () => daemon.log().includes('settings name cli'))
    expect((await status()).controller).toBeNull()
    expect(daemon.log()).not.toContain('prod version 3')
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
  })

  it('the guards that hold are those from before the change (I15)', async () => {
    await space.host()
    space.edit('_platform/settings.yaml', /max_deletes: 5/, 'max_deletes: 0')
    space.edit('_platform/settings.yaml', /max_delete_percent: 20/, 'max_delete_percent: 0')
    space.commit('no deletes')
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    space.edit('_platform/settings.yaml', /max_deletes: 0/, 'max_deletes: 1000')
    space.git('rm', '-q', `models/${claim}/deployments/dev.yaml`)
    space.commit('a delete that allows itself')
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(5)
  })

  it('refuses a plan file that was edited', async () => {
    const file = join(space.folder, 'plan.json')
    await space.run('plan', '--out', file)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"model_version": 3', '"model_version": 1'))
    expect((await space.run('apply', file, '--yes')).code).toBe(64)
    writeFileSync(file, '{"format":"steward.plan/v1","units":[null]}')
    expect((await space.run('apply', file, '--yes')).code).toBe(64)
  })

  it('refuses protections that it does not give', async () => {
    space.edit(`${claim}/deployments/prod.yaml`, 'bake: 2s', 'bake: 2s, abort_if: [{metric: error_rate, above: 0.01}]')
    const { code, out } = await space.run('validate')
    expect(code).toBe(1)
    expect(out.match(/ST1212/g)).toHaveLength(1)
    space.edit('_platform/settings.yaml', /$/, '\nsignatures: {require: true}\n')
    expect((await space.run('validate')).out).toContain('signatures.require')
  })

  it('shows control characters of a commit instead of sending them to the terminal', async () => {
    await space.host()
    const identity = ['-c', 'user.name=x', '-c', 'user.email=a\u001b[31mb@example.com']
    spawnSync('git', [...identity, 'commit', '-q', '--allow-empty', '-m', 'odd author'], { cwd: space.repo })
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    const { out } = await space.run('history', claim)
    expect(out).toContain('\\x1b[31m')
    expect(out).not.toContain('\u001b')
  })

  it('a write that the host refuses does not raise its epoch', async () => {
    const { control, token } = await space.host()
    const headers = { authorization: `Bearer ${token}`, 'steward-epoch': '99' }
    const url = `${control}/v1/deployments/${encodeURIComponent('/a/b/c#dev')}`
    expect((await fetch(url, { method: 'PUT', headers, body: '{}' })).status).toBe(422)
    expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(404)
    expect(await (await fetch(`${control}/v1/host`, { headers })).json()).toMatchObject({ epoch: 0 })
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
  })

  it('status names the address at which a restarted host really answers', async () => {
    const first = await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    first.process.kill('SIGTERM')
    await until('the host has ended', () => first.process.exitCode !== null)
    const second = await space.host()
    expect(second.gateway).not.toBe(first.gateway)
    await until('it serves again', async () => (await fetch(`${second.gateway}/${claim}/prod/ping`)).status === 200)
    const { units } = await status()
    const endpoints = units.flatMap(({ deployments }) => deployments.map(({ endpoint }) => endpoint))
    expect(endpoints.every((endpoint) => endpoint.startsWith(second.gateway))).toBe(true)
  })

  it('names an unknown model instead of calling it healthy', async () => {
    const { code, err } = await space.run('status', 'no/such/model')
    expect(code).toBe(1)
    expect(err).toContain('there is no model /no/such/model')
    expect((await space.run('history', 'no/such/model')).code).toBe(1)
  })
})
