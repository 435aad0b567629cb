import { expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import { eachHost } from './support/each-host.ts'
import { set, until } from './support/harness.ts'

const own = eachHost({ resetBackoffMs: 1_000, liveProbeMs: 100 })

async function killReplica(): Promise<void> {
  const pid = await until('ready', async () => {
    const replica = (await own.client.get()).sets[0]?.replicas[0]
    return replica?.state === 'ready' ? replica.pid : null
  })
  process.kill(pid, 'SIGKILL')
}

it('counts crashes of servers that had been ready, and keeps the last one’s words', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)] })])
  expect((await own.client.observed()).sets[0]).toMatchObject({ crashes: 0, crash: null })
  await killReplica()
  const view = await until('the crash', async () => {
    const found = (await own.client.get()).sets[0]
    return found?.crashes ? found : null
  })
  expect(view.crash).toMatch(/^the server was ended by SIGKILL after [\d.]+ s; it wrote nothing$/)
  expect(view.failure).toBeNull()
})

it('counts neither drains nor servers that end before they are ready', async () => {
  const trained = await packServer(own.folder)
  await own.client.put([set({ artifacts: [trained], replicas: 2 })])
  await own.client.observed()
  await own.client.put([set({ artifacts: [trained], replicas: 1 })])
  expect((await own.client.observed()).sets[0]?.crashes).toBe(0)
  await own.client.put([set({ artifacts: [trained], behaviour: 'crash' })])
  await own.client.failed()
  expect((await own.client.get()).sets[0]).toMatchObject({ crashes: 0, crash: null })
})

it('tells a server that crashes again and again soon after it was ready', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)], behaviour: 'brief' })])
  const view = await until('the loop', async () => {
    const found = (await own.client.get()).sets[0]
    return found?.replicas[0]?.state === 'crash_loop' ? found : null
  })
  expect(view.crashes).toBeGreaterThanOrEqual(3)
  const loop =
    /^the server crashed 3 times in a row, the last time after 0[\d.]* s: exited with code 9; its last output:\nout of/
  expect(view.failure).toMatch(loop)
  expect(view.crash).toMatch(/^the server exited with code 9 after 0[\d.]* s; its last output:\nout of memory$/)
  // It goes on being tried, and the failure stays also while it is ready for a moment.
  const again = await until('the next crash', async () => {
    const found = (await own.client.get()).sets[0]
    return (found?.crashes ?? 0) > view.crashes ? found : null
  })
  expect(again?.failure).toContain(`crashed ${again?.crashes} times in a row`)
})

it('forgets a crash loop after a long healthy run', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)] })])
  await own.client.observed()
  for (let crash = 1; crash <= 3; crash += 1) {
    await killReplica()
    await until('the crash', async () => (await own.client.get()).sets[0]?.crashes === crash)
  }
  expect(await own.client.failed()).toContain('crashed 3 times in a row')
  await until('ready', async () => (await own.client.get()).sets[0]?.ready === 1)
  expect((await own.client.get()).failure).toContain('crashed 3 times in a row')
  await until('well again', async () => (await own.client.get()).failure === null)
  expect((await own.client.get()).sets[0]).toMatchObject({ ready: 1, crashes: 3 })
  // The next crash is the first one of a new row.
  await killReplica()
  await until('the crash', async () => (await own.client.get()).sets[0]?.crashes === 4)
  expect((await own.client.get()).failure).toBeNull()
})
