import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import {
  KEY,
  makeFolder,
  serversOf,
  set,
  startHost,
  until,
  type HostClient,
  type RunningHost,
} from './support/harness.ts'

const PATH = `/v1/deployments/${encodeURIComponent(KEY)}`

let folder: Awaited<ReturnType<typeof makeFolder>>
let state: string
let host: RunningHost
let client: HostClient

beforeEach(async () => {
  folder = await makeFolder()
  state = join(await realpath(folder.path), 'state')
  host = await startHost(state, { liveProbeMs: 50, liveProbeTimeoutMs: 200, terminateMs: 300, answerTimeoutMs: 1_500 })
  client = host.client
})

afterEach(async () => {
  await host.stop()
  expect(await serversOf(state)).toEqual([])
  await folder.remove()
})

it('ends a server that ignores SIGTERM, with everything that it started', async () => {
  await client.put([set({ artifacts: [await packServer(folder.path)], behaviour: 'stubborn' })])
  await client.observed()
  await until('its child', async () => (await serversOf(state)).length === 2)
  await client.put([])
  await client.observed()
  expect(await serversOf(state)).toEqual([])
})

it('restarts a server that stopped answering', async () => {
  await client.put([set({ artifacts: [await packServer(folder.path)] })])
  const pid = (await client.observed()).sets[0]?.replicas[0]?.pid ?? 0
  process.kill(pid, 'SIGSTOP')
  const next = await until('another process', async () => {
    const replica = (await client.get()).sets[0]?.replicas[0]
    return replica?.state === 'ready' && replica.pid !== pid ? replica : null
  })
  expect(next.restarts).toBe(1)
  const view = (await client.get()).sets[0]
  expect(view?.crashes).toBe(1)
  expect(view?.crash).toMatch(/^the server stopped answering GET \/ping after [\d.]+ s; it wrote nothing$/)
})

it('answers 504 when a server is silent for too long', async () => {
  await client.put([set({ artifacts: [await packServer(folder.path)] })])
  await client.observed()
  const response = await client.invoke('wait 4000')
  expect(response.status).toBe(504)
  expect(await response.json()).toMatchObject({ code: 'no_answer' })
})

it('takes back a delete while it drains', async () => {
  const sets = [set({ artifacts: [await packServer(folder.path)] })]
  await client.put(sets)
  await client.observed()
  const slow = client.invoke('wait 400')
  await delay(100)
  await client.call('DELETE', PATH)
  expect(await client.get()).toMatchObject({ deleting: true, sets: [] })
  expect(await (await client.put(sets)).json()).toEqual({ generation: 2 })
  const view = await client.observed()
  expect(view).toMatchObject({ deleting: false, sets: [{ ready: 1 }] })
  expect((await slow).status).toBe(200)
  expect((await client.invoke()).status).toBe(200)
})

it('ends in order also while servers are being started', async () => {
  await client.put([set({ artifacts: [await packServer(folder.path)], replicas: 3, behaviour: 'slow' })])
  await delay(60)
})

it('comes to what was asked last, whatever was asked before and how fast', async () => {
  const trained = await packServer(folder.path)
  const wish = fc.record({
    replicas: fc.integer({ min: 0, max: 2 }),
    version: fc.integer({ min: 1, max: 3 }),
    behaviour: fc.constantFrom('well', 'well', 'slow', 'crash'),
  })
  const body = fc.record({ one: fc.option(wish), two: fc.option(wish) })
  const asked = fc.array(fc.tuple(body, fc.constantFrom(0, 0, 30, 200)), { minLength: 3, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(asked, fc.integer({ min: 0, max: 2 }), async (steps, last) => {
      for (const [{ one, two }, wait] of steps) {
        const sets = [
          one && set({ id: '1', artifacts: [trained], ...one }),
          two && set({ id: '2', artifacts: [trained], ...two }),
        ]
        expect((await client.put(sets.filter((found) => found !== null))).status).toBe(202)
        await delay(wait)
      }
      await client.put([set({ id: '1', artifacts: [trained], replicas: last, version: 9 })])
      const view = await client.observed()
      expect(view.sets).toHaveLength(1)
      expect(view.sets[0]?.replicas).toHaveLength(last)
      expect(await serversOf(state)).toHaveLength(last)
    }),
    { numRuns: 12, endOnFailure: true },
  )
})
