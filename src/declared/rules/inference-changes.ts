import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts'
import type { Path } from '../fault.ts'

export interface InferenceChange {
  /** In the new `inference`, as near as it can be shown. */
  readonly path: Path
  readonly message: string
  readonly help: string
}

/** Changes between two contracts that break callers: a new required input, a removed output, another type. */
export function incompatibleChanges(before: JsonObject | null, after: JsonObject | null): InferenceChange[] {
  if (before === null || after === null) return []
  const [inputBefore, inputNow] = [schemaOf(before, 'input'), schemaOf(after, 'input')]
  const [outputBefore, outputNow] = [schemaOf(before, 'output'), schemaOf(after, 'output')]
  return [
    ...(inputBefore === null || inputNow === null ? [] : inputChanges(inputBefore, inputNow)),
    ...(outputBefore === null || outputNow === null ? [] : outputChanges(outputBefore, outputNow)),
  ]
}

function schemaOf(inference: JsonObject, side: 'input' | 'output'): JsonObject | null {
  const held = inference[side]
  const schema = isJsonObject(held) ? held.schema : undefined
  return isJsonObject(schema) ? schema : null
}

function inputChanges(before: JsonObject, now: JsonObject): InferenceChange[] {
  const required = names(before.required)
  const added = names(now.required).filter((name) => !required.includes(name))
  const help = 'Callers do not send it yet: make it optional, or move them first.'
  return [
    ...added.map((name) => ({
      path: ['input', 'schema', 'required'],
      message: `the input \`${name}\` became required`,
      help,
    })),
    ...typeChanges(before, now, 'input'),
  ]
}

function outputChanges(before: JsonObject, now: JsonObject): InferenceChange[] {
  const left = Object.keys(properties(now))
  const gone = Object.keys(properties(before)).filter((name) => !left.includes(name))
  const help = 'Callers may read it: keep it, or move them first.'
  return [
    ...gone.map((name) => ({
      path: ['output', 'schema', 'properties'],
      message: `the output \`${name}\` is gone`,
      help,
    })),
    ...typeChanges(before, now, 'output'),
  ]
}

/** A type that takes less (input) or may give more (output) than before. */
function typeChanges(before: JsonObject, now: JsonObject, side: 'input' | 'output'): InferenceChange[] {
  const [old, fresh] = [properties(before), properties(now)]
  return Object.keys(old).flatMap((name) => {
    const [from, to] = [types(old[name]), types(fresh[name])]
    if (from.length === 0 || to.length === 0) return []
    const [needed, given] = side === 'input' ? [from, to] : [to, from]
    if (needed.every((type) => given.includes(type) || (type === 'integer' && given.includes('number')))) return []
    const message = `the ${side} \`${name}\` changed from ${from.join(' or ')} to ${to.join(' or ')}`
    const help = 'Give it another name, or move the callers first.'
    return [{ path: [side, 'schema', 'properties', name, 'type'], message, help }]
  })
}

function properties(schema: JsonObject): JsonObject {
  return isJsonObject(schema.properties) ? schema.properties : {}
}

function types(schema: Json | undefined): string[] {
  const type = isJsonObject(schema) ? schema.type : undefined
  return typeof type === 'string' ? [type] : names(type)
}

function names(list: Json | undefined): string[] {
  return Array.isArray(list) ? list.filter((name): name is string => typeof name === 'string') : []
}
