import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isEnded, type RolloutState } from '../../src/domain/rollout-states.ts'
import { CrashWorld, type Stage } from '../support/crash-world.ts'
import { overwritten, pausedBefore, pausedWithWriteInFlight, succeeded } from '../support/paused-controller.ts'
import type { Paused } from '../support/paused-controller.ts'
import { sharedStore, type SharedStore } from '../support/shared-store.ts'
import { auditProblems, settledItems } from '../support/stored-items.ts'
import { inWorlds, type Progress } from '../support/worlds.ts'

const stages: readonly Stage[] = ['first deployment', 'promotion', 'retirement']
const bySignal = 'stopped by SIGSTOP with a write in flight'
const between = 'stopped by SIGSTOP between the check of its lease and a call'

let store: SharedStore
const undisturbed = new Map<Stage, unknown>()

beforeAll(async () => {
  store = await sharedStore()
  await using world = await CrashWorld.open(store.endpoint)
  for (const stage of stages) {
    world.declare(stage)
    expect(await world.apply().ended).toMatchObject({ code: 0 })
    undisturbed.set(stage, await reached(world))
  }
})

afterAll(() => store.close())

/** All but the audit: an entry of the paused one's may stand in it, of a change that its successor made as well. */
async function reached(world: CrashWorld): Promise<unknown> {
  return { items: settledItems(await world.items(), false), running: await world.running() }
}

/** A controller is stopped on its way to a stage, another one goes there, the first goes on, and one more run is made. */
async function overtake(
  world: CrashWorld,
  stage: Stage,
  paused: Paused,
  progress: Progress,
  at: string,
): Promise<void> {
  progress.tried(stage)
  expect(overwritten(await succeeded(world, paused)), at).toEqual([])
  await world.applyHere()
  await expectAt(world, stage, at)
  progress.converged(stage)
}

async function expectAt(world: CrashWorld, stage: Stage, at: string): Promise<void> {
  expect(await reached(world), at).toEqual(undisturbed.get(stage))
  expect(auditProblems(await world.items()), at).toEqual([])
}

/** The one version that serves, recorded and running, whatever ids were used up on the way to it. */
async function expectServes(world: CrashWorld, version: number, at: string): Promise<void> {
  const items = await world.items()
  const deployments = items.filter(({ table }) => table === 'model-deployment').map(({ item }) => item)
  const standing = deployments.filter(({ status }) => !isEnded(String(status) as RolloutState))
  expect(standing, at).toMatchObject([{ model_version: version, status: 'live' }])
  expect(await world.running(), at).toMatchObject([
    { deleting: false, sets: [{ id: String(standing[0]?.deployment_id), weight: 100, ready: 1, failure: null }] },
  ])
  expect(auditProblems(items), at).toEqual([])
}

describe('a controller that is stopped past its lease overwrites nothing of its successor (I2)', () => {
  test('with any of its writes in flight', async () => {
    const progress = await inWorlds(store.endpoint, async (world, number, progress) => {
      let some = false
      for (const stage of stages) {
        const at = `${stage}, write ${number} landed late`
        world.declare(stage)
        const paused = await pausedWithWriteInFlight(world, store.endpoint, number)
        if (paused === null) await expectAt(world, stage, at)
        else await overtake(world, stage, paused, progress, at)
        some ||= paused !== null
      }
      return some
    })
    progress.print(bySignal)
    expect(progress.failures).toEqual([])
    for (const stage of stages) expect(progress.count(stage), stage).toBeGreaterThan(5)
  })

  test('with any other of its writes in flight, while its successor goes back', async () => {
    const scenario = 'promotion, with a successor that goes back'
    const progress = await inWorlds(store.endpoint, async (world, count, progress) => {
      const number = 2 * count - 1
      world.declare('first deployment')
      await world.applyHere()
      world.declare('promotion')
      const paused = await pausedWithWriteInFlight(world, store.endpoint, number)
      if (paused === null) return false
      const at = `${scenario}, write ${number} landed late`
      progress.tried(scenario)
      world.goBack()
      expect(overwritten(await succeeded(world, paused)), at).toEqual([])
      await world.applyHere()
      await expectServes(world, 1, at)
      progress.converged(scenario)
      return true
    })
    progress.print(bySignal)
    expect(progress.failures).toEqual([])
    expect(progress.count(scenario)).toBeGreaterThan(5)
  })

  test('between its check of the lease and what it sends', async () => {
    const calls: Readonly<Partial<Record<Stage, readonly string[]>>> = {
      'first deployment': ['tables.put 3', 'tables.put 8', 'runtime.prepare 1', 'runtime.shift 1', 'runtime.settle 1'],
      promotion: ['tables.put 5', 'tables.put 9', 'runtime.prepare 1', 'runtime.shift 1', 'runtime.settle 1'],
      retirement: ['tables.put 2', 'tables.put 4', 'tables.put 5', 'runtime.retire 1', 'tables.put 6'],
    }
    const progress = await inWorlds(store.endpoint, async (world, number, progress) => {
      const some = stages.flatMap((stage) => calls[stage]?.[number - 1] ?? []).length > 0
      for (const stage of some ? stages : []) {
        const call = calls[stage]?.[number - 1] ?? ''
        const at = `${stage}, stopped before ${call}`
        world.declare(stage)
        const paused = await pausedBefore(world, call)
        if (paused === null) await expectAt(world, stage, at)
        else await overtake(world, stage, paused, progress, at)
      }
      return some
    })
    progress.print(between)
    expect(progress.failures).toEqual([])
    for (const stage of stages) expect(progress.count(stage), stage).toBeGreaterThan(3)
  })
})
