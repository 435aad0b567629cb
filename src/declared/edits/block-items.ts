import { isMap } from 'yaml'
import type { Json } from '../../domain/json.ts'
import { keyText } from '../yaml/nodes.ts'
import { floorOf, indicatorEnd, type Container } from './locate.ts'
import type { OpenText } from './open-text.ts'
import type { EditPlan } from './splices.ts'
import { styleInside } from './style.ts'
import {
  columnOf,
  headStart,
  insertLines,
  isFirstOnLine,
  lineEnd,
  lineEndingAt,
  lineStart,
  removeLines,
  tailEnd,
} from './text-lines.ts'
import { endsWithLineEnd, itemEnd, itemStart, marksOf, written, type Item } from './tokens.ts'
import { elementLines, entryLines, flowText, isBlockValue, type WritingStyle } from './write-value.ts'
import type { Quote } from './write-scalar.ts'

/** `key` null: an element of a list. `after` names the sibling that it is placed behind. */
export interface NewItem {
  readonly key: string | null
  readonly value: Json
  readonly after: string | undefined
  /** Write a collection in one line. */
  readonly flow: boolean
}

/** A new item of a collection in block style: lines of its own behind those of its sibling. */
export function addToBlock(opened: OpenText, container: Container, added: NewItem): EditPlan {
  const { text } = opened
  const { items, token } = container
  const sibling = items[siblingIndex(container, added)]
  const start = itemStart(sibling) ?? token.offset
  const end = itemEnd(sibling) ?? start
  const column = columnOf(text, start)
  const at = tailEnd(text, end, column)
  const pad = ' '.repeat(column)
  const lines = newLines(added, { style: styleInside(opened, token), sibling, text }).map((line) => pad + line)
  return { splices: [insertLines(text, at, lines)], start, end: at }
}

interface Surroundings {
  readonly style: WritingStyle
  readonly sibling: Item | undefined
  readonly text: string
}

function newLines({ key, value, flow }: NewItem, { style, sibling, text }: Surroundings): string[] {
  const block = isBlockValue(value) && !flow
  if (key === null) {
    const spaces = sibling === undefined ? 1 : dashSpaces(text, sibling)
    return block ? elementLines(value, style, spaces) : [`-${' '.repeat(spaces)}${flowText(value, style, false)}`]
  }
  const quote = sibling === undefined ? 'plain' : keyQuote(sibling)
  if (block) return entryLines(key, value, style, quote)
  const [first = ''] = entryLines(key, null, style, quote)
  return [first.slice(0, -'null'.length) + flowText(value, style, false)]
}

export function siblingIndex({ node, items }: Container, { after }: NewItem): number {
  const index = isMap(node) && after !== undefined ? node.items.findIndex(({ key }) => keyText(key) === after) : -1
  return index < 0 ? items.length - 1 : index
}

export function keyQuote({ key }: Item): Quote {
  if (key?.type === 'double-quoted-scalar') return 'double'
  return key?.type === 'single-quoted-scalar' ? 'single' : 'plain'
}

/** How many blanks a list writes behind its dashes. */
function dashSpaces(text: string, item: Item): number {
  const dash = marksOf(item.start)[0]
  const value = written(item.value)
  if (dash === undefined || value === null) return 1
  const between = text.slice(dash.offset + 1, value.offset)
  return /^ +$/.test(between) ? between.length : 1
}

/** Removes one of several items: its lines with its own comment, or up to the next item where a dash precedes it. */
export function removeFromBlock(text: string, container: Container, index: number): EditPlan {
  const { items, token } = container
  const [item, next] = [items[index], items[index + 1]]
  const start = itemStart(item) ?? token.offset
  const column = columnOf(text, start)
  const end = tailEnd(text, itemEnd(item) ?? start, column)
  if (isFirstOnLine(text, start)) {
    const head = headStart(text, start, floorOf(container, index), column)
    const removal = removeLines(text, head, end)
    const keepsLineEnd = endsWithLineEnd(items[index - 1])
    return { splices: [keepsLineEnd ? { ...removal, start: head } : removal], start: removal.start, end }
  }
  const follower = /\S/.exec(text.slice(end))
  const upTo = follower === null || next === undefined ? end : end + follower.index
  return { splices: [{ start, end: upTo, text: '' }], start, end: lineEnd(text, upTo) }
}

/** Removes the only item: empty brackets take the place of the collection, comments that are not the item's stay. */
export function removeOnlyItem(text: string, container: Container, empty: string): EditPlan {
  const { items, token, slot } = container
  const [item] = items
  const start = itemStart(item) ?? token.offset
  const contentEnd = itemEnd(item) ?? start
  const column = columnOf(text, start)
  const end = tailEnd(text, contentEnd, column)
  if (!isFirstOnLine(text, start)) {
    const single = text.slice(start, contentEnd).includes('\n') ? end : contentEnd
    const upTo = text[single - 1] === '\n' ? lineEnd(text, lineStart(text, single - 1)) : single
    return { splices: [{ start, end: upTo, text: empty }], start, end }
  }
  const head = headStart(text, start, container.floor, column)
  if (slot.within === null) {
    const ending = text[end - 1] === '\n' ? lineEndingAt(text, start) : ''
    return { splices: [{ start: head, end, text: ' '.repeat(column) + empty + ending }], start: head, end }
  }
  const at = indicatorEnd(slot.within.item)
  return { splices: [{ start: at, end: at, text: ` ${empty}` }, removeLines(text, head, end)], start: at, end }
}
