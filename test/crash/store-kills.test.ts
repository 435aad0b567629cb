import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { expectKept, startLoad } from '../store/support/load.ts'
import { engineOf, kill, storeFixture, type StoreFixture, until } from '../store/support/store-fixture.ts'

const ROUNDS = 25

let store: StoreFixture
beforeEach(async () => {
  store = await storeFixture()
})
afterEach(() => store.dispose())

describe('a store under write load', () => {
  test(`killed ${ROUNDS} times, itself and its engine in turn, keeps what it acknowledged and its indexes`, async () => {
    let kept = 0
    for (let round = 1; round <= ROUNDS; round += 1) {
      const address = await store.connect()
      const engine = await engineOf(store.state)
      const load = startLoad(store.client(address), round * 100_000)
      // However slow the machine: every key has been written before the kill, which comes at another moment each round.
      await until('every key is written', async () => load.acknowledged.size === 20, 30_000)
      await new Promise((resolve) => setTimeout(resolve, 40 + ((round * 37) % 200)))
      if (round % 2 === 1) kill(address.pid)
      else {
        kill(engine)
        // The store goes on with another engine, and so does the load.
        const another = async (): Promise<boolean> => (await engineOf(store.state).catch(() => engine)) !== engine
        await until('another engine runs', another, 30_000)
      }
      await load.stop()
      await expectKept(store.client(await store.connect()), load)
      kept += 1
    }
    const log = await readFile(join(store.state, 'store', 'store.log'), 'utf8')
    const repairs = log.match(/indexes repaired/g)?.length ?? 0
    console.log(`SIGKILL of the store or its engine: ${ROUNDS} tried, ${kept} kept everything, ${repairs} by a repair`)
  })
})
