import { beforeEach, describe, expect, test } from 'vitest'
import type { Item, Tables } from '../../src/recorded/tables.ts'
import { writeItem } from '../../src/recorded/write-item.ts'
import { writerOf } from './writer.ts'

const absent = { kind: 'absent' } as const
const unchanged = (rev: number, fence: number): { kind: 'unchanged'; rev: number; fence: number } => ({
  kind: 'unchanged',
  rev,
  fence,
})

/** What every adapter of Tables must do. `name` gives a partition that no other test uses. */
export function describeTables(what: string, open: () => Promise<Tables>): void {
  describe(`the Tables contract on ${what}`, () => {
    let tables: Tables
    let pk: string
    const item = (sk: string, rest: Item = {}): Item => ({ pk, sk, rev: 1, fence: 1, ...rest })
    const read = (sk: string): Promise<Item | null> => tables.get('steward-control', { pk, sk })
    const partition = (): { attribute: string; value: string } => ({ attribute: 'pk', value: pk })

    beforeEach(async () => {
      tables = await open()
      pk = `contract#${crypto.randomUUID()}`
    })

    test('gives null for an item that is not there', async () => {
      expect(await read('nothing')).toBeNull()
    })

    test('creates an item once', async () => {
      expect(await tables.put('steward-control', item('a', { note: 'first' }), absent)).toBe('written')
      expect(await tables.put('steward-control', item('a', { note: 'second' }), absent)).toBe('conflict')
      expect(await read('a')).toEqual(item('a', { note: 'first' }))
    })

    test('creates beside an item of the same partition', async () => {
      await tables.put('steward-control', item('a'), absent)
      expect(await tables.put('steward-control', item('b'), absent)).toBe('written')
    })

    test.each([
      ['the same rev and fence', 1, 1, 'written'],
      ['a later epoch', 1, 7, 'written'],
      ['an earlier epoch than the item was written with', 1, 0, 'conflict'],
      ['a rev that has passed', 0, 1, 'conflict'],
      ['a rev that is yet to come', 2, 1, 'conflict'],
    ])('replaces an item under %s: rev %i, epoch %i → %s', async (_, rev, epoch, answer) => {
      await tables.put('steward-control', item('a'), absent)
      const after = item('a', { rev: 2, fence: epoch, note: 'new' })
      expect(await tables.put('steward-control', after, unchanged(rev, epoch))).toBe(answer)
      expect((await read('a'))?.note).toBe(answer === 'written' ? 'new' : undefined)
    })

    test('does not replace an item that is not there, or that has no rev', async () => {
      expect(await tables.put('steward-control', item('a'), unchanged(1, 1))).toBe('conflict')
      const { rev: _rev, ...foreign } = item('b')
      await tables.put('steward-control', foreign, absent)
      expect(await tables.put('steward-control', item('b'), unchanged(1, 1))).toBe('conflict')
    })

    test('replaces the whole item: what the new one has not is gone', async () => {
      await tables.put('steward-control', item('a', { old: true }), absent)
      await tables.put('steward-control', item('a', { rev: 2 }), unchanged(1, 1))
      expect(await read('a')).toEqual(item('a', { rev: 2 }))
    })

    test.each<[string, Item]>([
      ['empty text', { text: '', list: [''], map: { text: '' } }],
      ['null, deep within', { nothing: null, list: [null, [null]], map: { nothing: null } }],
      ['empty lists and maps', { list: [], map: {}, nested: [[], {}] }],
      ['integers up to 2^53 - 1', { most: Number.MAX_SAFE_INTEGER, least: Number.MIN_SAFE_INTEGER, zero: 0 }],
      ['fractions', { tenth: 0.1, sum: 0.1 + 0.2, small: 1e-100, large: 1.5e20, third: 1 / 3, negative: -2.5 }],
      ['truth values', { yes: true, no: false, list: [true, false] }],
      ['text of all planes', { text: 'ä\u0000\u{1F600}\n\t"\\', 'key with ü and space': '1' }],
    ])('gives back %s as it was', async (_, rest) => {
      await tables.put('steward-control', item('a', rest), absent)
      expect(await read('a')).toEqual(item('a', rest))
    })

    test('orders text by its bytes and numbers by value', async () => {
      for (const sk of ['b', 'a', 'B', 'é', '10', '9']) await tables.put('steward-control', item(sk), absent)
      const found = await tables.query('steward-control', { partition: partition() })
      expect(found.map(({ sk }) => sk)).toEqual(['10', '9', 'B', 'a', 'b', 'é'])
      for (const model_version of [10, 9, 100, 1]) {
        await tables.put('model-registry', { model: pk, model_version, rev: 1, fence: 1 }, absent)
      }
      const numbers = await tables.query('model-registry', { partition: { attribute: 'model', value: pk } })
      expect(numbers.map((entry) => entry.model_version)).toEqual([1, 9, 10, 100])
    })

    test('gives the last ones first when asked, and no more than asked', async () => {
      for (const sk of ['1', '2', '3', '4']) await tables.put('steward-control', item(sk), absent)
      const last = await tables.query('steward-control', { partition: partition(), descending: true, limit: 2 })
      expect(last.map(({ sk }) => sk)).toEqual(['4', '3'])
      const first = await tables.query('steward-control', { partition: partition(), limit: 3 })
      expect(first.map(({ sk }) => sk)).toEqual(['1', '2', '3'])
      const nothing = await tables.query('steward-control', { partition: { attribute: 'pk', value: `${pk}-not` } })
      expect(nothing).toEqual([])
    })

    test('a query answers all pages, beyond 1 MB, and a limit across them', async () => {
      const text = 'x'.repeat(300_000)
      for (const sk of ['1', '2', '3', '4', '5', '6']) await tables.put('steward-control', item(sk, { text }), absent)
      const all = await tables.query('steward-control', { partition: partition() })
      expect(all.map(({ sk }) => sk)).toEqual(['1', '2', '3', '4', '5', '6'])
      expect(all.every((found) => found.text === text)).toBe(true)
      const limited = await tables.query('steward-control', { partition: partition(), descending: true, limit: 5 })
      expect(limited.map(({ sk }) => sk)).toEqual(['6', '5', '4', '3', '2'])
    })

    test('a query on an index finds the items that have its keys', async () => {
      const live = (deployment_id: number, rest: Item): Item => ({
        model: pk,
        deployment_id,
        rev: 1,
        fence: 1,
        ...rest,
      })
      await tables.put('model-deployment', live(1, { live_stage: pk, status: 'live' }), absent)
      await tables.put('model-deployment', live(2, { status: 'retired' }), absent)
      const found = await tables.query('model-deployment', {
        partition: { attribute: 'live_stage', value: pk },
        index: 'live-by-stage',
      })
      expect(found).toEqual([live(1, { live_stage: pk, status: 'live' })])
    })

    test('a scan gives every item with only the named attributes, reserved words among them', async () => {
      const rest = { status: 'active', name: 'n', value: 1, date: 'd', hash: 'h', secret: 'left out' }
      const names = ['status', 'name', 'value', 'date', 'hash', 'missing']
      await tables.put('model-catalog', { namespace: pk, model_name: 'a', rev: 1, fence: 1, ...rest }, absent)
      await tables.put('model-catalog', { namespace: pk, model_name: 'b', rev: 1, fence: 1 }, absent)
      const found = await tables.scan('model-catalog', ['namespace', 'model_name', ...names])
      const own = found.filter(({ namespace }) => namespace === pk)
      expect(own.toSorted((a, b) => (String(a.model_name) < String(b.model_name) ? -1 : 1))).toEqual([
        { namespace: pk, model_name: 'a', status: 'active', name: 'n', value: 1, date: 'd', hash: 'h' },
        { namespace: pk, model_name: 'b' },
      ])
    })

    test('writeItem counts rev, sets the fence, and refuses who comes second', async () => {
      const created = await writeItem(tables, writerOf(3), { table: 'steward-control', before: null, after: item('a') })
      expect(created).toEqual(item('a', { rev: 1, fence: 3 }))
      const changed = { ...created, note: 'changed' }
      const second = await writeItem(tables, writerOf(4), { table: 'steward-control', before: created, after: changed })
      expect(second).toEqual({ ...changed, rev: 2, fence: 4 })
      const late = writeItem(tables, writerOf(3), { table: 'steward-control', before: created, after: created })
      await expect(late).rejects.toMatchObject({ code: 'write_conflict', retry: 'backoff' })
      const fenced = writeItem(tables, writerOf(3), { table: 'steward-control', before: second, after: created })
      await expect(fenced).rejects.toMatchObject({ code: 'write_conflict' })
      expect(await read('a')).toEqual(second)
    })

    test('writeItem knows a write of its own again whose answer was lost', async () => {
      const request = {
        table: 'steward-control',
        before: null,
        after: item('a', { float: 0.1, list: [null, ''] }),
      } as const
      const first = await writeItem(tables, writerOf(1), request)
      expect(await writeItem(tables, writerOf(1), request)).toEqual(first)
      expect((await read('a'))?.rev).toBe(1)
    })

    test('ends with the reason of a signal that is aborted', async () => {
      const reason = new Error('the lease was lost')
      const aborted = AbortSignal.abort(reason)
      await expect(tables.put('steward-control', item('a'), absent, aborted)).rejects.toBe(reason)
      await expect(tables.get('steward-control', { pk, sk: 'a' }, aborted)).rejects.toBe(reason)
      expect(await read('a')).toBeNull()
    })
  })
}
