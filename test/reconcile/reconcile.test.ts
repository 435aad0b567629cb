import { beforeEach, describe, expect, test } from 'vitest'
import { newRollout } from '../../src/rollout/rollout.ts'
import { catalog, MODEL } from '../support/catalog-builder.ts'
import { World } from '../support/harness-world.ts'

const key = `${MODEL}#prod`
const versions = catalog().version(MODEL, 2).version(MODEL, 3)
const serving = (model_version: number, replicas = 2): ReturnType<typeof catalog> =>
  versions.deployment(MODEL, 'prod', { model_version, capacity: { replicas } })

let world: World
beforeEach(() => {
  world = new World()
})

describe('rolling out', () => {
  test('a first deployment is recorded, prepared, shifted and live', async () => {
    await world.run(serving(1).declare())
    expect(await world.summary()).toEqual(['1 prod v1 live'])
    expect(world.target.describe()).toEqual({ [key]: ['1:v1 100% 2/2'] })
    expect(await world.events()).toEqual([
      `catalog.upsert ${MODEL}`,
      `registry.upsert ${MODEL}@1`,
      `registry.upsert ${MODEL}@2`,
      `registry.upsert ${MODEL}@3`,
      `deployment.started ${key} version 1`,
      `deployment.live ${key} version 1`,
    ])
    expect(newRollout.state).toBe('pending')
  })
})
