import { isJsonObject } from '../domain/json.ts'

/** Why a request does not go to the engine, in DynamoDB's words: `type` is the error's name. */
export interface Refusal {
  readonly status: number
  readonly type: string
  readonly message: string
}

/** As on AWS, and what the engine reads at most. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024

/** An item of 32 nested levels, the most that DynamoDB takes, is 71 levels of JSON in a BatchWriteItem. */
export const MAX_JSON_DEPTH = 100

/** As on AWS. */
export const MAX_EXPRESSION_BYTES = 4096

/**
 * The engine's parser of conditions tries each pair of parentheses about four times, and does so anew at every level
 * of nesting (measured on dynalite 4.0.0: 8 levels take 2 s, 10 take 29 s). A pair at depth d costs 4^d; this sum
 * stays below 0.2 s and leaves room for five levels, or for 600 pairs side by side.
 */
export const MAX_PARENTHESES_COST = 2500

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = Buffer.from('"\\{}[]')

/** Checks a whole body before the engine sees it; null where it may. */
export function refusalOf(body: Buffer): Refusal | null {
  // On the bytes, before anything that recurses over the value.
  if (depthOf(body) > MAX_JSON_DEPTH) return serialization(`nesting is deeper than ${MAX_JSON_DEPTH} levels`)
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch {
    return serialization('the body is not JSON')
  }
  if (!isJsonObject(value)) return serialization('the body is not a JSON object')
  for (const [name, expression] of expressionsIn(value)) {
    const problem = problemOf(expression)
    if (problem !== null) return { status: 400, type: 'ValidationException', message: `Invalid ${name}: ${problem}` }
  }
  return null
}

function serialization(message: string): Refusal {
  return { status: 400, type: 'SerializationException', message }
}

/** The deepest nesting of objects and arrays in a text that should be JSON. */
export function depthOf(body: Buffer): number {
  let [depth, deepest, inString] = [0, 0, false]
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at]
    if (inString) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) deepest = Math.max(deepest, (depth += 1))
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1
  }
  return deepest
}

/** Every `…Expression` of a request. An item's attribute of such a name holds an object, never a string. */
function* expressionsIn(value: object): Generator<[string, string]> {
  for (const [name, part] of Object.entries(value)) {
    if (typeof part === 'object' && part !== null) yield* expressionsIn(part)
    else if (typeof part === 'string' && name.endsWith('Expression')) yield [name, part]
  }
}

function problemOf(expression: string): string | null {
  if (Buffer.byteLength(expression) > MAX_EXPRESSION_BYTES) {
    return 'Expression size has exceeded the maximum allowed size'
  }
  let [depth, cost] = [0, 0]
  for (const character of expression) {
    if (character === '(') {
      depth += 1
      cost += 4 ** depth
    } else if (character === ')') depth -= 1
  }
  return cost > MAX_PARENTHESES_COST ? 'The expression has too many nested parentheses' : null
}
