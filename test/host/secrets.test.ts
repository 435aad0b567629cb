import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import { KEY, makeFolder, set, startHost, until, type HostClient, type RunningHost } from './support/harness.ts'

const TOKEN = 'tok-5ecret/value+1'
const KEY_FILE = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nAASCBKcwggSjAgEA\n-----END KEY-----\n'
const PATH = `/v1/deployments/${encodeURIComponent(KEY)}`

let folder: Awaited<ReturnType<typeof makeFolder>>
let state: string
let keyFile: string
let host: RunningHost
let client: HostClient

beforeEach(async () => {
  folder = await makeFolder()
  state = join(folder.path, 'state')
  keyFile = join(folder.path, 'key.pem')
  await writeFile(keyFile, KEY_FILE)
  host = await startHost(state, {}, { MODEL_TOKEN: TOKEN })
  client = host.client
})

afterEach(async () => {
  await host.stop()
  await folder.remove()
})

const wish = (reference = `file:${keyFile}`): readonly Record<string, string>[] => [
  { name: 'TOKEN', secret_ref: 'env:MODEL_TOKEN' },
  { name: 'KEY', secret_ref: reference },
  { name: 'PLAIN', value: 'plain' },
]

async function environmentOf(): Promise<Record<string, string>> {
  return ((await (await client.invoke()).json()) as { env: Record<string, string> }).env
}

/** Everything that the host wrote or tells. */
async function everything(): Promise<string> {
  const parts = [...host.messages]
  for (const entry of await readdir(state, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    // A file may be replaced by its next version meanwhile.
    const text = await readFile(join(entry.parentPath, entry.name), 'latin1').catch(() => '')
    parts.push(entry.name, text)
  }
  for (const path of ['/v1/deployments', PATH, `${PATH}/logs`])
    parts.push(await (await client.call('GET', path)).text())
  parts.push(await (await fetch(`${client.gateway}/-/metrics`)).text())
  return parts.join('\n')
}

function expectNoSecret(text: string): void {
  const lines = KEY_FILE.trim().split('\n')
  const encoded = [TOKEN, KEY_FILE].flatMap((value) => [
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64').slice(0, 12),
    Buffer.from(`u:${value}`).toString('base64').slice(4, 16),
  ])
  for (const value of [TOKEN, ...lines, ...encoded]) expect(text).not.toContain(value)
}

it('gives secrets to the servers, and writes and tells only their references', async () => {
  await client.put([set({ artifacts: [await packServer(folder.path)], behaviour: 'tattle', variables: wish() })])
  await client.observed()
  expect(await environmentOf()).toMatchObject({ TOKEN, KEY: KEY_FILE.trimEnd(), PLAIN: 'plain' })
  await client.invoke('confess')
  const crash = await until('the crash', async () => (await client.get()).sets[0]?.crash)
  expect(crash).toContain('fatal: ***')
  const text = await everything()
  expectNoSecret(text)
  expect(text).toContain('TOKEN is ***.')
  expect(text).toContain('KEY is ***.')
  expect(text).toContain('"secret_ref":"env:MODEL_TOKEN"')
  const logs = (await (await client.call('GET', `${PATH}/logs`)).json()) as { lines: string[] }
  expect(logs.lines).toContain('[1-0] TOKEN is {"value":"***"}.')
})

it('hides them in the dying words of a server that never becomes ready', async () => {
  const sets = [set({ artifacts: [await packServer(folder.path)], behaviour: 'tattle-crash', variables: wish() })]
  await client.put(sets)
  expect(await client.failed()).toContain('can not log in with ***, my key is\n***')
  expectNoSecret(await everything())
})

it('reads a rotated file for the next process', async () => {
  await client.put([set({ artifacts: [await packServer(folder.path)], variables: wish() })])
  const pid = (await client.observed()).sets[0]?.replicas[0]?.pid ?? 0
  await writeFile(keyFile, 'rotated-key')
  expect((await environmentOf())['KEY']).toBe(KEY_FILE.trimEnd())
  process.kill(pid, 'SIGKILL')
  expect((await environmentOf())['KEY']).toBe('rotated-key')
})

it('tells which variable can not be resolved and why, and goes on when it can', async () => {
  await rm(keyFile)
  await client.put([set({ artifacts: [await packServer(folder.path)], variables: wish() })])
  expect(await client.failed()).toBe(
    `environment variable KEY: file:${keyFile} can not be resolved: there is no such file ` +
      '(Name a file with nothing but the secret, which this program may read.)',
  )
  expect((await client.get()).sets[0]?.replicas[0]?.state).toBe('failed')
  await writeFile(keyFile, KEY_FILE)
  expect((await client.observed()).failure).toBeNull()
})

it('never gives away what the host keeps for itself', async () => {
  const token = join(state, 'host', 'token')
  await client.put([set({ artifacts: [await packServer(folder.path)], variables: wish(`file:${token}`) })])
  expect(await client.failed()).toContain('it lies in the state folder of this program')
})

it('has the reference in the digest of a set, never the value', async () => {
  const trained = await packServer(folder.path)
  const digest = async (): Promise<string | undefined> => (await client.get()).sets[0]?.spec_digest
  await client.put([set({ artifacts: [trained], replicas: 0, variables: wish() })])
  const first = await digest()
  await writeFile(keyFile, 'another value')
  await client.put([set({ artifacts: [trained], replicas: 0, variables: wish(), weight: 1 })])
  expect(await digest()).toBe(first)
  await client.put([set({ artifacts: [trained], replicas: 0, variables: wish('file:/elsewhere') })])
  expect(await digest()).not.toBe(first)
})
