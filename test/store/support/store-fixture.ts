import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { embeddedClientSettings } from '../../../src/store/client-settings.ts'
import { connectStore } from '../../../src/store/connect.ts'
import type { StoreAddress } from '../../../src/store/store-file.ts'
import { systemClock } from '../../../src/system/clock.ts'

const ENTRY = fileURLToPath(new URL('./store-process.ts', import.meta.url))

export interface StoreFixture {
  readonly state: string
  command(options?: { idleMs?: number; listen?: string }): string[]
  connect(options?: { idleMs?: number }): Promise<StoreAddress>
  client(address: StoreAddress): DynamoDBClient
  /** Ends every process that names the state folder, by pid, and removes the folder. */
  dispose(): Promise<void>
}

export async function storeFixture(): Promise<StoreFixture> {
  const state = await realpath(await mkdtemp(join(tmpdir(), 'steward-store-')))
  const clients: DynamoDBClient[] = []
  const command = (options: { idleMs?: number; listen?: string } = {}): string[] => [
    process.execPath,
    ENTRY,
    JSON.stringify({ state, ...options }),
  ]
  return {
    state,
    command,
    connect: (options) => connectStore({ stateDir: state, command: command(options), clock: systemClock }),
    client: ({ endpoint }) => {
      const client = new DynamoDBClient(embeddedClientSettings(endpoint))
      clients.push(client)
      return client
    },
    dispose: async () => {
      for (const client of clients) client.destroy()
      for (let pids = await processesNaming(state); pids.length > 0; pids = await processesNaming(state)) {
        for (const pid of pids) kill(pid)
        await delay(20)
      }
      await rm(state, { recursive: true, force: true })
    },
  }
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

/** The processes, without zombies, whose command line holds a text that no other's does. */
export async function processesNaming(text: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return line.includes(text) ? [Number(pid)] : []
    }),
  )
  return found.flat()
}

/** The engine of a state folder: the process that has its data folder as an argument. */
export async function engineOf(state: string): Promise<number> {
  const [pid] = await processesNaming(join(state, 'store', 'data'))
  if (pid === undefined) throw new Error('no engine runs')
  return pid
}

export async function until(what: string, condition: () => Promise<boolean>, ms = 10_000): Promise<void> {
  const deadline = performance.now() + ms
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`)
    await delay(20)
  }
}
