import { isMap, isSeq } from 'yaml'
import type { Json } from '../../domain/json.ts'
import { addToBlock, removeFromBlock, removeOnlyItem } from './block-items.ts'
import type { Edit } from './edit-yaml.ts'
import { addToFlow, removeFromFlow } from './flow-items.ts'
import { locate, offsetOf, sharedAnchorWithin, type Container, type Slot } from './locate.ts'
import type { OpenText } from './open-text.ts'
import { planReplacement } from './replace-value.ts'
import type { Planned } from './splices.ts'
import { sameValue } from './edited-value.ts'

/** What an edit does to the text of a document. */
export function planEdit(opened: OpenText, edit: Edit): Planned {
  const target = locate(opened, edit.path)
  if ('problem' in target) return target
  const last = edit.path.at(-1)
  if (edit.kind === 'delete') {
    if ('container' in target || target.rest.length > 0) return missing(target, last)
    return planDelete(opened, target.slot)
  }
  const [segment, ...deeper] = target.rest
  if (edit.kind === 'insert') {
    if (segment === undefined) return { problem: `\`${last ?? ''}\` exists already`, at: placeOf(target) }
    if (typeof last === 'number') return { problem: 'an element is added to a list by `set`', at: placeOf(target) }
  }
  if ('slot' in target) {
    const value = nested(target.rest, edit.value)
    if (value === null) return missing(target, last)
    return planSet(opened, target.slot, { value: value.value, style: edit.style })
  }
  const value = nested(deeper, edit.value)
  if (value === null || segment === undefined) return missing(target, last)
  const after = edit.kind === 'insert' && deeper.length === 0 ? edit.after : undefined
  return planAdd(opened, target.container, { segment, value: value.value, after, style: edit.style })
}

type Place = { readonly slot: Slot } | { readonly container: Container }

function placeOf(place: Place): number {
  return offsetOf('slot' in place ? place.slot.node : place.container.node)
}

function missing(place: Place, name: string | number | undefined): Planned {
  return { problem: `there is no \`${name ?? ''}\` here`, at: placeOf(place) }
}

/** The value with the parents that `rest` names; null where it names an element of a new list that is not the first. */
function nested(rest: readonly (string | number)[], value: Json): { readonly value: Json } | null {
  let result = value
  for (const segment of rest.toReversed()) {
    if (typeof segment === 'number' && segment !== 0) return null
    result = typeof segment === 'number' ? [result] : Object.fromEntries([[segment, result]])
  }
  return { value: result }
}

function planSet(opened: OpenText, slot: Slot, { value, style }: { value: Json; style: 'flow' | undefined }): Planned {
  const shared = sharedAnchorWithin(opened, slot.node)
  const at = offsetOf(slot.node)
  if (shared !== null) return { problem: `the anchor \`&${shared}\` is used in other places too`, at }
  const current = slot.node?.toJS(opened.document)
  if (current !== undefined && sameValue(current, value)) return { splices: [], start: 0, end: 0 }
  return planReplacement(opened, slot, value, style)
}

function planDelete(opened: OpenText, slot: Slot): Planned {
  const { within, node } = slot
  if (within === null) return { problem: 'the whole document is not deleted by an edit', at: 0 }
  const shared = sharedAnchorWithin(opened, node)
  if (shared !== null) {
    return { problem: `the anchor \`&${shared}\` is used in other places too`, at: offsetOf(node) }
  }
  const { container, index } = within
  if (container.token.type === 'flow-collection') return removeFromFlow(opened.text, container, index)
  if (container.items.length > 1) return removeFromBlock(opened.text, container, index)
  const empty = isMap(container.node) ? '{}' : '[]'
  return removeOnlyItem(opened.text, container, empty)
}

interface Addition {
  readonly segment: string | number
  readonly value: Json
  readonly after: string | undefined
  readonly style: 'flow' | undefined
}

function planAdd(opened: OpenText, container: Container, { segment, value, after, style }: Addition): Planned {
  const key = isSeq(container.node) ? null : String(segment)
  const addition = { key, value, after, flow: style === 'flow' }
  return container.token.type === 'flow-collection'
    ? addToFlow(opened, container, addition)
    : addToBlock(opened, container, addition)
}
