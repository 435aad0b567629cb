import { isJsonObject, type JsonObject } from '../domain/json.ts'

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

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET, LETTER_N] = Buffer.from('"\\{}[]n')

/** Checks a whole body before the engine sees it; null where it may. */
export function refusalOf(body: Buffer): Refusal | null {
  // On the bytes, before anything that recurses over the value.
  const { depth, innerNull } = scanJson(body)
  if (depth > MAX_JSON_DEPTH) return serialization(`nesting is deeper than ${MAX_JSON_DEPTH} levels`)
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch {
    return serialization('the body is not JSON')
  }
  if (!isJsonObject(value)) return serialization('the body is not a JSON object')
  // An attribute value, an update or an expectation that is null ends the engine; no SDK sends one.
  if (innerNull) return serialization('null is no value of a request; the attribute value is {"NULL": true}')
  for (const [name, expression] of expressionsIn(value)) {
    const problem = problemOf(expression)
    if (problem !== null) return { status: 400, type: 'ValidationException', message: `Invalid ${name}: ${problem}` }
  }
  return null
}

function serialization(message: string): Refusal {
  return { status: 400, type: 'SerializationException', message }
}

/** The deepest nesting of a text that should be JSON, and whether a null stands anywhere but at its top level. */
export function scanJson(body: Buffer): { depth: number; innerNull: boolean } {
  let [depth, deepest, inString, innerNull] = [0, 0, false, false]
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at]
    if (inString) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) deepest = Math.max(deepest, (depth += 1))
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1
    else if (byte === LETTER_N && depth > 1) innerNull = true
  }
  return { depth: deepest, innerNull }
}

/** Every `…Expression`: they stand in the request itself, those of BatchGetItem in `RequestItems.<table>`. */
function expressionsIn(request: JsonObject): [string, string][] {
  const tables = isJsonObject(request['RequestItems']) ? Object.values(request['RequestItems']) : []
  return [request, ...tables.filter(isJsonObject)].flatMap((part) =>
    Object.entries(part).flatMap(([name, value]): [string, string][] =>
      name.endsWith('Expression') && typeof value === 'string' ? [[name, value]] : [],
    ),
  )
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
