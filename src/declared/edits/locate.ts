import { isAlias, isCollection, isMap, isScalar, isSeq, visit } from 'yaml'
import type { CST, Node } from 'yaml'
import { keyText } from '../yaml/nodes.ts'
import type { OpenText } from './open-text.ts'
import type { Refusal } from './splices.ts'
import { itemEnd, marksOf, realItems, tokenEnd, written, type CollectionToken, type Item } from './tokens.ts'

/** A mapping or list with the tokens of its items, in order. */
export interface Container {
  readonly node: Node
  readonly slot: Slot
  readonly token: CollectionToken
  readonly items: readonly Item[]
  /** Where what stands before the first item ends. */
  readonly floor: number
}

/** The place of a value that exists: an item of a container; the document's own value has neither. */
export interface Slot {
  readonly node: Node | null
  readonly value: CST.Token | null
  readonly within: { readonly container: Container; readonly item: Item; readonly index: number } | null
}

/** As far as a path leads: to a value (`rest` empty or the value null), or to the container that misses `rest[0]`. */
export type Target =
  | { readonly slot: Slot; readonly rest: readonly (string | number)[] }
  | { readonly container: Container; readonly rest: readonly (string | number)[] }

export function locate(opened: OpenText, path: readonly (string | number)[]): Target | Refusal {
  const { contents } = opened
  let slot: Slot = { node: contents, value: contents.srcToken ?? null, within: null }
  for (const [depth, segment] of path.entries()) {
    const { node } = slot
    const rest = path.slice(depth)
    if (isScalar(node) && node.value === null) return { slot, rest }
    const container = containerOf(slot)
    if ('problem' in container) return container
    const shared = sharedAnchor(opened, node)
    if (shared !== null) {
      return { problem: `the value has the anchor \`&${shared}\` and is used in other places too`, at: offsetOf(node) }
    }
    const child = childOf(container, segment)
    if (child === null) return { container, rest }
    if ('problem' in child) return child
    slot = child
  }
  return { slot, rest: [] }
}

export function offsetOf(node: Node | null): number {
  return node?.range?.[0] ?? 0
}

/** The container that stands in a slot; refused for what holds no items, and for a pair in a list without braces. */
function containerOf(slot: Slot): Container | Refusal {
  const { node, value, within } = slot
  const at = offsetOf(node)
  if (isAlias(node)) return { problem: 'the path leads through an alias: the value stands elsewhere', at }
  if (!isCollection(node)) return { problem: 'the path leads through a value that holds no others', at }
  if (value?.type !== 'block-map' && value?.type !== 'block-seq' && value?.type !== 'flow-collection') {
    return { problem: 'a pair in a list without braces is not edited', at }
  }
  const items = realItems(value)
  if (items.length !== node.items.length) return { problem: 'the collection is written in an unusual way', at }
  const floor = value.type === 'flow-collection' ? value.offset + 1 : within === null ? 0 : indicatorEnd(within.item)
  return { node, slot, token: value, items, floor }
}

function childOf(container: Container, segment: string | number): Slot | Refusal | null {
  const { node, items } = container
  const slot = (index: number, child: unknown): Slot | null => {
    const item = items[index]
    if (item === undefined) return null
    const held = isScalar(child) || isCollection(child) || isAlias(child) ? child : null
    return { node: held, value: valueToken(held, item), within: { container, item, index } }
  }
  if (isMap(node)) {
    const index = node.items.findIndex(({ key }) => keyText(key) === String(segment))
    return slot(index, node.items[index]?.value)
  }
  if (!isSeq(node)) return null
  if (typeof segment !== 'number' || !Number.isInteger(segment) || segment < 0 || segment > items.length) {
    const problem = `a list of ${items.length} has no element \`${segment}\``
    return { problem, at: offsetOf(node) }
  }
  return slot(segment, node.items[segment])
}

/** In a list, `[a: 1]` has the value at `a`, not at the element: the element then has no token of its own. */
function valueToken(node: Node | null, item: Item): CST.Token | null {
  if (isMap(node) && node.srcToken === undefined) return null
  return written(item.value)
}

/** Where the dash, the colon, the anchor or the tag before an item's value ends. */
export function indicatorEnd(item: Item): number {
  const mark = marksOf(item.sep).at(-1)
  if (mark !== undefined) return mark.offset + mark.source.length
  const key = written(item.key)
  if (key !== null) return tokenEnd(key)
  const first = marksOf(item.start).at(-1)
  return first === undefined ? (written(item.value)?.offset ?? 0) : first.offset + first.source.length
}

/** The name of an anchor in a value that an alias outside of the value refers to; null if there is none. */
export function sharedAnchorWithin(opened: OpenText, node: Node | null): string | null {
  const anchors = new Set<string>()
  if (node === null) return null
  visit(node, {
    Value: (_key, { anchor }) => void (anchor !== undefined && anchors.add(anchor)),
  })
  return anchors.size === 0 ? null : aliasTo(opened, anchors, node)
}

/** The same for the anchor of the value itself. */
function sharedAnchor(opened: OpenText, node: Node | null): string | null {
  if (!isCollection(node) || node.anchor === undefined) return null
  return aliasTo(opened, new Set([node.anchor]), null)
}

function aliasTo(opened: OpenText, anchors: ReadonlySet<string>, except: Node | null): string | null {
  let found: string | null = null
  visit(opened.document, {
    Node(_key, node) {
      if (node === except) return visit.SKIP
      if (!isAlias(node) || !anchors.has(node.source)) return undefined
      found = node.source
      return visit.BREAK
    },
  })
  return found
}

/** Where the item before ends; the container's floor for its first one. */
export function floorOf({ items, floor }: Container, index: number): number {
  const before = items[index - 1]
  return itemEnd(before) ?? floor
}
