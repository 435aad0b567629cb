import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import { HostClient, makeFolder, serversOf, set, until } from './support/harness.ts'

let folder: Awaited<ReturnType<typeof makeFolder>>
let state: string
let hosts: ChildProcess[]

beforeEach(async () => {
  folder = await makeFolder()
  state = join(await realpath(folder.path), 'state')
  hosts = []
})

afterEach(async () => {
  for (const host of hosts) {
    if (host.exitCode !== null || host.signalCode !== null) continue
    host.kill('SIGTERM')
    await new Promise((resolve) => host.once('exit', resolve))
  }
  for (const pid of await serversOf(state)) process.kill(pid, 'SIGKILL')
  await folder.remove()
})

function spawnHost(): ChildProcess & { readonly errors: string[] } {
  const entry = join(import.meta.dirname, 'support', 'host-process.ts')
  const child = spawn(process.execPath, [entry, state], { stdio: ['ignore', 'inherit', 'pipe'] })
  const errors: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()))
  hosts.push(child)
  return Object.assign(child, { errors })
}

async function killed(host: ChildProcess): Promise<void> {
  host.kill('SIGKILL')
  await new Promise((resolve) => host.once('exit', resolve))
}

it('ends the servers of a killed host, and serves what was asked again', async () => {
  const trained = await packServer(folder.path)
  const first = spawnHost()
  const before = await HostClient.connect(state)
  await before.put([set({ artifacts: [trained], replicas: 2 })], { epoch: 7 })
  const view = await before.observed()
  const old = (view.sets[0]?.replicas ?? []).map(({ pid }) => pid)
  expect((await serversOf(state)).toSorted()).toEqual(old.toSorted())
  await killed(first)
  expect(await serversOf(state)).toHaveLength(2)
  spawnHost()
  const after = await HostClient.connect(state, first.pid)
  const again = await after.observed()
  const now = (again.sets[0]?.replicas ?? []).map(({ pid }) => pid)
  expect((await serversOf(state)).toSorted()).toEqual(now.toSorted())
  expect(now.filter((pid) => old.includes(pid))).toEqual([])
  expect(again.generation).toBe(1)
  const response = await after.invoke('hello')
  expect(response.status).toBe(200)
  await response.arrayBuffer()
  expect((await after.put([], { epoch: 6 })).status).toBe(409)
})

it('goes on with the weights that were in force, when the host is killed in the middle of a shift', async () => {
  const trained = await packServer(folder.path)
  const first = spawnHost()
  const before = await HostClient.connect(state)
  const old = (weight: number): unknown => set({ id: '1', version: 1, artifacts: [trained], weight })
  await before.put([old(100)])
  await before.observed()
  await before.put([old(0), set({ id: '2', version: 2, artifacts: [trained], behaviour: 'never', weight: 100 })])
  await killed(first)
  spawnHost()
  const after = await HostClient.connect(state, first.pid)
  const response = await after.invoke('hello')
  expect(response.status).toBe(200)
  expect(response.headers.get('x-model-version')).toBe('1')
  await response.arrayBuffer()
  expect((await after.get()).sets.map(({ weight_in_force: weight }) => weight)).toEqual([100, 0])
})

it('finds a server that was started and not yet recorded when the host was killed', async () => {
  const trained = await packServer(folder.path)
  const first = spawnHost()
  const before = await HostClient.connect(state)
  await before.put([set({ artifacts: [trained] })])
  const pid = (await before.observed()).sets[0]?.replicas[0]?.pid ?? 0
  await killed(first)
  const records = join(state, 'host', 'processes')
  const [name = ''] = await readdir(records)
  const record = JSON.parse(readFileSync(join(records, name), 'utf8')) as object
  await writeFile(join(records, name), JSON.stringify({ ...record, identity: null }))
  const stranger = spawn('sleep', ['60'], { cwd: join(state, 'host', 'work'), env: { PATH: '/bin', PORT: '1' } })
  spawnHost()
  await (await HostClient.connect(state, first.pid)).observed()
  const now = await serversOf(state)
  expect(now).toHaveLength(1)
  expect(now).not.toContain(pid)
  // Nothing proves that this one is ours.
  expect(stranger.exitCode).toBeNull()
  expect(stranger.signalCode).toBeNull()
  stranger.kill('SIGKILL')
})

it('converges when the host is killed again and again at any moment', async () => {
  const trained = await packServer(folder.path)
  let host = spawnHost()
  let client = await HostClient.connect(state)
  await client.put([set({ artifacts: [trained], replicas: 3 })])
  for (const wait of [0, 15, 40, 90, 160]) {
    await delay(wait)
    await killed(host)
    const pid = client.pid
    host = spawnHost()
    client = await HostClient.connect(state, pid)
  }
  await client.observed()
  expect(await serversOf(state)).toHaveLength(3)
})

it('ends in order: host.json and every server are gone', async () => {
  const host = spawnHost()
  const client = await HostClient.connect(state)
  await client.put([set({ artifacts: [await packServer(folder.path)], replicas: 2 })])
  await client.observed()
  const slow = client.invoke('wait 500')
  await delay(100)
  host.kill('SIGTERM')
  const code = await new Promise((resolve) => host.once('exit', resolve))
  expect((await slow).status).toBe(200)
  expect(code).toBe(0)
  expect(existsSync(join(state, 'host', 'host.json'))).toBe(false)
  expect(existsSync(join(state, 'host', 'host.lock'))).toBe(false)
  expect(await serversOf(state)).toEqual([])
})

it('refuses a second host on the same state folder, naming the first', async () => {
  const first = spawnHost()
  await HostClient.connect(state)
  const second = spawnHost()
  expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(1)
  expect(second.errors.join('')).toContain(`process ${first.pid}`)
  expect(existsSync(join(state, 'host', 'host.json'))).toBe(true)
})

it('takes over the lock of a machine that gives no sign of life', async () => {
  const holder = { host: 'elsewhere', boot: 'another', pid: 1, started: '1' }
  await mkdir(join(state, 'host'), { recursive: true })
  await writeFile(join(state, 'host', 'host.lock'), JSON.stringify(holder))
  const host = spawnHost()
  await until('the message', async () => host.errors.join('').includes('signs of life'))
  await HostClient.connect(state)
})
