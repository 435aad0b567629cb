import type { CST } from 'yaml'
import type { OpenText } from './open-text.ts'
import { columnOf, isFirstOnLine } from './text-lines.ts'
import { itemStart, realItems, written, type CollectionToken, type Item } from './tokens.ts'
import type { WritingStyle } from './write-value.ts'

/** What a document shows of its habits; prettier's where it shows none. Stops reading when it has seen each. */
export function detectStyle({ text, contents }: OpenText): WritingStyle {
  const seen: { step?: number; lists?: boolean; mapPad?: string; listPad?: string } = {}
  const complete = (): boolean =>
    [seen.step, seen.lists, seen.mapPad, seen.listPad].every((habit) => habit !== undefined)
  const see = (token: CST.Token | null): void => {
    if (token === null || complete()) return
    if (token.type === 'flow-collection') {
      const pad = flowPad(text, token)
      if (pad !== null && token.start.source === '{') seen.mapPad ??= pad
      if (pad !== null && token.start.source === '[') seen.listPad ??= pad
    }
    if (token.type !== 'block-map' && token.type !== 'block-seq' && token.type !== 'flow-collection') return
    for (const item of realItems(token)) {
      const depth = token.type === 'block-map' ? childDepth(text, item) : null
      if (depth?.type === 'block-seq') seen.lists ??= depth.columns > 0
      if (depth !== null && depth.columns > 0) seen.step ??= depth.columns
      see(written(item.value))
    }
  }
  see(contents.srcToken ?? null)
  const mapPad = seen.mapPad ?? ' '
  const json = isJson(contents.srcToken)
  return {
    indentStep: seen.step ?? 2,
    indentLists: seen.lists ?? true,
    mapPad: json ? (seen.mapPad ?? '') : mapPad,
    listPad: seen.listPad ?? '',
    json,
  }
}

/** How far a key's block value is indented more than the key. */
function childDepth(text: string, item: Item): { type: 'block-map' | 'block-seq'; columns: number } | null {
  const value = written(item.value)
  if (value?.type !== 'block-map' && value?.type !== 'block-seq') return null
  const [first] = realItems(value)
  const [outer, inner] = [itemStart(item), itemStart(first)]
  if (outer === null || inner === null || !isFirstOnLine(text, inner)) return null
  return { type: value.type, columns: columnOf(text, inner) - columnOf(text, outer) }
}

/** The blanks behind the opening bracket of a collection that holds something in the same line; null for others. */
function flowPad(text: string, token: CST.FlowCollection): string | null {
  const [first] = realItems(token)
  const start = itemStart(first)
  if (start === null) return null
  const pad = text.slice(token.offset + 1, start)
  return /^ *$/.test(pad) ? pad.slice(0, 1) : null
}

/** Whether a collection is written as JSON: braces around double-quoted keys. */
function isJson(token: CST.Token | undefined): boolean {
  if (token?.type !== 'flow-collection' || token.start.source !== '{') return false
  const items = realItems(token)
  return items.length > 0 && items.every(({ key }) => key?.type === 'double-quoted-scalar')
}

/** The style inside of one collection: its own brackets' pad and its own keys' quotes come first. */
export function styleInside(opened: OpenText, token: CollectionToken): WritingStyle {
  const style = detectStyle(opened)
  if (token.type !== 'flow-collection') return style
  const pad = flowPad(opened.text, token)
  const json = style.json || isJson(token)
  if (pad === null) return { ...style, json }
  return token.start.source === '{' ? { ...style, json, mapPad: pad } : { ...style, json, listPad: pad }
}
