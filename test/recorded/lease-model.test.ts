import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acquireLease, leaseKey, type Lease } from '../../src/recorded/lease.ts'
import type { Item } from '../../src/recorded/tables.ts'
import { writeItem } from '../../src/recorded/write-item.ts'
import { FakeClock, settle } from '../support/fake-clock.ts'
import { FakeTables } from '../support/fake-tables.ts'

const LENGTH = 1_200

/** A contender on a machine of its own: its clock shows another time, and it may be paused. */
class Contender {
  readonly clock: FakeClock
  readonly #tables: FakeTables
  readonly #pid: number
  #waiting = false
  lease: Lease | null = null

  constructor(tables: FakeTables, pid: number, skewMs: number) {
    this.#tables = tables
    this.#pid = pid
    this.clock = new FakeClock({ startMs: skewMs })
  }

  /** Stands by for the lease, as a daemon does. */
  standBy(): void {
    if (this.#waiting || this.holds) return
    this.#waiting = true
    const identity = { host: `machine-${this.#pid}`, boot: 'b', pid: this.#pid, started: '1' }
    const options = { tables: this.#tables, clock: this.clock, identity, livenessOf: () => 'unknown' as const }
    void acquireLease({ ...options, lengthMs: LENGTH }, { wait: true })
      .then((outcome) => {
        if (outcome.kind === 'acquired') this.lease = outcome.lease
        this.lease?.start()
      })
      .catch(() => undefined)
      .finally(() => {
        this.#waiting = false
      })
  }

  get holds(): boolean {
    try {
      return this.lease !== null && !this.lease.check().aborted
    } catch {
      return false
    }
  }

  /** Takes the item over at first, as a new holder does, then counts on it. */
  async write(): Promise<boolean> {
    if (this.lease === null) return false
    const key = { pk: 'unit#a', sk: 'status' }
    const before = await this.#tables.get('steward-control', key)
    const after: Item = { ...key, by: this.#pid, epoch: this.lease.epoch }
    const request = { table: 'steward-control', before, after } as const
    return writeItem(this.#tables, this.lease, request).then(
      () => true,
      () => false,
    )
  }
}

type Step =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'pause'; readonly who: 0 | 1; readonly ms: number }
  | { readonly kind: 'release' | 'write' | 'lose_before' | 'lose_after'; readonly who: 0 | 1 }

const who = fc.constantFrom(0 as const, 1 as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 900 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pause' as const), who, ms: fc.integer({ min: 1, max: 3 * LENGTH }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('release' as const, 'write' as const, 'lose_before' as const, 'lose_after' as const),
      who,
    }),
  },
)

/** Real time passes for both: a paused contender's clock goes on, but nothing of it runs. */
async function pass(contenders: readonly Contender[], paused: number | null, ms: number): Promise<void> {
  await settle()
  for (let left = ms; left > 0; left -= 25) {
    const slice = Math.min(25, left)
    // All clocks first: nobody may act at a moment that the other has not reached.
    for (const { clock } of contenders) clock.pause(slice)
    for (const [index, { clock }] of contenders.entries()) if (index !== paused) await clock.advance(0)
  }
}

describe('two contenders with clocks of their own, pauses and lost answers', () => {
  test('are never both holders, and epochs only grow (I2)', async () => {
    let takeOvers = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 25 }),
        fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000)),
        async (steps, skews) => {
          const tables = new FakeTables()
          const contenders = skews.map((skew, index) => new Contender(tables, index + 1, skew))
          let epoch = 0
          let fence = 0
          for (const next of steps) {
            for (const contender of contenders) contender.standBy()
            if (next.kind === 'pass') await pass(contenders, null, next.ms)
            else if (next.kind === 'pause') await pass(contenders, next.who, next.ms)
            else if (next.kind === 'lose_before') tables.loseAnswers('lost_before')
            else if (next.kind === 'lose_after') tables.loseAnswers('lost_after')
            else if (next.kind === 'release') await release(contenders[next.who])
            else await contenders[next.who]?.write()
            await settle()
            expect(contenders.filter(({ holds }) => holds).length).toBeLessThanOrEqual(1)
            const item = await tables.get('steward-control', leaseKey)
            expect(Number(item?.epoch ?? 0)).toBeGreaterThanOrEqual(epoch)
            if (Number(item?.epoch ?? 0) > epoch) takeOvers += 1
            epoch = Number(item?.epoch ?? 0)
            const written = await tables.get('steward-control', { pk: 'unit#a', sk: 'status' })
            expect(Number(written?.fence ?? 0)).toBeGreaterThanOrEqual(fence)
            fence = Number(written?.fence ?? 0)
          }
        },
      ),
      { numRuns: 300, seed: 20_260_102 },
    )
    expect(takeOvers).toBeGreaterThan(200)
  })
})

async function release(contender: Contender | undefined): Promise<void> {
  if (contender?.holds !== true) return
  const { lease } = contender
  contender.lease = null
  await lease?.release()
}
