import { CORE_SCHEMA, load } from 'js-yaml'
import { itemLimits, limits } from './limits.ts'

/**
 * What the two parsers might read in different ways, or what they agree on but a document may not hold: anchors,
 * aliases, tags, directives, document marks, explicit keys, lines of nothing but spaces, tabs, control and other unusual
 * characters.
 */
const doubtful =
  // oxlint-disable-next-line no-control-regex -- these characters are what is looked for
  /(?:^|[\s,[{:?])(?:&(?=\S)|\*(?=[^\s"'])|!)|^ *(?:---|\.\.\.|\?|%)|^ +\r?$|<<|[\t\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/m

/** Without any of these nothing is doubtful: looking for single characters is many times faster. */
// oxlint-disable-next-line no-control-regex -- these characters are what is looked for
const rare = /[&*!?%\t\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/

function isDoubtful(text: string): boolean {
  const marks = text.includes('---') || text.includes('...') || text.includes('<<') || /^ +\r?$/m.test(text)
  return (marks || rare.test(text)) && doubtful.test(text)
}

/** A number with zeros before it that has no quotation marks: the exact parser says that they would be lost. */
const leadingZeros = /(?<![^\s,[{:])[-+]?0\d+(?:\.\d*)?(?:[eE][-+]?\d+)?(?![^\s,\]}])/

/** A key that is certainly text: neither a number nor a constant in one of its spellings. */
const plainKey = /^(?!(?:true|false|null|y|n|yes|no|on|off|nan|infinity)$|__proto__$)[A-Za-z_/$]/i

/**
 * A text that would be a number if it were not quoted: whether it was, only the exact parser can tell. Not so an account
 * or a cost centre: digits that do not begin with 0, and 0 itself, are a number to both unless they are quoted.
 */
const numberLike = /^(?!(?:0|[1-9]\d*)$)[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$|^0[ox]/

/** The value of a document of the common kind; null where the exact parser must decide. */
export function parseFast(text: string): { readonly value: unknown } | null {
  // What is longer than an item is refused by `isPlain` all the same, after much work.
  if (text.length > itemLimits.bytes || isDoubtful(text) || leadingZeros.test(text)) return null
  let value: unknown
  try {
    value = load(text, { schema: CORE_SCHEMA })
  } catch {
    return null
  }
  return isPlain(value) ? { value } : null
}

/** Far within every limit, also of a table item, with keys that are text and numbers that are carried exactly. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  let [nodes, bytes] = [0, 0]
  const plain = (held: unknown, depth: number): boolean => {
    nodes += 1
    bytes += 25
    if (nodes > limits.nodes || bytes > itemLimits.bytes) return false
    if (typeof held === 'string') {
      bytes += 6 * held.length // as if every character were escaped
      return isPlainText(held)
    }
    if (typeof held === 'number') return isPlainNumber(held)
    if (typeof held !== 'object' || held === null) return true
    if (depth >= itemLimits.depth) return false
    if (Array.isArray(held)) return held.every((element) => plain(element, depth + 1))
    return Object.entries(held).every(([key, element]) => {
      nodes += 1
      bytes += 6 * key.length
      return plainKey.test(key) && isPlainText(key) && plain(element, depth + 1)
    })
  }
  return plain(value, 0) && bytes <= itemLimits.bytes
}

function isPlainNumber(held: number): boolean {
  if (Number.isInteger(held)) return Number.isSafeInteger(held)
  const size = Math.abs(held)
  return size > itemLimits.smallest && size < itemLimits.largest
}

function isPlainText(text: string): boolean {
  if (text.length > limits.scalar || !text.isWellFormed() || text.includes('\0')) return false
  return !numberLike.test(text)
}
