import { beforeEach, describe, expect, test } from 'vitest'
import type { Item, QueryRequest, Tables } from '../../src/recorded/tables.ts'
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

    test('a query finds what begins so, and what does not come after a text', async () => {
      for (const sk of ['a#1', 'a#2', 'b#1', 'c#1']) await tables.put('steward-control', item(sk), absent)
      const found = async (sort: QueryRequest['sort']): Promise<unknown[]> =>
        (await tables.query('steward-control', { partition: partition(), ...(sort && { sort }) })).map(({ sk }) => sk)
      expect(await found({ beginsWith: 'a#' })).toEqual(['a#1', 'a#2'])
      expect(await found({ atMost: 'b#1' })).toEqual(['a#1', 'a#2', 'b#1'])
      const served = { model: pk, deployment_id: 1, stage: pk, served_from: '2026-03-01', rev: 1, fence: 1 }
      await tables.put('model-deployment', served, absent)
      await tables.put('model-deployment', { ...served, deployment_id: 2, served_from: '2026-04-01' }, absent)
      const request = { partition: { attribute: 'stage', value: pk }, index: 'by-stage' }
      const then = await tables.query('model-deployment', { ...request, sort: { atMost: '2026-03-31' } })
      expect(then.map((each) => each.deployment_id)).toEqual([1])
    })

    test('a scan gives every item whole', async () => {
      const items = ['a', 'b'].map((model_name) => ({ namespace: pk, model_name, rev: 1, fence: 1, status: 'active' }))
      for (const each of items) await tables.put('model-catalog', each, absent)
      const found = (await tables.scan('model-catalog')).filter(({ namespace }) => namespace === pk)
      expect(found.toSorted((a, b) => (String(a.model_name) < String(b.model_name) ? -1 : 1))).toEqual(items)
    })

    test('gives the items of many keys, beyond a hundred and beyond one answer, without those that are not there', async () => {
      const text = 'x'.repeat(180_000)
      const large = Array.from({ length: 95 }, (_, n) => `large ${n}`)
      const small = Array.from({ length: 120 }, (_, n) => `small ${n}`)
      await Promise.all(large.map((sk) => tables.put('steward-control', item(sk, { text }), absent)))
      await Promise.all(small.map((sk) => tables.put('steward-control', item(sk), absent)))
      const keys = [...large, ...small, 'missing'].map((sk) => ({ pk, sk }))
      const found = await tables.getMany('steward-control', keys)
      expect(found.map(({ sk }) => String(sk)).toSorted()).toEqual([...large, ...small].toSorted())
      expect(found.filter((each) => each.text === text)).toHaveLength(95)
      expect(await tables.getMany('steward-control', [])).toEqual([])
    })

    test('claims an item without rev, once, and leaves its other attributes', async () => {
      const foreign = { pk, sk: 'foreign', note: 'theirs', large: 1e20, nested: { list: [null, ''] } }
      await tables.put('steward-control', foreign, absent)
      const claim = { rev: 1, fence: 4, status: 'retired' }
      expect(await tables.claim('steward-control', { pk, sk: 'foreign' }, claim)).toBe('written')
      expect(await read('foreign')).toEqual({ ...foreign, ...claim })
      expect(await tables.claim('steward-control', { pk, sk: 'foreign' }, { rev: 1, fence: 5 })).toBe('conflict')
      expect(await tables.claim('steward-control', { pk, sk: 'missing' }, claim)).toBe('conflict')
      expect(await read('missing')).toBeNull()
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
