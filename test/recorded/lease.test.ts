import { beforeEach, describe, expect, test } from 'vitest'
import { acquireLease, currentHolder, leaseKey, type AcquireOutcome, type Lease } from '../../src/recorded/lease.ts'
import { writeItem } from '../../src/recorded/write-item.ts'
import type { Liveness } from '../../src/system/processes.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { FakeTables } from '../support/fake-tables.ts'

const LENGTH = 15_000

let tables: FakeTables
let clock: FakeClock
beforeEach(() => {
  tables = new FakeTables()
  clock = new FakeClock()
})

interface Contender {
  readonly pid: number
  readonly liveness?: Liveness
  readonly clock?: FakeClock
  readonly wait?: boolean
}

function acquire({ pid, liveness = 'unknown', clock: own = clock, wait = false }: Contender): Promise<AcquireOutcome> {
  const identity = { host: 'here', boot: 'b', pid, started: '1' }
  return acquireLease({ tables, clock: own, identity, livenessOf: () => liveness, lengthMs: LENGTH }, { wait })
}

async function hold(pid = 1): Promise<Lease> {
  const outcome = await acquire({ pid })
  if (outcome.kind !== 'acquired') throw new Error('the lease is held')
  return outcome.lease
}

describe('taking the lease', () => {
  test('a free lease is taken with epoch 1', async () => {
    const lease = await hold()
    expect(lease.epoch).toBe(1)
    expect(lease.check().aborted).toBe(false)
    expect(await currentHolder(tables, () => 'unknown')).toEqual({ holder: 'here:1', epoch: 1, released: false })
  })

  test('a released lease is taken at once, with the next epoch', async () => {
    const first = await hold(1)
    await first.release()
    expect(() => first.check()).toThrow('lease')
    expect((await hold(2)).epoch).toBe(2)
    expect(clock.monotonic()).toBe(0)
  })

  test('the lease of a dead process of this boot is taken at once', async () => {
    await hold(1)
    const outcome = await acquire({ pid: 2, liveness: 'dead' })
    expect(outcome).toMatchObject({ kind: 'acquired', lease: { previous: { holder: 'here:1', epoch: 1 } } })
    expect(await currentHolder(tables, () => 'dead')).toBeNull()
  })

  test('a live holder is named', async () => {
    await hold(1)
    const outcome = await acquire({ pid: 2, liveness: 'alive' })
    expect(outcome).toEqual({ kind: 'held', by: { holder: 'here:1', epoch: 1, released: false } })
  })

  test('a holder of whom nothing is known is named as soon as it renews', async () => {
    const lease = await hold(1)
    lease.start()
    const outcome = acquire({ pid: 2 })
    await clock.advance(LENGTH / 3 + 2_000)
    expect(await outcome).toMatchObject({ kind: 'held', by: { holder: 'here:1' } })
    await lease.release()
  })

  test('a holder that does not renew for the length of its lease is replaced, and not earlier', async () => {
    await hold(1)
    let taken: AcquireOutcome | null = null
    void acquire({ pid: 2, wait: true }).then((outcome) => (taken = outcome))
    await clock.advance(LENGTH - 1)
    expect(taken).toBeNull()
    await clock.advance(2_000)
    expect(taken).toMatchObject({ kind: 'acquired', lease: { epoch: 2 } })
  })

  test('a lease that is renewed is waited for without end', async () => {
    const lease = await hold(1)
    lease.start()
    let taken: AcquireOutcome | null = null
    void acquire({ pid: 2, wait: true }).then((outcome) => (taken = outcome))
    await clock.advance(10 * LENGTH)
    expect(taken).toBeNull()
    await lease.release()
    await clock.advance(2_000)
    expect(taken).toMatchObject({ kind: 'acquired', lease: { epoch: 2 } })
  })

  test('of two that take it at the same moment one has it, and the other names it', async () => {
    const outcomes = await Promise.all([1, 2].map((pid) => acquire({ pid, liveness: 'alive' })))
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['acquired', 'held'])
  })
})

describe('holding the lease', () => {
  test('each renewal carries it on by its length', async () => {
    const lease = await hold()
    lease.start()
    await clock.advance(10 * LENGTH)
    expect(lease.check().aborted).toBe(false)
    expect((await tables.get('steward-control', leaseKey))?.beat).toBe(30)
    await lease.release()
  })

  test('after its deadline check refuses, and says that the lease is lost', async () => {
    const lease = await hold()
    clock.pause(LENGTH - 1)
    expect(lease.check().aborted).toBe(false)
    clock.pause(1)
    expect(() => lease.check()).toThrow(expect.objectContaining({ code: 'lease_lost' }))
    expect(lease.lost.aborted).toBe(true)
  })

  test('a renewal that finds another holder ends it', async () => {
    const lease = await hold(1)
    lease.start()
    await acquire({ pid: 2, liveness: 'dead' })
    await clock.advance(LENGTH / 3)
    expect(() => lease.check()).toThrow('another controller took it')
  })

  test.each(['lost_before', 'lost_after'] as const)(
    'a renewal whose answer is lost (%s) is made up for',
    async (fault) => {
      const lease = await hold()
      lease.start()
      tables.loseAnswers(fault)
      await clock.advance(3 * LENGTH)
      expect(lease.check().aborted).toBe(false)
      await lease.release()
    },
  )

  test('a renewal whose answer was lost counts from when it was first sent: others may have seen it since', async () => {
    const lease = await hold(1)
    lease.start()
    tables.loseAnswers('lost_after')
    await clock.advance(LENGTH / 3) // lands, unknown to its holder
    let taken: AcquireOutcome | null = null
    const other = new FakeClock()
    void acquire({ pid: 2, wait: true, clock: other }).then((outcome) => (taken = outcome))
    await clock.advance(LENGTH / 3) // sent again, and recognised
    await other.advance(LENGTH / 3)
    // Its holder is paused now; the other one has seen no other beat for a whole length.
    clock.pause((2 * LENGTH) / 3)
    await other.advance((2 * LENGTH) / 3 + 2_000)
    expect(taken).toMatchObject({ kind: 'acquired', lease: { epoch: 2 } })
    expect(() => lease.check()).toThrow(expect.objectContaining({ code: 'lease_lost' }))
  })

  test('what a paused holder still writes is refused where its successor was (I2)', async () => {
    const first = await hold(1)
    const write = (lease: Lease, before: Parameters<typeof writeItem>[2]['before'], note: string) =>
      writeItem(tables, lease, { table: 'steward-control', before, after: { pk: 'unit#a', sk: 'status', note } })
    const seen = await write(first, null, 'first')
    const outcome = await acquire({ pid: 2, liveness: 'dead' })
    if (outcome.kind !== 'acquired') throw new Error('the lease is held')
    await write(outcome.lease, seen, 'second')
    await expect(write(first, seen, 'late')).rejects.toMatchObject({ code: 'write_conflict' })
    clock.pause(LENGTH)
    await expect(write(first, seen, 'later')).rejects.toMatchObject({ code: 'lease_lost' })
    expect(await tables.get('steward-control', { pk: 'unit#a', sk: 'status' })).toMatchObject({
      note: 'second',
      fence: 2,
    })
  })

  test('nothing can be written any more once the release is on its way', async () => {
    const lease = await hold()
    let sent = 0
    tables.onPut = () => {
      sent += 1
      expect(() => lease.check()).toThrow('lease')
      return null
    }
    await lease.release()
    expect(sent).toBe(1)
    expect((await tables.get('steward-control', leaseKey))?.released).toBe(true)
  })
})
