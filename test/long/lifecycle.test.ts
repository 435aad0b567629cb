import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { steadyPredictions } from '../support/predictions.ts'
import { signal, until } from '../support/waiting.ts'
import { Workspace } from '../support/workspace.ts'

const model = '/abc_corp/claim/doc_classification'
const unit = 'abc_corp/claim/doc_classification'
const prod = `${unit}/deployments/prod.yaml`
const text = { text: 'repair invoice of a garage, amount due' }

interface StatusJson {
  readonly controller: { readonly holder: string; readonly epoch: number } | null
  readonly last_applied_revision: string | null
  readonly units: readonly {
    readonly unit: string
    readonly sync: string
    readonly health: string
    readonly deployments: readonly {
      readonly name: string
      readonly live_version: number | null
      readonly desired_version: number | null
      readonly deployment_id: number
      readonly state: string
      readonly endpoint: string
      readonly reason: string
    }[]
  }[]
}

interface HistoryJson {
  readonly entries: readonly {
    readonly deployment_id: number
    readonly name: string
    readonly model_version: number
    readonly status: string
    readonly served_from: string | null
    readonly live_from: string | null
    readonly live_until: string | null
  }[]
}

describe('from a commit to a served prediction', () => {
  let space: Workspace

  beforeEach(() => {
    space = new Workspace()
  })
  afterEach(() => space.close())

  const status = (): Promise<StatusJson> => space.json<StatusJson>('status')
  const deployment = async (name: string) =>
    (await status()).units.find((each) => each.unit === model)?.deployments.find((each) => each.name === name)
  const promote = (version: number): void => {
    space.edit(prod, /^model_version: \d+/m, `model_version: ${version}`)
    space.commit(`prod to version ${version}`)
  }

  it('applies a commit, serves it, and finds nothing to do the second time', async () => {
    const { gateway } = await space.host()
    const applied = await space.run('apply', '--yes', '--wait')
    expect(applied.code, applied.err).toBe(0)
    const response = await fetch(`${gateway}${model}/prod`, { method: 'POST', body: JSON.stringify(text) })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-model-version')).toBe('2')
    expect(await response.json()).toHaveProperty('label')
    const { units, last_applied_revision: revision } = await status()
    expect(units.map(({ sync, health }) => [sync, health])).toEqual([
      ['Synced', 'Healthy'],
      ['Synced', 'Healthy'],
    ])
    expect(revision).toBe(`main@sha1:${space.git('rev-parse', 'HEAD')}`)
    const again = await space.run('apply', '--yes')
    expect(again.code).toBe(0)
    expect(again.err).toContain('nothing to do')
  })

  it('keeps the state folder private and out of Git', async () => {
    await space.run('plan')
    const { code } = await space.run('plan', '--state', `${space.repo}/.steward`)
    expect(code).toBe(0)
    expect(space.git('status', '--porcelain')).toBe('')
  })

  it('promotes under load without a failed request, and knows what ran before', async () => {
    const { gateway } = await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    const stream = steadyPredictions(`${gateway}${model}/prod`, text)
    const before = new Date().toISOString()
    promote(3)
    const applied = await space.run('apply', '--yes', '--wait')
    await stream.stop()
    expect(applied.code, applied.err).toBe(0)
    expect(stream.failures).toEqual([])
    expect([...stream.versions.keys()].sort()).toEqual(['2', '3'])
    const then = await space.json<HistoryJson>('history', unit, '--stage', 'prod', '--as-of', before)
    expect(then.entries.map(({ model_version }) => model_version)).toEqual([2])
    const all = await space.json<HistoryJson>('history', unit, '--stage', 'prod')
    expect(all.entries.map(({ model_version, status: state }) => [model_version, state])).toEqual([
      [3, 'live'],
      [2, 'retired'],
    ])
    expect(all.entries[1]?.live_until).toBe(all.entries[0]?.live_from)
  })

  it('survives kill -9 of the daemon in the middle of a rollout', async () => {
    const { gateway, control, token } = await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    const stream = steadyPredictions(`${gateway}${model}/prod`, text)
    const first = space.daemon()
    await until('the daemon leads', () => first.log().includes('holding the lease'))
    promote(3)
    await until('the rollout is on its way', () => /prod version 3: (preparing|shifting)/.test(first.log()))
    const holder = (await status()).controller?.holder ?? ''
    signal(Number(holder.split(':').at(-1)), 'SIGKILL')
    const second = space.daemon()
    await until('version 3 is live', async () => (await deployment('prod'))?.live_version === 3)
    await until('the rollout has settled', async () => (await deployment('prod'))?.state === 'live')
    await stream.stop()
    expect(stream.failures).toEqual([])
    expect(second.log()).toContain('holding the lease')
    const { entries } = await space.json<HistoryJson>('history', unit)
    const ids = entries.map(({ deployment_id }) => deployment_id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(entries.filter(({ name, model_version }) => name === 'prod' && model_version === 3)).toHaveLength(1)
    const answer = await fetch(`${control}/v1/deployments/${encodeURIComponent(`${model}#prod`)}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const { sets } = (await answer.json()) as { sets: { model_version: number; replicas: { restarts: number }[] }[] }
    expect(sets.map(({ model_version, replicas }) => [model_version, replicas.length])).toEqual([[3, 2]])
    expect(sets.flatMap(({ replicas }) => replicas.map(({ restarts }) => restarts))).toEqual([0, 0])
  })

  it('answers status ten times in a row beside the daemon', async () => {
    await space.host()
    const daemon = space.daemon()
    await until('everything is synced', async () =>
      (await status()).units.every(({ sync, health }) => sync === 'Synced' && health === 'Healthy'),
    )
    for (let count = 0; count < 10; count += 1) {
      const { controller, units } = await status()
      expect(controller?.epoch).toBe(1)
      expect(units).toHaveLength(2)
    }
    expect(daemon.exitCode).toBeNull()
  })

  it('works again after kill -9 of the store', async () => {
    await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    const pid = space.storePid()
    expect(pid).not.toBeNull()
    signal(pid ?? 0, 'SIGKILL')
    expect((await space.json<HistoryJson>('history', unit)).entries).toHaveLength(2)
    expect(space.storePid()).not.toBe(pid)
  })

  it('keeps everything running while a file is broken, and goes on when it is mended', async () => {
    const { gateway } = await space.host()
    const daemon = space.daemon()
    await until('everything is synced', async () => (await status()).units.every(({ sync }) => sync === 'Synced'))
    const stream = steadyPredictions(`${gateway}${model}/prod`, text)
    space.edit(prod, 'model_version:', 'modle_version:')
    space.edit('abc_corp/pricing/vehicle_repair_cost/deployments/prod.yaml', /^model_version: 1/m, 'model_version: 2')
    space.commit('one broken file, one promotion of another model')
    await until('the daemon names the line', () => /ST1101 models\/abc_corp.*prod\.yaml:\d+/.test(daemon.log()))
    await until('the other model is promoted', async () => {
      const other = (await status()).units.find(({ unit: name }) => name.endsWith('vehicle_repair_cost'))
      return other?.deployments.find(({ name }) => name === 'prod')?.live_version === 2
    })
    expect((await status()).units.find((each) => each.unit === model)?.sync).toBe('OutOfSync')
    space.edit(prod, 'modle_version:', 'model_version:')
    space.commit('mended')
    await until('everything is synced again', async () => (await status()).units.every(({ sync }) => sync === 'Synced'))
    const head = `main@sha1:${space.git('rev-parse', 'HEAD')}`
    await until('the mended revision counts as applied', async () => (await status()).last_applied_revision === head)
    await stream.stop()
    expect(stream.failures).toEqual([])
  })
})
