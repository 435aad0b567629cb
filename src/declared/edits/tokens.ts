import type { CST } from 'yaml'

export type Item = CST.CollectionItem
export type CollectionToken = CST.BlockMap | CST.BlockSequence | CST.FlowCollection

/** What belongs to an item itself; blanks, comments and commas around it do not. */
const marks: ReadonlySet<string> = new Set(['seq-item-ind', 'explicit-key-ind', 'map-value-ind', 'anchor', 'tag'])

export function marksOf(tokens: readonly CST.SourceToken[] | undefined): readonly CST.SourceToken[] {
  return (tokens ?? []).filter(({ type }) => marks.has(type))
}

/** A token that stands for nothing written, as behind `key:`, counts as none. */
export function written(token: CST.Token | null | undefined): CST.Token | null {
  if (token === null || token === undefined) return null
  return token.type === 'scalar' && token.source === '' ? null : token
}

/** The items that hold something: the parser also makes items of a last comment or a last comma. */
export function realItems(token: CollectionToken): Item[] {
  const items: readonly Item[] = token.items
  return items.filter((item) => itemStart(item) !== null)
}

/** Where an item's first mark, key or value begins; null if it has none, or if there is no item. */
export function itemStart(item: Item | undefined): number | null {
  const first = marksOf(item?.start)[0] ?? written(item?.key) ?? marksOf(item?.sep)[0] ?? written(item?.value)
  return first?.offset ?? null
}

/** Where the last character of an item's content ends; a block scalar's content includes its last line end. */
export function itemEnd(item: Item | undefined): number | null {
  if (item === undefined) return null
  const value = written(item.value)
  if (value !== null) return tokenEnd(value)
  const separator = marksOf(item.sep).at(-1)
  if (separator !== undefined) return sourceEnd(separator)
  const key = written(item.key)
  if (key !== null) return tokenEnd(key)
  const mark = marksOf(item.start).at(-1)
  return mark === undefined ? null : sourceEnd(mark)
}

export function tokenEnd(token: CST.Token): number {
  if (token.type === 'block-map' || token.type === 'block-seq') {
    const last = realItems(token).at(-1)
    return itemEnd(last) ?? token.offset
  }
  if (token.type === 'flow-collection') return closingOffset(token) + 1
  if (token.type === 'block-scalar') return bodyStart(token) + token.source.length
  return 'source' in token ? sourceEnd(token) : token.offset
}

/** Whether an item ends in a block scalar whose text ends with its line: without the line end it is another text. */
export function endsWithLineEnd(item: Item | undefined): boolean {
  const value = written(item?.value)
  if (value?.type === 'block-map' || value?.type === 'block-seq') return endsWithLineEnd(realItems(value).at(-1))
  if (value?.type !== 'block-scalar') return false
  return !value.props.some((prop) => prop.type === 'block-scalar-header' && prop.source.includes('-'))
}

export function closingOffset(token: CST.FlowCollection): number {
  return token.end.find(({ type }) => type.endsWith('-end'))?.offset ?? token.offset
}

/** Where the first line of a block scalar's text begins. */
export function bodyStart(token: CST.BlockScalar): number {
  const last = token.props.at(-1)
  return last !== undefined && 'source' in last ? sourceEnd(last) : token.offset
}

/** Where `|`, `>` and what stands directly behind them end. */
export function headerEnd(token: CST.BlockScalar): number {
  const header = token.props.find(({ type }) => type === 'block-scalar-header')
  return header !== undefined && 'source' in header ? sourceEnd(header) : token.offset
}

function sourceEnd(token: { readonly offset: number; readonly source: string }): number {
  return token.offset + token.source.length
}
