import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { steadyLoad, type SteadyLoad } from '../support/steady-load.ts'
import { Workspace } from '../support/workspace.ts'

const model = '/abc_corp/claim/doc_classification'
const prod = 'abc_corp/claim/doc_classification/deployments/prod.yaml'
const body = { text: 'repair invoice of a garage, amount due' }
const PER_SECOND = 200

interface Wish {
  readonly version: number
  readonly strategy: string
  readonly bake: string
  readonly hold?: boolean
}

interface StatusJson {
  readonly units: readonly {
    readonly unit: string
    readonly deployments: readonly {
      readonly name: string
      readonly live_version: number | null
      readonly state: string
      readonly weight: number
      readonly health: string
      readonly reason: string
    }[]
  }[]
}

/** Where the controller of a promotion is ended by SIGKILL: in every state that it comes through. */
const promotionKills = [
  ['pending', 'runtime.observe 1 before'],
  ['preparing', 'runtime.prepare 1 before'],
  ['preparing', 'runtime.prepare 1 after'],
  ['shifting', 'runtime.shift 1 before'],
  ['shifting', 'runtime.shift 1 after'],
  ['baking', 'runtime.observe 3 before'],
  ['settling', 'runtime.settle 1 before'],
  ['settling', 'runtime.settle 1 after'],
] as const
const abortKills = ['runtime.abort 1 before', 'runtime.abort 1 after'] as const

describe(`under ${PER_SECOND} requests a second, with the controller ended by SIGKILL in each state`, () => {
  let space: Workspace
  let load: SteadyLoad | null = null

  beforeEach(() => {
    space = new Workspace()
  })
  afterEach(async () => {
    await load?.stop()
    load = null
    await space.close()
  })

  const declare = ({ version, strategy, bake, hold = false }: Wish): void => {
    const steps = strategy === 'canary' ? 'steps: [25], ' : ''
    const held = hold ? 'hold: {reason: audit}\n' : ''
    space.write(
      prod,
      `model_version: ${version}\nrolling_strategy: ${strategy}\nrollout: {${steps}bake: ${bake}}\n${held}capacity: {replicas: 2}\n`,
    )
    space.commit(`prod to version ${version}`)
  }
  const apply = (...words: string[]) => space.run('apply', '--yes', '--wait', '--lease', '3s', ...words)
  const killedAt = async (stop: string): Promise<void> => {
    const ended = await space.runHarness({ HARNESS_STOP: stop }, 'apply', '--yes', '--wait', '--lease', '3s')
    expect(ended.signal, `${stop}: ${ended.err}`).toBe('SIGKILL')
  }
  const state = async () => {
    const { units } = await space.json<StatusJson>('status')
    return units.find(({ unit }) => unit === model)?.deployments.find(({ name }) => name === 'prod')
  }
  /** Percent of the answers in a while that are the version's. */
  const shareOf = async (version: string, ms: number): Promise<number> => {
    const from = performance.now()
    await new Promise((resolve) => setTimeout(resolve, ms))
    const seen = (load?.answers ?? []).filter(({ at }) => at >= from)
    expect(seen.length).toBeGreaterThan((PER_SECOND * ms) / 1000 / 2)
    return (100 * seen.filter((answer) => answer.version === version).length) / seen.length
  }

  it.each(['rolling', 'blue green', 'canary'])('%s: no request fails', { timeout: 300_000 }, async (strategy) => {
    const { gateway } = await space.host()
    declare({ version: 1, strategy, bake: '0s' })
    expect((await apply()).code).toBe(0)
    load = steadyLoad({ url: `${gateway}${model}/prod`, body, perSecond: PER_SECOND, longestMs: 280_000 })

    declare({ version: 2, strategy, bake: '3s' })
    for (const [, stop] of promotionKills) await killedAt(stop)
    expect((await apply()).code).toBe(0)
    expect(await state()).toMatchObject({ live_version: 2, state: 'live', health: 'Healthy' })
    expect(load.failures).toEqual([])

    const share = strategy === 'canary' ? 25 : 100
    declare({ version: 3, strategy, bake: '1h' })
    expect((await apply('--timeout', '6s')).code).toBe(6)
    expect(await state()).toMatchObject({ live_version: 2, state: 'baking', weight: share })
    expect(Math.abs((await shareOf('3', 4_000)) - share)).toBeLessThanOrEqual(2)

    declare({ version: 3, strategy, bake: '1h', hold: true })
    expect((await apply()).code).toBe(0)
    await killedAt('runtime.observe 1 before')
    expect(await state()).toMatchObject({ live_version: 2, state: 'held', weight: share, health: 'Suspended' })
    expect(Math.abs((await shareOf('3', 2_000)) - share)).toBeLessThanOrEqual(2)

    declare({ version: 2, strategy, bake: '3s' })
    for (const stop of abortKills) await killedAt(stop)
    expect((await apply()).code).toBe(0)
    expect(await state()).toMatchObject({ live_version: 2, state: 'superseded' })
    expect(await shareOf('2', 1_000)).toBe(100)
    await load.stop()
    expect(load.failures).toEqual([])
    expect(new Set(load.answers.map(({ version }) => version))).toEqual(new Set(['1', '2', '3']))
  })
})
