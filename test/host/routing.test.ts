import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import { KEY, makeFolder, set, startHost, type HostClient, type RunningHost } from './support/harness.ts'

let folder: Awaited<ReturnType<typeof makeFolder>>
let host: RunningHost
let client: HostClient

beforeEach(async () => {
  folder = await makeFolder()
  host = await startHost(join(folder.path, 'state'))
  client = host.client
})

afterEach(async () => {
  await host.stop()
  await folder.remove()
})

const PATH = `/v1/deployments/${encodeURIComponent(KEY)}`

async function versionOf(response: Response): Promise<string> {
  await response.arrayBuffer()
  return `${response.status} ${response.headers.get('x-model-version')}`
}

it('gives each set its share exactly', async () => {
  const trained = await packServer(folder.path)
  await client.put([
    set({ id: '1', version: 1, artifacts: [trained], weight: 90 }),
    set({ id: '2', version: 2, artifacts: [trained], weight: 10 }),
  ])
  await client.observed()
  const seen: string[] = []
  for (let index = 0; index < 50; index += 1) seen.push(await versionOf(await client.invoke()))
  expect(seen.filter((version) => version === '200 2')).toHaveLength(5)
  expect(seen.filter((version) => version === '200 1')).toHaveLength(45)
})

it('keeps a caller on the new set while its weight grows', async () => {
  const trained = await packServer(folder.path)
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
    expect((await client.call('PUT', PATH, body(weight))).status).toBe(202)
    expect(await client.observed()).toMatchObject({ sticky_header: 'X-User-Id' })
    const now = new Set<string>()
    for (const user of [...users, ...users]) {
      const init = { method: 'POST', body: '{}', headers: { 'x-user-id': user } }
      const version = await versionOf(await fetch(`${client.gateway}/abc/model/prod`, init))
      if (version === '200 2') now.add(user)
      // The second time around it is as the first time.
      else expect(now.has(user)).toBe(false)
    }
    for (const user of fresh) expect(now.has(user), `${user} at ${weight}`).toBe(true)
    fresh = now
  }
  expect(fresh.size).toBe(users.length)
})
