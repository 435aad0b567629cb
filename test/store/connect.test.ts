import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StewardError } from '../../src/domain/errors.ts'
import { TABLE_DEFINITIONS } from '../../src/recorded/table-definitions.ts'
import { connectStore } from '../../src/store/connect.ts'
import { systemClock } from '../../src/system/clock.ts'
import { ownIdentity } from '../../src/system/processes.ts'
import { engineOf, kill, processesNaming, storeFixture, type StoreFixture, until } from './support/store-fixture.ts'

let store: StoreFixture
beforeEach(async () => {
  store = await storeFixture()
})
afterEach(() => store.dispose())

async function run(command: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] })
  const parts: Buffer[] = []
  child.stderr.on('data', (part: Buffer) => parts.push(part))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said: Buffer.concat(parts).toString() }
}

describe('connecting to the store of a state folder', () => {
  test('ten connects at the same moment get one store, with all tables', async () => {
    const addresses = await Promise.all(Array.from({ length: 10 }, () => store.connect()))
    expect(new Set(addresses.map(({ pid, endpoint }) => `${pid} ${endpoint}`)).size).toBe(1)
    const [address] = addresses
    if (address === undefined) throw new Error('no address')
    const { TableNames } = await store.client(address).send(new ListTablesCommand())
    expect(TableNames).toEqual(TABLE_DEFINITIONS.map(({ base }) => base).toSorted())
    await until('the nine others have ended', async () => (await processesNaming(store.state)).length === 2)
    expect(((await stat(store.state)).mode & 0o777).toString(8)).toBe('700')
  })

  test('a second store on the folder ends with code 0 and says which one serves', async () => {
    const { pid, endpoint } = await store.connect()
    const second = await run(store.command())
    expect(second.code).toBe(0)
    expect(second.said).toContain(`already serves as process ${pid} on ${endpoint}`)
    expect(await store.connect()).toEqual({ pid, endpoint })
  })

  test('an idle store ends, removes store.json, and the next connect starts another', async () => {
    const first = await store.connect({ idleMs: 300 })
    await until('the idle store has ended', async () => (await processesNaming(store.state)).length === 0)
    expect(existsSync(join(store.state, 'store.json'))).toBe(false)
    const second = await store.connect()
    expect(second.pid).not.toBe(first.pid)
    expect(await readFile(join(store.state, 'store', 'store.log'), 'utf8')).not.toContain('uncleanly')
  })

  test('requests keep a store from ending', async () => {
    const address = await store.connect({ idleMs: 400 })
    for (let n = 0; n < 10; n += 1) {
      expect(await store.connect()).toEqual(address)
      await systemClock.sleep(100)
    }
  })

  test('SIGTERM ends it cleanly', async () => {
    const { pid } = await store.connect()
    process.kill(pid, 'SIGTERM')
    await until('it has ended', async () => (await processesNaming(store.state)).length === 0)
    expect(existsSync(join(store.state, 'store.json'))).toBe(false)
    await store.connect()
    expect(await readFile(join(store.state, 'store', 'store.log'), 'utf8')).not.toContain('uncleanly')
  })

  test('a client that holds a connection and sends nothing does not keep it from ending', async () => {
    const { pid, endpoint } = await store.connect()
    const socket = connect(Number(new URL(endpoint).port), '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    process.kill(pid, 'SIGTERM')
    await until('it has ended', async () => (await processesNaming(store.state)).length === 0, 6_000)
    socket.destroy()
  })

  test('a start that fails is an error with the last lines of the log', async () => {
    const command = store.command({ listen: '0.0.0.0:0' })
    const failure = connectStore({ stateDir: store.state, command, clock: systemClock })
    await expect(failure).rejects.toThrow('not a loopback address')
    await expect(failure).rejects.toBeInstanceOf(StewardError)
    await expect(failure).rejects.toMatchObject({ code: 'store_start' })
  })

  test('a program that is not there is an error at once', async () => {
    const failure = connectStore({ stateDir: store.state, command: ['/nowhere/node'], clock: systemClock })
    await expect(failure).rejects.toMatchObject({ code: 'store_start' })
  })

  test('a store.json of another folder, or of nobody, is not believed', async () => {
    const other = await storeFixture()
    try {
      const foreign = await other.connect()
      await writeFile(join(store.state, 'store.json'), JSON.stringify(foreign))
      expect((await store.connect()).pid).not.toBe(foreign.pid)
    } finally {
      await other.dispose()
    }
  })

  test('a lock that an earlier boot left does not keep the store from starting', async () => {
    await mkdir(join(store.state, 'store'))
    const lock = { ...ownIdentity(), boot: 'an earlier one', state: 'held' }
    await writeFile(join(store.state, 'store', 'lock.7'), JSON.stringify(lock))
    await store.connect()
    expect(existsSync(join(store.state, 'store', 'lock.8'))).toBe(true)
  })

  test('the engine ends with its store', async () => {
    const { pid } = await store.connect()
    await engineOf(store.state)
    kill(pid)
    await until('both have ended', async () => (await processesNaming(store.state)).length === 0, 2_000)
  })
})
