import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packServer } from '../host/support/archives.ts'
import { steadyLoad, type SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/waiting.ts'
import { Workspace } from '../support/workspace.ts'

const unit = 'abc_corp/claim/doc_classification'
const model = `/${unit}`
const prod = `${unit}/deployments/prod.yaml`

interface Told {
  readonly live_version: number | null
  readonly state: string
  readonly health: string
  readonly reason: string
}

interface StatusJson {
  readonly units: readonly {
    readonly unit: string
    readonly sync: string
    readonly reason: string
    readonly message: string
    readonly deployments: readonly (Told & { readonly name: string })[]
  }[]
}

/** The bytes of every archive are read before anything is recorded; these are versions whose servers are bad. */
describe(
  'a version that is bad ends with the right reason, and the live one is untouched',
  { timeout: 180_000 },
  () => {
    let space: Workspace
    let load: SteadyLoad

    beforeEach(async () => {
      space = new Workspace()
      const { gateway } = await space.host()
      expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
      load = steadyLoad({
        ...{ url: `${gateway}${model}/prod`, body: { text: 'repair invoice' } },
        ...{ perSecond: 50, longestMs: 300_000 },
      })
    })
    afterEach(async () => {
      await load.stop()
      await space.close()
    })

    const statusOf = async (): Promise<StatusJson['units'][number]> => {
      const { units } = await space.json<StatusJson>('status')
      const found = units.find((each) => each.unit === model)
      if (found === undefined) throw new Error(`no status of ${model}`)
      return found
    }
    const prodOf = async (): Promise<Told | undefined> =>
      (await statusOf()).deployments.find(({ name }) => name === 'prod')
    /** Registers the archive as version 4, and promotes it. */
    const promote = (
      archive: { uri: string; sha256: string },
      words: readonly string[],
      { strategy = 'rolling', deadline = '2m' } = {},
    ): void => {
      space.write(
        `${unit}/versions/4.yaml`,
        [
          'description: A bad one.',
          `artifacts: [{ name: trained, uri: "${archive.uri}", sha256: ${archive.sha256} }]`,
          `serving: { command: [node, serve.mjs, ${words.map((word) => `"${word}"`).join(', ')}] }`,
          '',
        ].join('\n'),
      )
      space.write(
        prod,
        `model_version: 4\nrolling_strategy: ${strategy}\nrollout: { deadline: ${deadline} }\ncapacity: { replicas: 2 }\n`,
      )
      space.commit('version 4 to prod')
    }
    const expectUntouched = async (): Promise<void> => {
      const before = load.answers.length
      await until('thirty more answers', () => load.answers.length > before + 30)
      expect(load.failures).toEqual([])
      expect(new Set(load.answers.slice(before).map(({ version }) => version))).toEqual(new Set(['2']))
    }

    it('one that ends at start: the reason holds its last lines', async () => {
      promote(await packServer(space.folder), ['crash'])
      const { code, err } = await space.run('apply', '--yes', '--wait')
      expect(code, err).toBe(1)
      expect(await prodOf()).toMatchObject({ live_version: 2, state: 'rolled_back', health: 'Degraded' })
      const reason = (await prodOf())?.reason
      expect(reason).toMatch(/exited with code 3 before it was ready.*last output.*cannot load the model/s)
      expect(err).toContain('cannot load the model: bad magic number')
      await expectUntouched()
      // Nobody tries it again.
      expect((await space.run('apply', '--yes', '--wait')).code).toBe(1)
      expect((await statusOf()).deployments.find(({ name }) => name === 'prod')).toMatchObject({ state: 'rolled_back' })
    })

    it('one that is never ready', async () => {
      promote(await packServer(space.folder), ['never'], { deadline: '25s' })
      expect((await space.run('apply', '--yes', '--wait')).code).toBe(1)
      const told = await prodOf()
      expect(told).toMatchObject({ live_version: 2, state: 'rolled_back', health: 'Degraded' })
      expect(told?.reason).toContain('the deadline passed before the new version was ready')
      await expectUntouched()
    })

    it.each(['rolling', 'blue green', 'canary'])('one that crashes after five seconds, %s', async (strategy) => {
      promote(await packServer(space.folder), ['crash-later', '5000'], { strategy })
      expect((await space.run('apply', '--yes', '--wait')).code).toBe(1)
      const told = await prodOf()
      expect(told).toMatchObject({ live_version: 2, state: 'rolled_back', health: 'Degraded' })
      expect(told?.reason).toMatch(/exited with code 4 after [45](\.\d)? s.*out of memory/s)
      await until('version 2 answers alone', () => load.answers.slice(-50).every(({ version }) => version === '2'))
      await expectUntouched()
    })

    it('one whose archive is not the declared one', async () => {
      const archive = await packServer(space.folder)
      promote({ ...archive, sha256: 'a'.repeat(64) }, ['well'])
      const { code, err } = await space.run('apply', '--yes', '--wait')
      expect(code, err).toBe(1)
      expect(err).toContain('ST1302')
      const told = await statusOf()
      expect(told).toMatchObject({ sync: 'OutOfSync', reason: 'Blocked' })
      expect(told.message).toContain('ST1302')
      expect((await prodOf())?.live_version).toBe(2)
      await expectUntouched()
    })

    it('one whose archive is changed after it was checked: the host does not start it', async () => {
      const archive = await packServer(space.folder)
      promote(archive, ['well'])
      const file = fileURLToPath(archive.uri)
      const ended = await space.runHarness({ HARNESS_STOP: 'runtime.prepare 1 before' }, 'apply', '--yes', '--wait')
      expect(ended.signal).toBe('SIGKILL')
      writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from('x')]))
      expect((await space.run('apply', '--yes', '--wait')).code).toBe(1)
      const told = await prodOf()
      expect(told).toMatchObject({ live_version: 2, state: 'rolled_back', health: 'Degraded' })
      expect(told?.reason).toContain('sha256')
      await expectUntouched()
    })

    it('one that was live before it began to crash is replaced by its fix', async () => {
      const { uri, sha256 } = await packServer(space.folder)
      const fresh = `${unit}/deployments/fresh.yaml`
      space.write(
        `${unit}/versions/4.yaml`,
        `artifacts: [{ name: trained, uri: "${uri}", sha256: ${sha256} }]\nserving: { command: [node, serve.mjs, crash-later, "1500"] }\n`,
      )
      space.write(fresh, 'stage: dev\nmodel_version: 4\n')
      space.commit('version 4, which nobody watches')
      expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
      const freshOf = async (): Promise<Told | undefined> =>
        (await statusOf()).deployments.find(({ name }) => name === 'fresh')
      await until('its crash loop is told', async () => (await freshOf())?.health === 'Degraded', 60_000)
      await until('the loop', async () => /crashed \d+ times in a row/.test((await freshOf())?.reason ?? ''), 60_000)
      expect((await freshOf())?.reason).toContain('out of memory')
      space.write(fresh, 'stage: dev\nmodel_version: 2\nrollout: { bake: 2s, deadline: 1m }\n')
      space.commit('back to version 2')
      const { code, err } = await space.run('apply', '--yes', '--wait')
      expect(code, err).toBe(0)
      expect(await freshOf()).toMatchObject({ live_version: 2, state: 'live', health: 'Healthy' })
    })
  },
)
