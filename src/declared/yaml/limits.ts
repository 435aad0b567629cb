import type { Document, Node } from 'yaml'
import { loadYaml } from './load.ts'

/**
 * Limits of one document, checked before and while it is built: bytes of the file, characters of one scalar, alias
 * tokens, depth and nodes with every alias expanded. `faults` is how many of its problems are listed.
 */
export const limits = {
  bytes: 1024 * 1024,
  scalar: 256 * 1024,
  aliases: 100,
  depth: 64,
  nodes: 100_000,
  faults: 100,
} as const

/**
 * Limits of a DynamoDB item (Developer Guide, "Quotas": 400 KB with attribute names, 32 levels, numbers of magnitude
 * 1e-130 to 9.9e125). Some room is left for the attributes that are added to a document.
 */
export const itemLimits = { bytes: 380 * 1024, depth: 28, smallest: 1e-130, largest: 9.9e125 } as const

/** Below this size even the costliest text is parsed within half a second. */
const HARMLESS_CHARACTERS = 64 * 1024

/** Every one of these begins a node or ends one: a text with more of one of them than there may be nodes is not parsed. */
const structure: ReadonlySet<string | null> = new Set([
  ...['comma', 'anchor', 'tag', 'seq-item-ind', 'explicit-key-ind', 'map-value-ind', 'doc-start', 'doc-end'],
  ...['flow-map-start', 'flow-map-end', 'flow-seq-start', 'flow-seq-end'],
])

/** Whether the parser would be kept busy for long by a text that is refused in the end. */
export function isTooMuchToParse(text: string): boolean {
  if (text.length < HARMLESS_CHARACTERS) return false
  const { CST, Lexer } = loadYaml()
  const counts = new Map<string | null, number>()
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token)
    if (!structure.has(type)) continue
    const count = (counts.get(type) ?? 0) + 1
    if (count > limits.nodes) return true
    counts.set(type, count)
  }
  return false
}

export interface Extent {
  readonly nodes: number
  readonly depth: number
}

/** Size when every alias is replaced by what it names; each anchor is counted once, so the work stays linear. */
export function expandedExtent(document: Document.Parsed): Extent {
  const { isAlias, isCollection, isPair } = loadYaml()
  const counted = new Map<Node, Extent>()
  const extentOf = (node: unknown): Extent => {
    if (isPair(node)) return sum([extentOf(node.key), extentOf(node.value)])
    if (isAlias(node)) return extentOf(node.resolve(document))
    if (!isCollection(node)) return { nodes: 1, depth: 0 }
    const known = counted.get(node)
    if (known !== undefined) return known
    counted.set(node, { nodes: Infinity, depth: Infinity }) // an alias to its own parent has no end
    const { nodes, depth } = sum(node.items.map(extentOf))
    const extent = { nodes: nodes + 1, depth: depth + 1 }
    counted.set(node, extent)
    return extent
  }
  return extentOf(document.contents)
}

function sum(parts: readonly Extent[]): Extent {
  return parts.reduce((all, { nodes, depth }) => ({ nodes: all.nodes + nodes, depth: Math.max(all.depth, depth) }), {
    nodes: 0,
    depth: 0,
  })
}
