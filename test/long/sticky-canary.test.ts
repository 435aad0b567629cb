import { afterEach, beforeEach, expect, it } from 'vitest'
import { until } from '../support/waiting.ts'
import { Workspace } from '../support/workspace.ts'

const unit = 'abc_corp/claim/doc_classification'
const prod = `${unit}/deployments/prod.yaml`
const callers = Array.from({ length: 400 }, (_, index) => `caller-${index}`)

interface Status {
  readonly units: readonly {
    readonly unit: string
    readonly deployments: readonly { readonly name: string; readonly state: string; readonly weight: number }[]
  }[]
}

let space: Workspace

beforeEach(() => {
  space = new Workspace()
})
afterEach(() => space.close())

it('a caller who was moved to the canary stays there at every later step', { timeout: 180_000 }, async () => {
  const { gateway } = await space.host()
  expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
  space.daemon()
  const versionFor = async (caller: string): Promise<string | null> => {
    const init = { method: 'POST', body: '{"text":"repair invoice"}', headers: { 'x-user-id': caller } }
    const answer = await fetch(`${gateway}/${unit}/prod`, init)
    await answer.arrayBuffer()
    expect(answer.status).toBe(200)
    return answer.headers.get('x-model-version')
  }
  const onCanary = async (): Promise<Set<string>> => {
    const found = new Set<string>()
    for (const caller of callers) if ((await versionFor(caller)) === '3') found.add(caller)
    return found
  }
  const reached = (weight: number, state: string): Promise<true> => {
    const isThere = async (): Promise<true | null> => {
      const { units } = await space.json<Status>('status')
      const told = units.find((each) => each.unit === `/${unit}`)?.deployments.find(({ name }) => name === 'prod')
      return told?.weight === weight && told.state === state ? true : null
    }
    // Each step is watched for twenty seconds: long enough to ask for every caller meanwhile.
    return until(`${state} at ${weight} %`, isThere, 90_000)
  }
  const intent = [
    'model_version: 3',
    'rolling_strategy: canary',
    'rollout: { steps: [10, 50], bake: 20s, sticky_header: x-user-id }',
    'capacity: { replicas: 2 }',
    '',
  ]
  space.write(prod, intent.join('\n'))
  space.commit('version 3 to prod')
  await reached(10, 'baking')
  const early = await onCanary()
  await reached(50, 'baking')
  const half = await onCanary()
  await reached(100, 'live')
  const all = await onCanary()
  // 400 points drawn evenly: four standard deviations are 24 of 40, and 40 of 200.
  expect(early.size).toBeGreaterThan(16)
  expect(early.size).toBeLessThan(64)
  expect(half.size).toBeGreaterThan(160)
  expect(half.size).toBeLessThan(240)
  expect([...early].filter((caller) => !half.has(caller))).toEqual([])
  expect(all.size).toBe(callers.length)
})
