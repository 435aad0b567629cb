import fc from 'fast-check'
import { load } from 'js-yaml'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import type { Json } from '../../../src/domain/json.ts'
import { editYaml, type Edit } from '../../../src/declared/edits/edit-yaml.ts'
import { sameValue } from '../../../src/declared/edits/edited-value.ts'
import { documentRoot, documentStyle, jsonValue } from './arbitraries.ts'
import { renderRandom, type ItemLines, type RandomDocument } from './random-document.ts'

const runs = Number(process.env['STEWARD_TEST_EDITS'] ?? 2_000)
const seed = process.env['STEWARD_TEST_SEED']

interface Picked {
  readonly edit: Edit
  readonly item: ItemLines
  readonly expected: Json
  /** Whether a collection, with what is inside of it, gives place to another value. */
  readonly replaces: boolean
}

type Verb = 'set' | 'add' | 'insert' | 'delete'

/** The edit, the item that it is about (its place, or the sibling or parent of what is added), and the new value. */
function pickEdit(before: Json, document: RandomDocument, [verb, where, value]: [Verb, number, Json]): Picked | null {
  const item = document.items[where % Math.max(1, document.items.length)]
  if (item === undefined) return null
  const expected = structuredClone(before) as Mutable
  const parentPath = item.path.slice(0, -1)
  const parent = parentPath.reduce<Mutable>((held, segment) => (held as MutableObject)[segment] as Mutable, expected)
  const last = item.path.at(-1) ?? ''
  if (verb === 'delete') {
    if (Array.isArray(parent)) parent.splice(Number(last), 1)
    else delete (parent as MutableObject)[last]
    return { edit: { kind: 'delete', path: item.path }, item, expected, replaces: false }
  }
  if (verb === 'set') {
    const old = (parent as MutableObject)[last]
    const replaces = typeof old === 'object' && old !== null
    ;(parent as MutableObject)[last] = value
    return { edit: { kind: 'set', path: item.path, value }, item, expected, replaces }
  }
  if (Array.isArray(parent)) {
    parent.push(value)
    return { edit: { kind: 'set', path: [...parentPath, parent.length - 1], value }, item, expected, replaces: false }
  }
  ;(parent as MutableObject)['new'] = value
  const path = [...parentPath, 'new']
  return {
    edit: verb === 'add' ? { kind: 'set', path, value } : { kind: 'insert', path, value, after: String(last) },
    item,
    expected,
    replaces: false,
  }
}

type Mutable = Json | Mutable[] | MutableObject
type MutableObject = { [key: string | number]: Mutable }

function otherReading(text: string): unknown {
  try {
    return load(text)
  } catch (error) {
    return error
  }
}

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []
const bare = (line: string | undefined): string => (line ?? '').replace(/\r?\n$/, '')

function isSubsequence(few: readonly string[], many: readonly string[]): boolean {
  let at = 0
  for (const line of many) if (at < few.length && bare(few[at]) === bare(line)) at += 1
  return at === few.length
}

/** The lines of the item at a path and everything in it, in its parent's flow collection if it is in one. */
function touchable(document: RandomDocument, item: ItemLines): { readonly from: number; readonly to: number } {
  const outer = item.inFlow
    ? document.items
        .filter(({ path, inFlow }) => !inFlow && path.every((segment, index) => segment === item.path[index]))
        .toSorted((a, b) => b.path.length - a.path.length)[0]
    : item
  return outer === undefined ? { from: 0, to: Infinity } : { from: outer.first, to: outer.tail }
}

/** Null if only the lines that the edit is about have changed. */
function strayChange(document: RandomDocument, after: string, edit: Edit, item: ItemLines): string | null {
  const [old, fresh] = [linesOf(document.text), linesOf(after)]
  if (edit.kind === 'delete' && item.ownLines) {
    const kept = [...old.slice(0, item.head), ...old.slice(item.tail + 1)]
    const exact = kept.slice(0, -1).every((line, index) => line === fresh[index])
    return exact && kept.length === fresh.length && bare(kept.at(-1)) === bare(fresh.at(-1))
      ? null
      : 'a deleted item left or took lines'
  }
  if (edit.kind !== 'delete' && !item.inFlow && !same(edit.path, item.path)) {
    return isSubsequence(old, fresh) ? null : 'an added item changed lines that exist'
  }
  const { from, to } = touchable(document, item)
  const head = edit.kind === 'delete' && !item.inFlow ? Math.max(0, Math.min(item.head, from) - 1) : from
  const extra = edit.kind === 'delete' ? 4 : 0
  const [before, behind] = [
    old.slice(0, Math.max(0, head - extra)),
    old.slice(to === Infinity ? old.length : to + 1 + extra),
  ]
  const kept = fresh.slice(0, before.length).every((line, index) => line === before[index])
  const tail = behind.length === 0 || fresh.slice(-behind.length).every((line, index) => line === behind[index])
  return kept && tail ? null : 'lines outside of the item changed'
}

/** A comment that is gone although it is neither the deleted item's nor inside of a replaced collection. */
function lostComment(document: RandomDocument, after: string, { edit, item, replaces }: Picked): string | null {
  if (replaces || (edit.kind === 'delete' && item.inFlow)) return null
  const lines = linesOf(document.text)
  const kept = edit.kind === 'delete' ? [...lines.slice(0, item.head), ...lines.slice(item.tail + 1)] : lines
  const comments = kept.flatMap((line) => / ?# c\d+/.exec(line)?.[0].trim() ?? [])
  const found = new Set(after.match(/# c\d+/g))
  return comments.find((comment) => !found.has(comment)) ?? null
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((segment, index) => segment === b[index])
}

test('a random edit of a random document gives the wanted value and leaves every other line alone, or is refused', () => {
  let [edits, refused] = [0, 0]
  const reasons = new Map<string, number>()
  const verbs = fc.constantFrom<Verb>('set', 'add', 'insert', 'delete')
  fc.assert(
    fc.property(documentRoot, documentStyle, verbs, fc.nat(), jsonValue, (value, style, verb, where, fresh) => {
      const document = renderRandom(value, style)
      expect(parse(document.text, { version: '1.2', uniqueKeys: false }), document.text).toEqual(value)
      const picked = pickEdit(value, document, [verb, where, fresh])
      if (picked === null) return
      edits += 1
      const result = editYaml(document.text, [picked.edit])
      if ('problem' in result) {
        refused += 1
        reasons.set(result.problem.message, (reasons.get(result.problem.message) ?? 0) + 1)
        return
      }
      expect(parse(result.text, { version: '1.2', uniqueKeys: false })).toEqual(picked.expected)
      // Another reader must agree, wherever it accepts what the author wrote.
      if (sameValue(otherReading(document.text), value)) expect(otherReading(result.text)).toEqual(picked.expected)
      const told = `${document.text}\n=>\n${result.text}`
      expect(strayChange(document, result.text, picked.edit, picked.item), told).toBeNull()
      expect(lostComment(document, result.text, picked), told).toBeNull()
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed: Number(seed) }) },
  )
  expect(edits).toBeGreaterThan(runs * 0.9)
  expect(refused / edits, JSON.stringify([...reasons])).toBeLessThan(0.002)
}, 300_000)
