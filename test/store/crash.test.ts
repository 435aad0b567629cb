import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import library from 'dynalite/db/index.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { contents, expectKept, put, startLoad, TABLE } from './support/load.ts'
import { engineOf, kill, processesNaming, storeFixture, type StoreFixture, until } from './support/store-fixture.ts'

let store: StoreFixture
beforeEach(async () => {
  store = await storeFixture()
})
afterEach(() => store.dispose())

describe('a store that is killed', () => {
  test('under write load keeps every acknowledged write, and its indexes agree with their tables', async () => {
    for (let round = 1; round <= 2; round += 1) {
      const { endpoint, pid } = await store.connect()
      const client = store.client({ endpoint, pid })
      const load = startLoad(client, round * 100_000)
      // However slow the machine: every key has been written before the kill, which comes at another moment each round.
      await until('every key is written', async () => load.acknowledged.size === 20, 30_000)
      await new Promise((resolve) => setTimeout(resolve, 150 + round * 37))
      kill(pid)
      await load.stop()
      await expectKept(store.client(await store.connect()), load)
    }
    expect(await readFile(join(store.state, 'store', 'store.log'), 'utf8')).toContain('the store ended uncleanly')
  })

  test('repairs an index that lacks, holds too much of, or contradicts its table', async () => {
    const { endpoint, pid } = await store.connect()
    const client = store.client({ endpoint, pid })
    for (let n = 0; n < 5; n += 1) await put(client, `m${n}`, n)
    kill(pid)
    await until('both have ended', async () => (await processesNaming(store.state)).length === 0)
    // The engine's lock on its data may outlive what can be seen of its process.
    await until('the data can be opened', () => damageIndex(join(store.state, 'store', 'data')).then(() => true))

    const next = store.client(await store.connect())
    expect(await contents(next, 'by-owner')).toEqual(['m0 0', 'm1 1', 'm2 2', 'm3 3', 'm4 4'])
    const log = await readFile(join(store.state, 'store', 'store.log'), 'utf8')
    expect(log).toContain('indexes repaired: 2 entries rewritten, 1 deleted')
  })
})

async function damageIndex(path: string): Promise<void> {
  const { db } = library.create({ path })
  // By itself: while it can not be opened a waiting iterator throws where nobody can catch it.
  await db.open()
  const prefix = `index-global~${TABLE}~by-owner~`
  const entries: [string, Record<string, unknown>][] = []
  for await (const [key, value] of db.iterator({ gte: prefix, lt: `${prefix}\u00ff` })) {
    entries.push([key, value as Record<string, unknown>])
  }
  const [first, second, third] = entries
  if (first === undefined || second === undefined || third === undefined) throw new Error('no entries')
  await db.del(first[0])
  await db.put(second[0], { ...second[1], rev: { N: '999' } })
  await db.put(`${third[0]}0`, { ...third[1], model_name: { S: 'gone' } })
  await db.close()
}

describe('an engine that is killed', () => {
  test('is started again, and the next request works', async () => {
    const address = await store.connect()
    const client = store.client(address)
    await put(client, 'm', 1)
    for (let round = 2; round <= 4; round += 1) {
      kill(await engineOf(store.state))
      await put(client, 'm', round)
    }
    const Key = { namespace: { S: '/load' }, model_name: { S: 'm' } }
    const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key, ConsistentRead: true }))
    expect(Item?.['rev']?.N).toBe('4')
    expect(await store.connect()).toEqual(address)
  })

  test('under load costs clients a retry by the SDK, no error', async () => {
    const client = store.client(await store.connect())
    let stop = false
    const writers = Array.from({ length: 10 }, async (_, writer) => {
      let turn = 0
      for (; !stop; turn += 1) await put(client, `m${writer}`, turn)
      return `m${writer} ${turn - 1}`
    })
    for (let round = 0; round < 2; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      kill(await engineOf(store.state))
      await new Promise((resolve) => setTimeout(resolve, 700))
    }
    stop = true
    const written = (await Promise.all(writers)).toSorted()
    expect(await contents(client)).toEqual(written)
    expect(await contents(client, 'by-owner')).toEqual(written)
  })
})
