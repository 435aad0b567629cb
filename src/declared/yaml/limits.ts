import type { Document, Node } from 'yaml'
import { loadYaml } from './load.ts'

/**
 * Limits of one document, checked before and while it is built: bytes of the file, characters of one scalar, alias
 * tokens, depth, nodes with every alias expanded, and the tokens of the exact parser (texts, marks, blanks and line
 * ends as they are written), which take most of its time and memory. `faults` is how many of its problems are listed.
 */
export const limits = {
  bytes: 1024 * 1024,
  scalar: 256 * 1024,
  aliases: 100,
  depth: 64,
  nodes: 100_000,
  tokens: 120_000,
  lines: 100_000,
  faults: 100,
} as const

/**
 * Limits of a DynamoDB item (Developer Guide, "Quotas": 400 KB with attribute names, 32 levels, numbers of magnitude
 * 1e-130 to 9.9e125). Some room is left for the attributes that are added to a document.
 */
export const itemLimits = { bytes: 380 * 1024, depth: 28, smallest: 1e-130, largest: 9.9e125 } as const

/** A text of fewer characters has fewer tokens than there may be. */
const HARMLESS_CHARACTERS = limits.tokens / 4

/** Whether the parser would be kept busy for long by a text that is refused in the end. */
export function isTooMuchToParse(text: string): boolean {
  if (text.length < HARMLESS_CHARACTERS) return false
  if (hasMoreLines(text, limits.lines)) return true
  let tokens = 0
  for (const _token of new (loadYaml().Lexer)().lex(text)) {
    tokens += 1
    if (tokens > limits.tokens) return true
  }
  return false
}

function hasMoreLines(text: string, most: number): boolean {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    lines += 1
    if (lines > most) return true
  }
  return false
}

/** What is said of such a text: it has too many tokens, and so has every text of too many nodes. */
export const tooMuch = `more than ${limits.nodes} nodes, ${limits.tokens} words and marks, or ${limits.lines} lines`

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
