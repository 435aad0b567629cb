import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import { makeFolder, set, startHost, until, type HostClient, type RunningHost } from './support/harness.ts'

let folder: Awaited<ReturnType<typeof makeFolder>>
let host: RunningHost
let client: HostClient

beforeEach(async () => {
  folder = await makeFolder()
  host = await startHost(join(folder.path, 'state'), { resetBackoffMs: 1_000, liveProbeMs: 100 })
  client = host.client
})

afterEach(async () => {
  await host.stop()
  await folder.remove()
})

async function killReplica(): Promise<void> {
  const pid = await until('ready', async () => {
    const replica = (await client.get()).sets[0]?.replicas[0]
    return replica?.state === 'ready' ? replica.pid : null
  })
  process.kill(pid, 'SIGKILL')
}

it('counts crashes of servers that had been ready, and keeps the last one’s words', async () => {
  await client.put([set({ artifacts: [await packServer(folder.path)] })])
  expect((await client.observed()).sets[0]).toMatchObject({ crashes: 0, crash: null })
  await killReplica()
  const view = await until('the crash', async () => {
    const found = (await client.get()).sets[0]
    return found?.crashes ? found : null
  })
  expect(view.crash).toMatch(/^the server was ended by SIGKILL after [\d.]+ s; it wrote nothing$/)
  expect(view.failure).toBeNull()
})

it('counts neither drains nor servers that end before they are ready', async () => {
  const trained = await packServer(folder.path)
  await client.put([set({ artifacts: [trained], replicas: 2 })])
  await client.observed()
  await client.put([set({ artifacts: [trained], replicas: 1 })])
  expect((await client.observed()).sets[0]?.crashes).toBe(0)
  await client.put([set({ artifacts: [trained], behaviour: 'crash' })])
  await client.failed()
  expect((await client.get()).sets[0]).toMatchObject({ crashes: 0, crash: null })
})

it('tells a server that crashes again and again soon after it was ready', async () => {
  await client.put([set({ artifacts: [await packServer(folder.path)], behaviour: 'brief' })])
  const view = await until('the loop', async () => {
    const found = (await client.get()).sets[0]
    return found?.replicas[0]?.state === 'crash_loop' ? found : null
  })
  expect(view.crashes).toBeGreaterThanOrEqual(3)
  const loop =
    /^the server crashed 3 times in a row, the last time after 0[\d.]* s: exited with code 9; its last output:\nout of/
  expect(view.failure).toMatch(loop)
  expect(view.crash).toMatch(/^the server exited with code 9 after 0[\d.]* s; its last output:\nout of memory$/)
  // It goes on being tried, and the failure stays also while it is ready for a moment.
  const again = await until('the next crash', async () => {
    const found = (await client.get()).sets[0]
    return (found?.crashes ?? 0) > view.crashes ? found : null
  })
  expect(again?.failure).toContain(`crashed ${again?.crashes} times in a row`)
})

it('forgets a crash loop after a long healthy run', async () => {
  await client.put([set({ artifacts: [await packServer(folder.path)] })])
  await client.observed()
  for (let crash = 1; crash <= 3; crash += 1) {
    await killReplica()
    await until('the crash', async () => (await client.get()).sets[0]?.crashes === crash)
  }
  expect(await client.failed()).toContain('crashed 3 times in a row')
  await until('ready', async () => (await client.get()).sets[0]?.ready === 1)
  expect((await client.get()).failure).toContain('crashed 3 times in a row')
  await until('well again', async () => (await client.get()).failure === null)
  expect((await client.get()).sets[0]).toMatchObject({ ready: 1, crashes: 3 })
  // The next crash is the first one of a new row.
  await killReplica()
  await until('the crash', async () => (await client.get()).sets[0]?.crashes === 4)
  expect((await client.get()).failure).toBeNull()
})
