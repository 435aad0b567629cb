import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CrashWorld, type Stage } from '../support/crash-world.ts'
import { faultKinds, type FaultKind } from '../support/fault-kinds.ts'
import { faultProxy, type FaultProxy } from '../support/fault-proxy.ts'
import { sharedStore, type SharedStore } from '../support/shared-store.ts'
import { auditProblems, deploymentLines, settledItems } from '../support/stored-items.ts'

const stages: readonly Stage[] = ['first deployment', 'promotion', 'retirement']
const TRIES_UNDER_FAULTS = 3

interface Reached {
  readonly items: unknown
  readonly running: unknown
}

let store: SharedStore
const undisturbed = new Map<Stage, Reached>()
const tried = new Map<Stage, number>(stages.map((stage) => [stage, 0]))
const converged = new Map<Stage, number>(stages.map((stage) => [stage, 0]))

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

afterAll(async () => {
  for (const stage of stages) {
    console.log(`${stage} under faults: ${tried.get(stage)} tried, ${converged.get(stage)} converged`)
  }
  await store.close()
})

async function reached(world: CrashWorld): Promise<Reached> {
  return { items: settledItems(await world.items()), running: await world.running() }
}

/** Applies until a run succeeds, as a scheduler would; after some tries without faults. Gives the number of faults. */
async function applyUnder(world: CrashWorld, proxy: FaultProxy, { begin }: FaultKind): Promise<number> {
  let injected = 0
  const decide = begin()
  proxy.reset()
  proxy.decide = (request) => {
    const fault = decide(request)
    if (fault !== null) injected += 1
    return fault
  }
  const failures: string[] = []
  for (let run = 1; run <= TRIES_UNDER_FAULTS + 1; run += 1) {
    if (run > TRIES_UNDER_FAULTS) proxy.decide = null
    const { code, err } = await world.apply({ endpoint: proxy.url }).ended
    if (code === 0) return injected
    failures.push(`exit ${code}: ${err}`)
  }
  throw new Error(`never applied:\n${failures.join('\n')}`)
}

describe.concurrent('steward apply converges on tables that fail', () => {
  test.each(faultKinds)('$name', async (kind) => {
    await using world = await CrashWorld.open(store.endpoint)
    const proxy = await faultProxy(store.endpoint)
    try {
      for (const stage of stages) {
        tried.set(stage, (tried.get(stage) ?? 0) + 1)
        world.declare(stage)
        const injected = await applyUnder(world, proxy, kind)
        expect(injected, `faults during ${stage}`).toBeGreaterThan(0)
        expect(await reached(world), stage).toEqual(undisturbed.get(stage))
        expect(auditProblems(await world.items()), stage).toEqual([])
        converged.set(stage, (converged.get(stage) ?? 0) + 1)
      }
    } finally {
      await proxy.close()
    }
  })
})
