import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts'
import { same } from '../../domain/objects.ts'

/** Everything that decides how a version behaves (I4). */
const immutableFields = ['artifacts', 'serving', 'inference'] as const

/** The fields of a registered version that were changed although they may not; filling in a sha256 or size is none. */
export function changedImmutables(before: JsonObject, after: JsonObject): ('artifacts' | 'serving' | 'inference')[] {
  return immutableFields.filter(
    (field) => !same(before[field], after[field]) && !onlyFillsIn(before[field], after[field]),
  )
}

function onlyFillsIn(before: Json | undefined, after: Json | undefined): boolean {
  if (!Array.isArray(before) || !Array.isArray(after) || before.length !== after.length) return false
  return before.every((old: Json, index) => {
    const now: unknown = after[index]
    if (!isJsonObject(old) || !isJsonObject(now)) return same(old, now as Json)
    const names = new Set([...Object.keys(old), ...Object.keys(now)])
    return [...names].every(
      (name) => same(old[name], now[name]) || (old[name] === undefined && (name === 'sha256' || name === 'size')),
    )
  })
}
