import type { CST } from 'yaml'
import type { Json } from '../../domain/json.ts'
import { indicatorEnd, type Slot } from './locate.ts'
import type { OpenText } from './open-text.ts'
import type { EditPlan, Splice } from './splices.ts'
import { detectStyle } from './style.ts'
import { columnOf, insertLines, isFirstOnLine, lineEnd, lineEndingAt, nextLine, tailEnd } from './text-lines.ts'
import { bodyStart, headerEnd, itemEnd, itemStart, marksOf, realItems, tokenEnd, type Item } from './tokens.ts'
import { blockLines, isList, type WritingStyle } from './write-value.ts'

/** A collection in block style in the place of another value; null where only one line is possible. */
export function blockReplacement(opened: OpenText, slot: Slot, value: Json): EditPlan | null {
  const { text } = opened
  const { within } = slot
  const style = detectStyle(opened)
  const lines = blockLines(value, style)
  if (within === null) return ofDocument(text, slot.value, lines)
  const { item, container } = within
  if (marksOf(item.start).some(({ type }) => type === 'explicit-key-ind')) return null
  const holder = container.token.type === 'block-map' ? item.sep : item.start
  if (marksOf(holder).some(({ type }) => type === 'anchor' || type === 'tag')) return null
  const start = itemStart(item) ?? 0
  const column = columnOf(text, start)
  const place = { text, item, old: slot.value, tail: tailEnd(text, itemEnd(item) ?? start, column) }
  const splices =
    container.token.type === 'block-map'
      ? underKey(place, lines, column + childIndent(place, value, { style, column }))
      : behindDash(place, lines, column)
  return splices === null ? null : { splices, start, end: place.tail }
}

interface Place {
  readonly text: string
  readonly item: Item
  readonly old: CST.Token | null
  readonly tail: number
}

function ofDocument(text: string, old: CST.Token | null, lines: readonly string[]): EditPlan | null {
  const first = firstItem(old)
  if (old === null || first === null || !isFirstOnLine(text, first)) return null
  const column = columnOf(text, first)
  const start = first - column
  const end = tailEnd(text, tokenEnd(old), column)
  return { splices: [replaceLines(text, { start, end }, padded(lines, column))], start, end }
}

function firstItem(token: CST.Token | null): number | null {
  if (token?.type !== 'block-map' && token?.type !== 'block-seq') return null
  const [first] = realItems(token)
  return itemStart(first)
}

function padded(lines: readonly string[], column: number): string[] {
  return lines.map((line) => ' '.repeat(column) + line)
}

/** Lines in the place of whole lines; a last line without a line end stays one. */
function replaceLines(text: string, { start, end }: { start: number; end: number }, lines: readonly string[]): Splice {
  const { text: added } = insertLines(text, start, lines)
  const unended = end === text.length && end > start && text[end - 1] !== '\n'
  return { start, end, text: unended ? added.replace(/\r?\n$/, '') : added }
}

/** A value of the same kind keeps its indentation; another one gets that of the document. */
function childIndent(
  { text, old }: Place,
  value: Json,
  { style, column }: { style: WritingStyle; column: number },
): number {
  const first = firstItem(old)
  if (first !== null && (old?.type === 'block-seq') === isList(value)) return columnOf(text, first) - column
  return isList(value) && !style.indentLists ? 0 : style.indentStep
}

function underKey({ text, item, old, tail }: Place, lines: readonly string[], column: number): Splice[] | null {
  const at = indicatorEnd(item)
  const body = padded(lines, column)
  if (!marksOf(item.sep).some(({ type }) => type === 'map-value-ind')) return null
  if (old === null) return [insertLines(text, nextLine(text, at), body)]
  if (old.type === 'block-scalar') {
    const range = { start: bodyStart(old), end: tokenEnd(old) }
    return [{ start: at, end: headerEnd(old), text: '' }, replaceLines(text, range, body)]
  }
  const first = firstItem(old)
  if (first !== null) {
    return isFirstOnLine(text, first) ? [replaceLines(text, { start: nextLine(text, at), end: tail }, body)] : null
  }
  if (isFirstOnLine(text, old.offset)) return null
  const end = tokenEnd(old)
  return [{ start: at, end, text: '' }, insertLines(text, nextLine(text, end), body)]
}

function behindDash({ text, item, old, tail }: Place, lines: readonly string[], dash: number): Splice[] | null {
  const at = indicatorEnd(item)
  const [head = '', ...rest] = lines
  const more = (from: number, column: number): Splice[] =>
    rest.length === 0 ? [] : [insertLines(text, from, padded(rest, column))]
  if (old === null) return [{ start: at, end: at, text: ` ${head}` }, ...more(nextLine(text, at), dash + 2)]
  const first = firstItem(old)
  if (isFirstOnLine(text, first ?? old.offset)) return null
  const column = columnOf(text, first ?? old.offset)
  if (old.type === 'block-scalar') {
    const range = { start: bodyStart(old), end: tokenEnd(old) }
    return [{ start: old.offset, end: headerEnd(old), text: head }, replaceLines(text, range, padded(rest, column))]
  }
  if (first === null) {
    const end = tokenEnd(old)
    return [{ start: old.offset, end, text: head }, ...more(nextLine(text, end), column)]
  }
  const body = [head, ...padded(rest, column)].join(lineEndingAt(text, first))
  const end = text[tail - 1] === '\n' ? lineEnd(text, text[tail - 2] === '\r' ? tail - 2 : tail - 1) : tail
  return [{ start: first, end, text: body }]
}
