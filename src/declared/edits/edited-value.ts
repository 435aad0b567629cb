import { isJsonObject } from '../../domain/json.ts'
import type { Edit } from './edit-yaml.ts'

type Change = { readonly put: unknown; readonly after?: string | undefined } | 'delete'

/** The value of a document after an edit that is possible: what the edited text has to read as. */
export function editedValue(value: unknown, edit: Edit): unknown {
  if (edit.kind === 'delete') return changed(value, edit.path, 'delete')
  const after = edit.kind === 'insert' ? edit.after : undefined
  return changed(value, edit.path, { put: edit.value, after })
}

function changed(value: unknown, path: readonly (string | number)[], change: Change): unknown {
  const [segment, ...rest] = path
  if (segment === undefined) return change === 'delete' ? undefined : change.put
  if (Array.isArray(value) || (!isJsonObject(value) && typeof segment === 'number')) {
    const items: readonly unknown[] = Array.isArray(value) ? value : []
    const index = Number(segment)
    if (rest.length === 0 && change === 'delete') return items.toSpliced(index, 1)
    return index === items.length
      ? [...items, changed(null, rest, change)]
      : items.with(index, changed(items[index], rest, change))
  }
  const key = String(segment)
  const entries: readonly (readonly [string, unknown])[] = isJsonObject(value) ? Object.entries(value) : []
  const at = entries.findIndex(([name]) => name === key)
  if (at >= 0 && rest.length === 0 && change === 'delete') return Object.fromEntries(entries.toSpliced(at, 1))
  if (at >= 0) return Object.fromEntries(entries.with(at, [key, changed(entries[at]?.[1], rest, change)]))
  const after = change !== 'delete' && rest.length === 0 ? change.after : undefined
  const sibling = entries.findIndex(([name]) => name === after)
  const place = sibling < 0 ? entries.length : sibling + 1
  return Object.fromEntries(entries.toSpliced(place, 0, [key, changed(null, rest, change)]))
}

/** Equality of what JSON can hold, with the order of keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]))
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b && !Array.isArray(a) === !Array.isArray(b)
  const [left, right] = [Object.entries(a), Object.entries(b)]
  return (
    left.length === right.length &&
    left.every(([key, value], index) => key === right[index]?.[0] && sameValue(value, right[index]?.[1]))
  )
}
