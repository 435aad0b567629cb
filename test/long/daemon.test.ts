import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signal, until } from '../support/waiting.ts'
import { Workspace } from '../support/workspace.ts'

interface StatusJson {
  readonly controller: { readonly holder: string; readonly epoch: number } | null
  readonly units: readonly {
    readonly unit: string
    readonly sync: string
    readonly health: string
    readonly reason: string
  }[]
}

describe('the daemon', () => {
  let space: Workspace

  beforeEach(() => {
    space = new Workspace()
  })
  afterEach(() => space.close())

  const status = (): Promise<StatusJson> => space.json<StatusJson>('status')
  const url = (log: string): string => /^listening on (http:\S+)/.exec(log)?.[1] ?? ''

  it('says where it listens, is ready, counts, and ends in order on SIGTERM', async () => {
    await space.host()
    const daemon = space.daemon()
    await until('it listens', () => url(daemon.log()))
    await until('everything is synced', async () => (await status()).units.every(({ sync }) => sync === 'Synced'))
    const get = async (path: string): Promise<Response> => fetch(`${url(daemon.log())}${path}`)
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/readyz')).status).toBe(200)
    expect(await (await get('/version')).json()).toHaveProperty('version')
    const metrics = await (await get('/metrics')).text()
    expect(metrics).toMatch(/^steward_lease_held 1$/m)
    expect(metrics).toMatch(/^steward_rollouts\{state="live"\} 4$/m)
    expect((await get('/nothing')).status).toBe(404)
    const written = JSON.parse(readFileSync(join(space.state, 'serve.json'), 'utf8'))
    expect(written.url).toBe(url(daemon.log()))
    daemon.kill('SIGTERM')
    await until('it has ended', () => daemon.exitCode !== null)
    expect(daemon.exitCode).toBe(0)
    expect((await status()).controller).toBeNull()
    expect(() => readFileSync(join(space.state, 'serve.json'))).toThrow()
  })

  it('stands by while another leads, and takes over at once when that one ends', async () => {
    await space.host()
    const first = space.daemon('--lease', '30s')
    await until('the first leads', () => first.log().includes('holding the lease'))
    const second = space.daemon('--lease', '30s')
    await until('the second stands by', () => second.log().includes('standing by'))
    first.kill('SIGTERM')
    await until('the second leads', () => second.log().includes('holding the lease, epoch 2'), 10_000)
  })

  it('takes over from a killed daemon of this machine without waiting for its lease to run out', async () => {
    const first = space.daemon('--lease', '300s')
    await until('the first leads', () => first.log().includes('holding the lease'))
    const holder = (await status()).controller?.holder ?? ''
    signal(Number(holder.split(':').at(-1)), 'SIGKILL')
    const second = space.daemon('--lease', '300s')
    await until('the second leads', () => second.log().includes('holding the lease, epoch 2'), 20_000)
  })

  it('--once works until everything is settled and exits 0', async () => {
    await space.host()
    const { code, err } = await space.run('serve', '--once', '--interval', '1s', '--listen', '127.0.0.1:0')
    expect(code, err).toBe(0)
    expect((await status()).units.map(({ sync, health }) => `${sync} ${health}`)).toEqual([
      'Synced Healthy',
      'Synced Healthy',
    ])
  })

  it('writes nothing while the settings are broken, and goes on when they are mended', async () => {
    await space.host()
    const daemon = space.daemon()
    await until('everything is synced', async () => (await status()).units.every(({ sync }) => sync === 'Synced'))
    const settings = space.read('_platform/settings.yaml')
    space.write('_platform/settings.yaml', `${settings}\nunknown_field: 1\n`)
    space.edit('abc_corp/claim/doc_classification/deployments/prod.yaml', /^model_version: 2/m, 'model_version: 3')
    space.commit('broken settings')
    await until('it says so', () => daemon.log().includes('the settings are broken'))
    expect(daemon.log()).not.toContain('prod version 3')
    expect((await space.run('status')).code).toBe(1)
    space.write('_platform/settings.yaml', settings)
    space.commit('mended')
    await until('version 3 is live', () => daemon.log().includes('prod version 3: live'))
  })

  it('corrects what was changed behind its back', async () => {
    space.edit('_platform/settings.yaml', /every: \S+?([,}])/, 'every: 1s$1')
    space.commit('look every second')
    const { control, token } = await space.host()
    const daemon = space.daemon()
    await until('everything is synced', async () => (await status()).units.every(({ sync }) => sync === 'Synced'))
    const key = encodeURIComponent('/abc_corp/claim/doc_classification#prod')
    const headers = { authorization: `Bearer ${token}`, 'steward-epoch': '1' }
    const gone = await fetch(`${control}/v1/deployments/${key}`, { method: 'DELETE', headers })
    expect(gone.status).toBe(202)
    await until('it runs again', async () => {
      const answer = await fetch(`${control}/v1/deployments/${key}`, { headers })
      const { sets = [], deleting } = (await answer.json()) as { sets?: { ready: number }[]; deleting?: boolean }
      return deleting === false && sets[0]?.ready === 2
    })
    expect(daemon.exitCode).toBeNull()
  })
})
