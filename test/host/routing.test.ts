import { expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import { eachHost } from './support/each-host.ts'
import { KEY, set, until } from './support/harness.ts'

const own = eachHost()

const PATH = `/v1/deployments/${encodeURIComponent(KEY)}`

async function versionOf(response: Response): Promise<string> {
  await response.arrayBuffer()
  return `${response.status} ${response.headers.get('x-model-version')}`
}

it('gives each set its share exactly', async () => {
  const trained = await packServer(own.folder)
  await own.client.put([
    set({ id: '1', version: 1, artifacts: [trained], weight: 90 }),
    set({ id: '2', version: 2, artifacts: [trained], weight: 10 }),
  ])
  await own.client.observed()
  const seen: string[] = []
  for (let index = 0; index < 50; index += 1) seen.push(await versionOf(await own.client.invoke()))
  expect(seen.filter((version) => version === '200 2')).toHaveLength(5)
  expect(seen.filter((version) => version === '200 1')).toHaveLength(45)
})

it('keeps a caller on the new set while its weight grows', async () => {
  const trained = await packServer(own.folder)
  const body = (weight: number): unknown => ({
    sticky_header: 'X-User-Id',
    sets: [
      set({ id: '1', version: 1, artifacts: [trained], weight: 100 - weight }),
      set({ id: '2', version: 2, artifacts: [trained], weight }),
    ],
  })
  const users = Array.from({ length: 40 }, (_, index) => `user-${index}`)
  let fresh = new Set<string>()
  for (const weight of [0, 10, 50, 100]) {
    expect((await own.client.call('PUT', PATH, body(weight))).status).toBe(202)
    expect(await own.client.observed()).toMatchObject({ sticky_header: 'X-User-Id' })
    const now = new Set<string>()
    for (const user of [...users, ...users]) {
      const init = { method: 'POST', body: '{}', headers: { 'x-user-id': user } }
      const version = await versionOf(await fetch(`${own.client.gateway}/abc/model/prod`, init))
      if (version === '200 2') now.add(user)
      // The second time around it is as the first time.
      else expect(now.has(user)).toBe(false)
    }
    for (const user of fresh) expect(now.has(user), `${user} at ${weight}`).toBe(true)
    fresh = now
  }
  expect(fresh.size).toBe(users.length)
})

it('gives a new set no traffic before all its replicas are ready, and then what was asked', async () => {
  const trained = await packServer(own.folder)
  const old = (weight: number): unknown => set({ id: '1', version: 1, artifacts: [trained], replicas: 2, weight })
  const fresh = set({ id: '2', version: 2, artifacts: [trained], replicas: 2, behaviour: 'staggered', weight: 100 })
  await own.client.put([old(100)])
  await own.client.observed()
  await own.client.put([old(0), fresh])
  await until('the first of two replicas', async () => (await own.client.get()).sets[1]?.ready === 1)
  let seen = 0
  for (;;) {
    const version = await versionOf(await own.client.invoke())
    const between = await own.client.get()
    // Looked at afterwards: while only one is ready now, only one was ready when the request came.
    if (between.sets[1]?.ready !== 1) break
    expect(version).toBe('200 1')
    expect(between.observed_generation).toBe(1)
    expect(between.sets.map(({ weight_in_force: weight }) => weight)).toEqual([100, 0])
    seen += 1
  }
  expect(seen).toBeGreaterThan(3)
  const view = await own.client.observed()
  expect(view.sets.map(({ weight_in_force: weight }) => weight)).toEqual([0, 100])
  expect(await versionOf(await own.client.invoke())).toBe('200 2')
})

it('moves traffic at once when a set that carries it is asked for no more', async () => {
  const trained = await packServer(own.folder)
  const old = (weight: number): unknown => set({ id: '1', version: 1, artifacts: [trained], replicas: 1, weight })
  const fresh = set({ id: '2', version: 2, artifacts: [trained], replicas: 1, weight: 100 })
  await own.client.put([old(0), fresh])
  await own.client.observed()
  expect(await versionOf(await own.client.invoke())).toBe('200 2')
  // The second replica is not ready yet, the first is.
  await own.client.put([{ ...(old(100) as object), replicas: 2 }])
  expect(await versionOf(await own.client.invoke())).toBe('200 1')
})

it('keeps the weights in force when the servers that carry them restart before the new ones are ready', async () => {
  const trained = await packServer(own.folder)
  const old = (weight: number): unknown => set({ id: '1', version: 1, artifacts: [trained], weight })
  const fresh = set({ id: '2', version: 2, artifacts: [trained], behaviour: 'never', weight: 100 })
  await own.client.put([old(100)])
  const pid = (await own.client.observed()).sets[0]?.replicas[0]?.pid ?? 0
  await own.client.put([old(0), fresh])
  process.kill(pid, 'SIGKILL')
  expect(await versionOf(await own.client.invoke())).toBe('200 1')
  expect((await own.client.get()).observed_generation).toBe(1)
})
