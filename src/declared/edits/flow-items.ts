import type { CST } from 'yaml'
import { keyQuote, siblingIndex, type NewItem } from './block-items.ts'
import { floorOf, type Container } from './locate.ts'
import type { OpenText } from './open-text.ts'
import type { EditPlan, Splice } from './splices.ts'
import { styleInside } from './style.ts'
import { endsLine, headStart, isFirstOnLine, lineEnd, lineEndingAt, lineStart, nextLine } from './text-lines.ts'
import { closingOffset, itemEnd, itemStart, tokenEnd, type Item } from './tokens.ts'
import { flowEntry, flowText } from './write-value.ts'

/** An item between brackets or braces, and the commas around it. */
interface Spot {
  readonly start: number
  readonly end: number
  readonly commaBefore: number | null
  readonly commaAfter: number | null
  /** Where the next item starts; null behind the last one. */
  readonly next: number | null
}

function spotOf({ token, items }: Container, index: number): Spot {
  const item = items[index]
  const raw: readonly Item[] = token.items
  const at = item === undefined ? -1 : raw.indexOf(item)
  const start = itemStart(item) ?? token.offset + 1
  const next = items[index + 1]
  return {
    start,
    end: itemEnd(item) ?? start,
    commaBefore: commaOf(raw[at]),
    commaAfter: commaOf(raw[at + 1]),
    next: itemStart(next),
  }
}

function commaOf(item: Item | undefined): number | null {
  return item?.start.find(({ type }: CST.SourceToken) => type === 'comma')?.offset ?? null
}

/** A new item in the line of its sibling, or in a line of its own where the sibling has one. */
export function addToFlow(opened: OpenText, container: Container, added: NewItem): EditPlan {
  const { text } = opened
  const { items, token } = container
  const style = styleInside(opened, token)
  const index = siblingIndex(container, added)
  const sibling = items[index]
  const quote = sibling === undefined ? undefined : keyQuote(sibling)
  const { key, value } = added
  const entry = key === null ? flowText(value, style, true) : flowEntry(key, value, style, quote)
  const [start, end] = [token.offset, tokenEnd(token)]
  if (sibling !== undefined) return { splices: besideSibling(text, spotOf(container, index), entry), start, end }
  const pad = key === null ? style.listPad : style.mapPad
  const inside = { start: start + 1, end: end - 1 }
  if (text.slice(inside.start, inside.end).trim() === '') {
    return { splices: [{ ...inside, text: pad + entry + pad }], start, end }
  }
  const gap = /\s/.test(text[inside.start] ?? '') ? '' : ' '
  return { splices: [{ start: inside.start, end: inside.start, text: pad + entry + gap }], start, end }
}

function besideSibling(text: string, spot: Spot, entry: string): Splice[] {
  const { start, end, commaAfter, next } = spot
  const insert = (at: number, added: string): Splice => ({ start: at, end: at, text: added })
  const last = next === null
  const behind = commaAfter === null ? end : commaAfter + 1
  const indent = text.slice(lineStart(text, start), start)
  if (isFirstOnLine(text, start)) {
    const ending = lineEndingAt(text, behind)
    if (endsLine(text, behind)) {
      const line = `${indent}${entry}${commaAfter === null ? '' : ','}${ending}`
      const comma = commaAfter === null ? [insert(end, ',')] : []
      return [...comma, insert(nextLine(text, behind), line)]
    }
    if (last && commaAfter === null) return [insert(end, `,${ending}${indent}${entry}`)]
    if (last) return [insert(behind, `${ending}${indent}${entry},`)]
  }
  return last && commaAfter !== null ? [insert(behind, ` ${entry},`)] : [insert(end, `, ${entry}`)]
}

/** Removes an item and one comma; its whole lines where nothing else stands in them. */
export function removeFromFlow(text: string, container: Container, index: number): EditPlan {
  const { token, items } = container
  const spot = spotOf(container, index)
  const plan = (splices: Splice[]): EditPlan => ({ splices, start: token.offset, end: tokenEnd(token) })
  if (items.length === 1 && token.type === 'flow-collection') return plan([removeOnly(text, spot, token)])
  const { start, end, commaBefore, commaAfter, next } = spot
  const floor = floorOf(container, index)
  const behind = commaAfter === null ? end : commaAfter + 1
  if (isFirstOnLine(text, start) && endsLine(text, behind)) {
    const lines = cut(headStart(text, start, floor, null), nextLine(text, behind))
    return plan(next === null && commaAfter === null ? [...comma(commaBefore), lines] : [lines])
  }
  const commented = text.slice(floor, start).includes('#')
  if (next !== null && !text.slice(behind, next).includes('\n')) return plan([cut(start, next)])
  if (index > 0 && !commented) return plan([cut(floor, end)])
  if (index > 0)
    return plan(next === null && commaAfter === null ? [...comma(commaBefore), cut(start, end)] : [cut(start, behind)])
  return plan([cut(commented ? start : floor, endsLine(text, behind) ? lineEnd(text, behind) : behind)])
}

function removeOnly(text: string, { start, end, commaAfter }: Spot, token: CST.FlowCollection): Splice {
  const [open, close] = [token.offset + 1, closingOffset(token)]
  const commented = text.slice(open, start).includes('#') || text.slice(end, close).includes('#')
  return commented ? cut(start, commaAfter === null ? end : commaAfter + 1) : cut(open, close)
}

function cut(start: number, end: number): Splice {
  return { start, end, text: '' }
}

function comma(at: number | null): Splice[] {
  return at === null ? [] : [cut(at, at + 1)]
}
