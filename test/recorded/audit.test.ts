import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ModelId } from '../../src/domain/names.ts'
import { auditHash, AuditLog, findChainBreak, type AuditEvent } from '../../src/recorded/audit.ts'
import { readCheckpoint, fenceCheckpoint, writeCheckpoint, COMPILER } from '../../src/recorded/checkpoint.ts'
import type { Item } from '../../src/recorded/tables.ts'
import { writeItem } from '../../src/recorded/write-item.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { FakeTables } from '../support/fake-tables.ts'
import { writerOf } from './writer.ts'

const model = '/abc/claim/docs' as ModelId
const event = (change: string, rest: Partial<AuditEvent> = {}): AuditEvent => ({
  event: 'registry.upsert',
  who: 'alice@example.com',
  what: `${model}@1`,
  revision: 'main@sha1:0',
  planDigest: 'sha256:1',
  result: 'done',
  change,
  ...rest,
})

let tables: FakeTables
let clock: FakeClock
const log = (): AuditLog => new AuditLog(tables, clock)
const chain = (): Promise<readonly Item[]> =>
  tables.query('steward-control', { partition: { attribute: 'pk', value: `audit#${model}` } })

beforeEach(() => {
  tables = new FakeTables()
  clock = new FakeClock()
})

describe('the audit log', () => {
  test('is a chain of hashes, in the order of the changes', async () => {
    const audit = log()
    for (const change of ['a', 'b', 'c']) await audit.append(writerOf(1), model, event(change))
    const items = await chain()
    expect(items.map(({ sk, change }) => [sk, change])).toEqual([
      ['000000001', 'a'],
      ['000000002', 'b'],
      ['000000003', 'c'],
    ])
    expect(items[0]?.previous).toBe('')
    expect(items[1]?.previous).toBe(items[0]?.hash)
    expect(findChainBreak(items)).toBeNull()
  })

  test('goes on where another process ended, also under a later lease', async () => {
    await log().append(writerOf(1), model, event('a'))
    await log().append(writerOf(2), model, event('b'))
    expect(findChainBreak(await chain())).toBeNull()
    expect(await chain()).toHaveLength(2)
  })

  test('does not record a change twice that was not made, also when others come before it is tried again', async () => {
    await log().append(writerOf(1), model, event('a'))
    const later = log()
    for (const change of ['b', 'a', 'c', 'b']) await later.append(writerOf(2), model, event(change))
    expect((await chain()).map(({ change }) => change)).toEqual(['a', 'b', 'c'])
    expect(findChainBreak(await chain())).toBeNull()
  })

  test('does not record the same change twice in a row, whoever tries', async () => {
    await log().append(writerOf(1), model, event('a'))
    await log().append(writerOf(2), model, event('a', { planDigest: 'sha256:2' }))
    expect(await chain()).toHaveLength(1)
  })

  test.each(['lost_before', 'lost_after'] as const)(
    'a lost answer (%s) leaves no gap and no second entry',
    async (fault) => {
      const audit = log()
      await audit.append(writerOf(1), model, event('a'))
      tables.loseAnswers(fault)
      await expect(audit.append(writerOf(1), model, event('b'))).rejects.toMatchObject({ retry: 'backoff' })
      await audit.append(writerOf(1), model, event('b'))
      await audit.append(writerOf(1), model, event('c'))
      expect((await chain()).map(({ change }) => change)).toEqual(['a', 'b', 'c'])
      expect(findChainBreak(await chain())).toBeNull()
    },
  )

  test('two controllers at once: one entry wins, the other is told and goes on behind it', async () => {
    const [one, other] = [log(), log()]
    await one.append(writerOf(1), model, event('a'))
    await other.append(writerOf(2), model, event('b'))
    await expect(one.append(writerOf(1), model, event('c'))).rejects.toMatchObject({ code: 'write_conflict' })
    await one.append(writerOf(1), model, event('c'))
    expect((await chain()).map(({ change }) => change)).toEqual(['a', 'b', 'c'])
    expect(findChainBreak(await chain())).toBeNull()
  })

  test('findChainBreak finds every edit, every gap and every exchange', async () => {
    const audit = log()
    for (const change of ['a', 'b', 'c', 'd', 'e']) await audit.append(writerOf(1), model, event(change))
    const items = await chain()
    const fields = ['event', 'who', 'what', 'revision', 'plan_digest', 'result', 'change', 'at', 'previous', 'hash']
    fc.assert(
      fc.property(fc.nat(4), fc.constantFrom(...fields), (at, field) => {
        const edited = items.map((item, index) => (index === at ? { ...item, [field]: 'edited' } : item))
        expect(findChainBreak(edited)).toMatchObject({ sequence: items[at]?.sk })
      }),
    )
    fc.assert(
      fc.property(fc.nat(3), (at) => {
        expect(findChainBreak(items.toSpliced(at, 1))?.why).toBe('an entry before it is missing')
        const renumbered = items
          .toSpliced(at, 1)
          .map((item, index) => ({ ...item, sk: String(index + 1).padStart(9, '0') }))
        expect(findChainBreak(renumbered)).not.toBeNull()
      }),
    )
    const exchanged = items.map((item, index) => ({
      ...(items[[0, 2, 1, 3, 4][index] ?? 0] ?? item),
      sk: item.sk ?? '',
    }))
    expect(findChainBreak(exchanged)?.sequence).toBe('000000002')
  })

  test('findChainBreak finds an edit whose hash was made anew', async () => {
    const audit = log()
    for (const change of ['a', 'b', 'c']) await audit.append(writerOf(1), model, event(change))
    const items = await chain()
    const forged = items.map((item, index) => {
      if (index !== 1) return item
      const edited = { ...item, who: 'mallory@example.com' }
      return { ...edited, hash: auditHash(edited) }
    })
    expect(findChainBreak(forged)).toEqual({ sequence: '000000003', why: 'it does not follow the entry before it' })
  })
})

describe('writeItem', () => {
  const after = { pk: 'a', sk: 'b', note: 'ours' }
  const write = (epoch: number, before: Item | null, note = 'ours'): Promise<Item> =>
    writeItem(tables, writerOf(epoch), { table: 'steward-control', before, after: { ...after, note } })

  test("never touches somebody else's item (I7)", async () => {
    tables.force('steward-control', { pk: 'a', sk: 'b', note: 'theirs' })
    const found = await tables.get('steward-control', { pk: 'a', sk: 'b' })
    await expect(write(1, found)).rejects.toMatchObject({ code: 'item_foreign', kind: 'user' })
    await expect(write(1, null)).rejects.toMatchObject({ code: 'item_foreign' })
    expect(await tables.get('steward-control', { pk: 'a', sk: 'b' })).toEqual(found)
  })

  test('asks for the lease before anything is sent', async () => {
    const lost = new Error('lost')
    const writer = { ...writerOf(1), check: () => AbortSignal.abort(lost) }
    await expect(writeItem(tables, writer, { table: 'steward-control', before: null, after })).rejects.toBe(lost)
    expect(tables.puts).toEqual([])
  })

  test('an answer that never came ends the write; whether it landed is seen by reading', async () => {
    tables.loseAnswers('lost_after')
    await expect(write(1, null)).rejects.toMatchObject({ retry: 'backoff' })
    expect(await write(1, null)).toMatchObject({ rev: 1, fence: 1, note: 'ours' })
    expect(tables.puts).toHaveLength(1)
  })

  test('the same content under another epoch is not taken for its own', async () => {
    await write(1, null)
    await expect(write(2, null)).rejects.toMatchObject({ code: 'write_conflict' })
  })
})

describe('the checkpoint', () => {
  const checkpoint = {
    tree: 'tree',
    revision: 'main@sha1:1',
    compiler: COMPILER,
    settingsDigest: 'sha256:1',
    settled: true,
    complete: true,
    nextDue: null,
    stages: ['prod'],
    counts: { units: 1 },
  }

  test('is not written where it says nothing new', async () => {
    await writeCheckpoint(tables, writerOf(1), 'models', checkpoint)
    await writeCheckpoint(tables, writerOf(1), 'models', { ...checkpoint, revision: 'main@sha1:2', nextDue: 'later' })
    await fenceCheckpoint(tables, { ...writerOf(1), previous: null }, 'models')
    expect(tables.puts).toHaveLength(1)
  })

  test.each([
    ['tree', { tree: 'other' }],
    ['settings', { settingsDigest: 'sha256:2' }],
    ['settled', { settled: false }],
    ['compiler', { compiler: COMPILER + 1 }],
    ['counts', { counts: { units: 2 } }],
  ])('is written where its %s changed', async (_, change) => {
    await writeCheckpoint(tables, writerOf(1), 'models', checkpoint)
    await writeCheckpoint(tables, writerOf(1), 'models', { ...checkpoint, ...change })
    expect(tables.puts).toHaveLength(2)
  })

  test('a new holder fences it: what its predecessor then writes fails (I2)', async () => {
    await writeCheckpoint(tables, writerOf(1), 'models', checkpoint)
    const seen = await readCheckpoint(tables, 'models')
    await fenceCheckpoint(tables, { ...writerOf(2), previous: { holder: 'a:1', epoch: 1, released: false } }, 'models')
    const late = writeItem(tables, writerOf(1), {
      table: 'steward-control',
      before: seen,
      after: { ...seen, tree: 'old' },
    })
    await expect(late).rejects.toMatchObject({ code: 'write_conflict' })
    await expect(writeCheckpoint(tables, writerOf(1), 'models', { ...checkpoint, tree: 'old' })).rejects.toThrow()
    expect(await readCheckpoint(tables, 'models')).toMatchObject({ tree: 'tree', fence: 2 })
  })
})
