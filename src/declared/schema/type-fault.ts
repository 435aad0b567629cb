import { isJsonObject } from '../../domain/json.ts'
import type { Fault } from '../fault.ts'
import { examples, knownFields } from '../generated/schema-hints.ts'
import { excerpt } from '../yaml/excerpt.ts'
import { placeIn, shown, valueAt, type Refusal } from './places.ts'

type Told = Pick<Fault, 'code' | 'summary' | 'help'>

const nouns: Readonly<Record<string, string>> = { array: 'a list', object: 'a mapping', integer: 'an integer' }

/** A value of the wrong type. */
export function typeFault(refusal: Refusal): Told {
  const { error, field, path, document } = refusal
  const source = document.sourceOf(path)
  const wanted = [error.params.type].flat().map(String)
  if (path.length === 0 && source !== null && typeof document.value === 'string') return textFault(refusal, source)
  const noun = wanted.map((type) => nouns[type] ?? `a ${type}`).join(' or ')
  const help = helpFor(refusal, wanted[0] ?? '', source) ?? `Write ${noun}.`
  if (source === '') return { code: 'ST1103', summary: `${field} is empty`, help }
  const summary = `${field} must be ${noun}`
  if (wanted[0] === 'string' || source === null) return { code: 'ST1103', summary, help }
  const isQuoted =
    isNumber(wanted[0]) && /^-?\d+(\.\d+)?$/.test(source) && typeof valueAt(document.value, path) === 'string'
  return { code: 'ST1103', summary: `${summary}, not ${isQuoted ? 'text' : shown(source)}`, help }
}

const isNumber = (type: string | undefined): boolean => type === 'integer' || type === 'number'

function helpFor(refusal: Refusal, wanted: string, source: string | null): string | null {
  if (wanted === 'string') return source === null || source === '' ? null : `Quote it: "${shown(source)}".`
  if (isNumber(wanted)) return source === null ? null : numberHelp(wanted, source, String(refusal.path.at(-1)))
  if (wanted === 'array') return listHelp(refusal, source)
  return wanted === 'object' ? exampleHelp(refusal, 'mapping') : null
}

/** From what people write for a number: quotation marks, percent, a comma, units, a `v`. */
function numberHelp(wanted: string, source: string, name: string): string | null {
  const text = source.trim()
  if (/^-?\d+(\.\d+)?$/.test(text))
    return wanted === 'integer' && text.includes('.') ? null : `Remove the quotes: ${text}.`
  const percent = /^(\d+(?:\.\d+)?) *%$/.exec(text)?.[1]
  if (percent !== undefined) {
    const isShare = wanted === 'number' && !name.includes('percent')
    return `Write ${isShare ? Number((Number(percent) / 100).toPrecision(12)) : percent}.`
  }
  if (wanted === 'number' && /^-?\d+,\d+$/.test(text)) return `Write ${text.replace(',', '.')}.`
  const digits = /^\D*?(\d+)$/.exec(text)?.[1]
  if (digits !== undefined) return `Write the number alone: ${Number(digits)}.`
  return /\d/.test(text) ? 'Write the number alone.' : null
}

function listHelp(refusal: Refusal, source: string | null): string {
  const { kind, error, path, document } = refusal
  const fields = knownFields[`${placeIn(kind, error)}/items`]
  const value = valueAt(document.value, path)
  if (isJsonObject(value)) return mappingAsListHelp(Object.entries(value), fields) ?? exampleHelp(refusal, 'list')
  const text = source?.trim() ?? ''
  if (/^-\S/.test(text)) return 'Write a space after each dash.'
  const isWords =
    text !== '' && excerpt(text, String(path.at(-1))) === text && /^[\w./:-]+(?:[ ,]+[\w./:-]+)*$/.test(text)
  if (fields !== undefined || !isWords) return exampleHelp(refusal, 'list')
  return `Write ${path.at(-1)}: [${text.split(/[ ,]+/).join(', ')}].`
}

/** One element without its dash, or names as keys. */
function mappingAsListHelp(
  entries: readonly (readonly [string, unknown])[],
  fields?: readonly string[],
): string | null {
  const [first] = entries
  if (first === undefined) return null
  const [key] = first
  if (/^-\S/.test(key)) return 'Write a space after each dash.'
  if (fields?.includes(key) === true) return 'Write "- " before its first field, and indent the others below it.'
  if (fields?.includes('name') !== true) return null
  return `Write - { name: ${excerpt(key)}, ${fields.includes('value') ? 'value: ' : ''}… } for each.`
}

function exampleHelp({ kind, error, path }: Refusal, noun: string): string {
  const example = examples[placeIn(kind, error)]
  const name = path.at(-1)
  if (example === undefined) return `Write a ${noun}.`
  return `Write a ${noun}, such as ${typeof name === 'string' ? `${name}: ` : ''}${example}.`
}

/** A document without a single `: `. */
function textFault({ kind, document }: Refusal, source: string): Told {
  const { start, end } = document.rangeOf([])
  // Lines are one text to YAML; only the first word is certainly of the first.
  const line = start.line === end.line ? source.trim() : `${source.trim().split(/\s/, 1)[0] ?? ''} …`
  const fields = knownFields[`${kind}#`] ?? []
  const [, key = '', value = ''] = /^([A-Za-z_][\w-]*)\s*[:=]?\s*(.*)$/.exec(line) ?? []
  const what = /:\S/.test(line) && fields.includes(key) ? 'has no space after its colon' : 'has no colon'
  const isField = fields.includes(key) && value !== ''
  return {
    code: 'ST1103',
    summary: `the line "${excerpt(line)}" ${what}`,
    help: isField
      ? `Write ${key}: ${excerpt(value, key)}, with a space after the colon.`
      : `Write a mapping: each line a key, a colon, a space and a value.`,
  }
}
