import { isJsonObject, type Json } from '../../domain/json.ts'
import { writeScalar, type Quote } from './write-scalar.ts'

/** How a document writes collections. Pads are what stands inside of braces and brackets in one line. */
export interface WritingStyle {
  readonly indentStep: number
  readonly indentLists: boolean
  readonly mapPad: string
  readonly listPad: string
  /** `JSON.stringify`-like: keys and text in double quotes. */
  readonly json: boolean
}

/** Whether a value is written over several lines in block style. */
export function isBlockValue(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

/** A value in one line; `inFlow` says whether it stands inside of other brackets. */
export function flowText(value: Json, style: WritingStyle, inFlow: boolean, quote?: Quote): string {
  if (typeof value !== 'object' || value === null) {
    return writeScalar(value, quote ?? (style.json ? 'double' : 'plain'), inFlow)
  }
  if (isList(value))
    return wrapped(
      '[',
      value.map((item) => flowText(item, style, true)),
      ']',
      style.listPad,
    )
  const entries = Object.entries(value).map(([key, held]) => flowEntry(key, held, style))
  return wrapped('{', entries, '}', style.mapPad)
}

export function flowEntry(key: string, value: Json, style: WritingStyle, quote?: Quote): string {
  return `${keyText(key, style, true, quote)}: ${flowText(value, style, true)}`
}

function wrapped(open: string, parts: readonly string[], close: string, pad: string): string {
  return parts.length === 0 ? open + close : open + pad + parts.join(', ') + pad + close
}

function keyText(key: string, style: WritingStyle, inFlow: boolean, quote: Quote = 'plain'): string {
  return writeScalar(key, style.json ? 'double' : quote, inFlow)
}

/** The lines of a collection in block style, the first one in column 0. */
export function blockLines(value: Json, style: WritingStyle): string[] {
  if (isList(value)) return value.flatMap((item) => elementLines(item, style))
  return isJsonObject(value) ? Object.entries(value).flatMap(([key, held]) => entryLines(key, held, style)) : []
}

/** `spaces` between the dash and the value. */
export function elementLines(value: Json, style: WritingStyle, spaces = 1): string[] {
  const dash = `-${' '.repeat(spaces)}`
  if (!isBlockValue(value)) return [dash + flowText(value, style, false)]
  return blockLines(value, style).map((line, index) => (index === 0 ? dash : ' '.repeat(dash.length)) + line)
}

export function entryLines(key: string, value: Json, style: WritingStyle, quote?: Quote): string[] {
  const written = keyText(key, style, false, quote)
  if (!isBlockValue(value)) return [`${written}: ${flowText(value, style, false)}`]
  const pad = ' '.repeat(isList(value) && !style.indentLists ? 0 : style.indentStep)
  return [`${written}:`, ...blockLines(value, style).map((line) => pad + line)]
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
