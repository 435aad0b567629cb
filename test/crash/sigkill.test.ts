import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CrashWorld, stages, type Stage } from '../support/crash-world.ts'
import { sharedStore, type SharedStore } from '../support/shared-store.ts'
import { auditProblems, deploymentLines, settledItems } from '../support/stored-items.ts'
import { inWorlds } from '../support/worlds.ts'

/** Where the command line ends itself: see harness-cli.ts. */
const points: Readonly<Record<Stage, readonly string[]>> = {
  'first deployment': [
    'source.open 1 after',
    'artifacts.open 1 before',
    'tables.put 1 after',
    'tables.put 5 after',
    'tables.get 6 before',
    'tables.put 9 before',
    'runtime.prepare 1 after',
    'runtime.shift 1 before',
    'runtime.settle 1 after',
  ],
  promotion: [
    'artifacts.stat 1 after',
    'tables.put 4 before',
    'tables.query 9 after',
    'tables.put 6 after',
    'runtime.prepare 1 before',
    'runtime.observe 3 after',
    'runtime.shift 1 after',
    'runtime.settle 1 before',
    'tables.put 14 after',
  ],
  retirement: [
    'tables.get 3 after',
    'tables.put 3 after',
    'runtime.retire 1 before',
    'runtime.retire 1 after',
    'tables.put 5 before',
    'tables.put 6 after',
    'tables.put 7 before',
    'runtime.observe 2 before',
  ],
  prune: [
    'tables.scan 1 before',
    'tables.put 2 after',
    'tables.put 3 before',
    'tables.put 4 after',
    'tables.put 6 before',
    'tables.put 7 after',
  ],
}

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
  expect(deploymentLines(await world.items())).toEqual(['1 prod v1 retired', '2 prod v2 retired'])
})

afterAll(() => store.close())

async function reached(world: CrashWorld): Promise<unknown> {
  return { items: settledItems(await world.items()), running: await world.running() }
}

describe('steward apply, ended by SIGKILL on the embedded store and a real model host', () => {
  test('converges with the next run, wherever it was ended', async () => {
    const progress = await inWorlds(store.endpoint, async (world, number, progress) => {
      const some = stages.some((stage) => points[stage].length >= number)
      for (const stage of some ? stages : []) {
        world.declare(stage)
        const stop = points[stage][number - 1]
        const at = `${stage}, ended ${stop}`
        if (stop !== undefined) {
          progress.tried(stage)
          expect(await world.apply({ harness: { HARNESS_STOP: stop } }).ended, at).toMatchObject({ signal: 'SIGKILL' })
        }
        await world.applyHere()
        expect(await reached(world), at).toEqual(undisturbed.get(stage))
        expect(auditProblems(await world.items()), at).toEqual([])
        if (stop !== undefined) progress.converged(stage)
      }
      return some
    })
    progress.print('ended by SIGKILL')
    expect(progress.failures).toEqual([])
    expect(stages.reduce((sum, stage) => sum + progress.count(stage), 0)).toBeGreaterThanOrEqual(30)
  })
})
