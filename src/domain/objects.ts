import { canonicalJson } from './digest.ts'
import type { Json, JsonObject } from './json.ts'

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

export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return canonicalJson(a) === canonicalJson(b)
}

export function pick(value: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(fields.flatMap((name) => (value[name] === undefined ? [] : [[name, value[name]]])))
}

export function omit(value: JsonObject, fields: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name, held]) => !fields.has(name) && held !== undefined))
}
