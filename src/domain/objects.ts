import { isJsonObject, type Json, type JsonObject } from './json.ts'

export interface FieldChange {
  readonly before: JsonObject
  readonly after: JsonObject
  readonly fields: readonly string[]
}

/** The top-level fields in which two values differ, with both sides; null where they are equal. */
export function changedFields(before: JsonObject, after: JsonObject): FieldChange | null {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  const fields = names.filter((name) => !same(before[name], after[name]))
  if (fields.length === 0) return null
  return { before: pick(before, fields), after: pick(after, fields), fields }
}

/** Whether two values are the same JSON: the order of keys and what is undefined say nothing. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((each: Json, at) => same(each, b[at] as Json))
  }
  return isJsonObject(a) && isJsonObject(b) && sameFields(a, b)
}

function sameFields(a: JsonObject, b: JsonObject): boolean {
  let defined = 0
  for (const [name, value] of Object.entries(a)) {
    if (value === undefined) continue
    if (!Object.hasOwn(b, name) || !same(value, b[name])) return false
    defined += 1
  }
  return Object.values(b).filter((value) => value !== undefined).length === defined
}

export function pick(value: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(fields.flatMap((name) => (value[name] === undefined ? [] : [[name, value[name]]])))
}

export function omit(value: JsonObject, fields: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name, held]) => !fields.has(name) && held !== undefined))
}
