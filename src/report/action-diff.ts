import { isJsonObject, type Json, type JsonObject } from '../domain/json.ts'
import { omit, same } from '../domain/objects.ts'
import type { Action } from '../plan/plan.ts'

/** Lines of one object: the rest is in the whole plan. */
const MAX_LINES = 40
/** Characters of one value. */
const MAX_VALUE = 200

/** What changes in one object, field by field, for a block of `diff`: - before, + after, the marks at column 0. */
export function diffLines({ before, after }: Pick<Action, 'before' | 'after'>): string[] {
  const [old, fresh] = [leaves(before ?? {}), leaves(after ?? {})]
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort()
  const lines = names.flatMap((name) => {
    const [from, to] = [old.get(name), fresh.get(name)]
    if (from !== undefined && to !== undefined && same(from, to)) return []
    return [
      ...(from === undefined ? [] : [`- ${name}: ${valueText(from)}`]),
      ...(to === undefined ? [] : [`+ ${name}: ${valueText(to)}`]),
    ]
  })
  const more = lines.length - MAX_LINES
  return more > 0 ? [...lines.slice(0, MAX_LINES), `  and ${more} more lines`] : lines
}

/** The values of a tree by their paths; a list of objects with names by these, any other list as a whole. */
function leaves(value: JsonObject, prefix = ''): Map<string, Json> {
  const found = new Map<string, Json>()
  for (const [name, held] of Object.entries(value)) {
    if (held === undefined) continue
    const path = prefix === '' ? name : `${prefix}.${name}`
    const inner = isJsonObject(held) ? held : byName(held)
    if (inner === null || Object.keys(inner).length === 0) found.set(path, held)
    else for (const [key, leaf] of leaves(inner, path)) found.set(key, leaf)
  }
  return found
}

function byName(value: Json): JsonObject | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const entries = value.map((each: Json): [string, Json] | null =>
    isJsonObject(each) && typeof each.name === 'string' ? [each.name, omit(each, new Set(['name']))] : null,
  )
  const named = entries.filter((entry) => entry !== null)
  const names = new Set(named.map(([name]) => name))
  return named.length === value.length && names.size === named.length ? Object.fromEntries(named) : null
}

export function valueText(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text
}
