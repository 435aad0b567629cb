import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import { eachHost } from './support/each-host.ts'
import { set, until } from './support/harness.ts'

const own = eachHost()

interface Load {
  readonly failures: string[]
  readonly versions: string[]
  stop(): Promise<void>
}

/** About 100 requests a second over kept connections; every answer but 200 is a failure. */
function startLoad(gateway: string): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const failures: string[] = []
  const versions: string[] = []
  const open = new Set<Promise<void>>()
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const sent = request(`${gateway}/abc/model/prod`, { method: 'POST', agent }, (response) => {
        if (response.statusCode !== 200) failures.push(`status ${response.statusCode}`)
        versions.push(String(response.headers['x-model-version']))
        response.on('error', (error) => failures.push(error.message)).on('close', () => resolve())
        response.resume()
      })
      sent.on('error', (error) => {
        failures.push(error.message)
        resolve()
      })
      sent.end('{}')
    })
  const timer = setInterval(() => {
    const sending = one().finally(() => open.delete(sending))
    open.add(sending)
  }, 10)
  return {
    failures,
    versions,
    async stop() {
      clearInterval(timer)
      await Promise.all(open)
      agent.destroy()
    },
  }
}

it('replaces a version under load without one failed request', async () => {
  const [one, two] = [await packServer(own.folder, 'one'), await packServer(own.folder, 'two')]
  const a = (weight: number): unknown => set({ id: '1', version: 1, artifacts: [one], replicas: 2, weight })
  const b = (weight: number): unknown => set({ id: '2', version: 2, artifacts: [two], replicas: 2, weight })
  await own.client.put([a(100)])
  await own.client.observed()
  const load = startLoad(own.client.gateway)
  await delay(500)
  await own.client.put([a(100), b(0)])
  await own.client.observed()
  expect(new Set(load.versions)).toEqual(new Set(['1']))
  await own.client.put([a(50), b(50)])
  await delay(500)
  await own.client.put([a(0), b(100)])
  await delay(300)
  const switched = load.versions.length
  await own.client.put([b(100)])
  const view = await own.client.observed()
  await delay(300)
  await load.stop()
  expect(load.failures).toEqual([])
  expect(load.versions.length).toBeGreaterThan(100)
  expect(new Set(load.versions.slice(switched))).toEqual(new Set(['2']))
  expect(view.sets.map(({ id, ready }) => [id, ready])).toEqual([['2', 2]])
})

it('replaces the processes of a set whose spec changes, new first, without a failed request', async () => {
  const trained = await packServer(own.folder)
  await own.client.put([set({ artifacts: [trained] })])
  const before = await own.client.observed()
  const load = startLoad(own.client.gateway)
  await own.client.put([set({ artifacts: [trained], behaviour: 'slow' })])
  const after = await own.client.observed()
  await delay(200)
  await load.stop()
  expect(load.failures).toEqual([])
  expect(after.sets[0]?.spec_digest).not.toBe(before.sets[0]?.spec_digest)
  expect(after.sets[0]?.replicas[0]?.pid).not.toBe(before.sets[0]?.replicas[0]?.pid)
  expect(after.leaving).toEqual([])
})

it('keeps the old processes of a set when its new spec does not start', async () => {
  const trained = await packServer(own.folder)
  await own.client.put([set({ artifacts: [trained] })])
  await own.client.observed()
  await own.client.put([set({ version: 2, artifacts: [trained], behaviour: 'crash' })])
  await own.client.failed()
  const response = await own.client.invoke()
  expect(response.headers.get('x-model-version')).toBe('1')
  expect((await own.client.get()).sets[0]?.ready).toBe(0)
  await response.arrayBuffer()
})

it('keeps the processes when only replicas and weights change', async () => {
  const trained = await packServer(own.folder)
  await own.client.put([set({ artifacts: [trained], replicas: 1 })])
  const before = await own.client.observed()
  await own.client.put([set({ artifacts: [trained], replicas: 3, weight: 10 })])
  const more = await own.client.observed()
  expect(more.sets[0]?.ready).toBe(3)
  expect(more.sets[0]?.replicas[0]?.pid).toBe(before.sets[0]?.replicas[0]?.pid)
  await own.client.put([set({ artifacts: [trained], replicas: 1 })])
  const less = await own.client.observed()
  expect(less.sets[0]?.replicas.map(({ pid }) => pid)).toEqual([before.sets[0]?.replicas[0]?.pid])
})

it('lets requests in flight finish when their set leaves', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)] })])
  await own.client.observed()
  const slow = own.client.invoke('wait 1000')
  await delay(100)
  await own.client.put([])
  expect((await slow).status).toBe(200)
  expect((await (await slow).json()) as unknown).toMatchObject({ text: 'wait 1000' })
})

it('restarts a killed replica, and no request fails meanwhile', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)], replicas: 2 })])
  const view = await own.client.observed()
  const load = startLoad(own.client.gateway)
  await delay(300)
  for (const { pid } of view.sets[0]?.replicas ?? []) {
    process.kill(pid ?? 0, 'SIGKILL')
    await until('both ready again', async () => {
      const now = (await own.client.get()).sets[0]
      return now?.ready === 2 && now.replicas.every((replica) => replica.pid !== pid)
    })
  }
  await load.stop()
  expect(load.failures).toEqual([])
  expect((await own.client.get()).sets[0]?.replicas.map(({ restarts }) => restarts)).toEqual([1, 1])
})

it('makes a request wait for the restart of the only replica', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)] })])
  const pid = (await own.client.observed()).sets[0]?.replicas[0]?.pid
  process.kill(pid ?? 0, 'SIGKILL')
  const response = await own.client.invoke()
  expect(response.status).toBe(200)
  expect(((await response.json()) as { pid: number }).pid).not.toBe(pid)
})
