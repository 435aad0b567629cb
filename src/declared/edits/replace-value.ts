import type { CST } from 'yaml'
import { isMap } from 'yaml'
import type { Json } from '../../domain/json.ts'
import { indicatorEnd, offsetOf, type Slot } from './locate.ts'
import type { OpenText } from './open-text.ts'
import { blockReplacement } from './replace-block.ts'
import { literalReplacement } from './replace-literal.ts'
import type { Planned, Splice } from './splices.ts'
import { detectStyle, styleInside } from './style.ts'
import { columnOf, endsLine, isFirstOnLine, lineEnd, nextLine, removeLines, tailEnd } from './text-lines.ts'
import { bodyStart, headerEnd, itemEnd, itemStart, marksOf, realItems, tokenEnd, type Item } from './tokens.ts'
import type { Quote } from './write-scalar.ts'
import { flowText, isBlockValue } from './write-value.ts'

/** Writes a value in the place of another one; comments beside the old value stay, those inside of it go. */
export function planReplacement(opened: OpenText, slot: Slot, value: Json, style: 'flow' | undefined): Planned {
  const { within } = slot
  const inFlow = within?.container.token.type === 'flow-collection'
  if (within === null && (slot.node?.anchor !== undefined || slot.node?.tag !== undefined)) {
    return { problem: 'a document with an anchor or a tag of its own is not replaced', at: offsetOf(slot.node) }
  }
  if (isBlockValue(value) && style !== 'flow' && !inFlow) {
    const block = blockReplacement(opened, slot, value)
    if (block !== null) return block
  }
  const literal = typeof value === 'string' ? literalReplacement(opened.text, slot.value, value) : null
  if (literal !== null && within !== null) {
    const start = itemStart(within.item) ?? 0
    return { splices: [...tagRemoval(opened.text, within.item), ...literal], start, end: itemEnd(within.item) ?? start }
  }
  const writing = within === null ? detectStyle(opened) : styleInside(opened, within.container.token)
  const written = flowText(
    value,
    writing,
    inFlow,
    typeof value === 'string' ? quoteOf(slot.value, writing.json) : undefined,
  )
  return inlineReplacement(opened, slot, written)
}

function quoteOf(value: CST.Token | null, json: boolean): Quote {
  if (json || value?.type === 'double-quoted-scalar') return 'double'
  return value?.type === 'single-quoted-scalar' ? 'single' : 'plain'
}

function inlineReplacement({ text }: OpenText, slot: Slot, written: string): Planned {
  const { within, value, node } = slot
  if (within === null) {
    if (value === null) return { problem: 'the document has no value to replace', at: 0 }
    const end = tokenEnd(value)
    return {
      splices: [{ start: value.offset, end: beforeLineEnd(text, end), text: written }],
      start: value.offset,
      end,
    }
  }
  const { item } = within
  const start = itemStart(item) ?? 0
  const end = tailEnd(text, itemEnd(item) ?? start, columnOf(text, start))
  if (isMap(node) && node.srcToken === undefined) {
    return { splices: [{ start, end: itemEnd(item) ?? start, text: written }], start, end }
  }
  const splices = value === null ? intoNothing(text, item, written) : inPlaceOf(text, item, value, written)
  if (splices === null) return { problem: 'a key without a value of its own is not edited', at: start }
  return { splices: [...tagRemoval(text, item), ...splices], start, end }
}

/** A tag says how the old value is to be read. */
function tagRemoval(text: string, item: Item): Splice[] {
  const holder = item.sep === undefined || item.sep.length === 0 ? item.start : item.sep
  const tag = marksOf(holder).find(({ type }) => type === 'tag')
  if (tag === undefined) return []
  const end = tag.offset + tag.source.length
  return [{ start: tag.offset, end: end + (/^ */.exec(text.slice(end))?.[0].length ?? 0), text: '' }]
}

function beforeLineEnd(text: string, end: number): number {
  return text[end - 1] === '\n' ? lineEnd(text, text[end - 2] === '\r' ? end - 2 : end - 1) : end
}

function intoNothing(text: string, item: Item, written: string): Splice[] | null {
  const at = indicatorEnd(item)
  const valued = marksOf(item.sep).some(({ type }) => type === 'map-value-ind')
  if (!valued && item.key) {
    const explicit = marksOf(item.start).some(({ type }) => type === 'explicit-key-ind')
    return explicit ? null : [{ start: at, end: at, text: `: ${written}` }]
  }
  const blanks = /^[ \t]*(?=\r?\n|$)/.exec(text.slice(at, lineEnd(text, at) + 2))?.[0].length ?? 0
  return [{ start: at, end: at + blanks, text: ` ${written}` }]
}

function inPlaceOf(text: string, item: Item, value: CST.Token, written: string): Splice[] {
  const end = tokenEnd(value)
  if (value.type === 'block-scalar') {
    const removal = removeLines(text, bodyStart(value), end)
    return [{ start: value.offset, end: headerEnd(value), text: written }, removal]
  }
  if (value.type !== 'block-map' && value.type !== 'block-seq') return [{ start: value.offset, end, text: written }]
  const [first] = realItems(value)
  const from = itemStart(first) ?? value.offset
  const tail = tailEnd(text, end, columnOf(text, itemStart(item) ?? from))
  if (isFirstOnLine(text, from)) {
    const at = indicatorEnd(item)
    return [{ start: at, end: at, text: ` ${written}` }, removeLines(text, nextLine(text, at), tail)]
  }
  const single = !text.slice(from, end).includes('\n') && endsLine(text, end)
  return [{ start: from, end: single ? end : beforeLineEnd(text, tail), text: written }]
}
