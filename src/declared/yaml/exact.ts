import type { Document, LineCounter, Node, Pair, ParsedNode, YAMLMap } from 'yaml'
import type { DiagnosticCode } from '../../domain/diagnostic-codes.ts'
import { firstLine } from '../../domain/diagnostics.ts'
import { loadYaml } from './load.ts'
import { listed, type Fault, type Path, type YamlDocument } from '../fault.ts'
import { isTooMuchToParse, limits, tooMuch } from './limits.ts'
import { checkNodes, keyText, nodeRange, spanRange } from './nodes.ts'
import { syntaxFaults } from './syntax-faults.ts'

/** Keeps the whole syntax tree. */
export type LocatedDocument = YamlDocument

export type ExactResult =
  | { readonly document: LocatedDocument; readonly faults: readonly [] }
  | { readonly document: null; readonly faults: readonly Fault[] }

/** YAML 1.2 without merge keys and tags; keys that stand twice are looked for by `checkNodes`. */
export const parseOptions = {
  prettyErrors: false,
  merge: false,
  version: '1.2',
  resolveKnownTags: false,
  uniqueKeys: false,
} as const

/** Reads a text with the position of everything in it. */
export function parseExactly(text: string): ExactResult {
  if (isTooMuchToParse(text)) return failed('ST1006', tooMuch, 'Make it smaller.')
  const { stackTraceLimit } = Error
  try {
    // A text of nothing but faults makes an error of each: without their stacks it takes a quarter of the time.
    Error.stackTraceLimit = 0
    return parseText(text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return failed('ST1006', 'the document is nested too deeply', `The limit is ${limits.depth}.`)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function failed(code: DiagnosticCode, summary: string, help: string, range = firstLine): ExactResult {
  return { document: null, faults: [{ code, summary, help, range }] }
}

function parseText(text: string): ExactResult {
  const { LineCounter, parseAllDocuments } = loadYaml()
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { ...parseOptions, lineCounter: lines })
  const documents = Array.isArray(parsed) ? parsed : []
  const [first, second] = documents
  const faults = syntaxFaults(documents, text, lines)
  if (faults.length > 0) return { document: null, faults }
  if (first === undefined || (second === undefined && isEmpty(first.contents))) {
    return failed('ST1004', 'the file holds no document', 'Write the document, or delete the file.')
  }
  if (second !== undefined) {
    const range = spanRange(second.range[0], second.range[0], lines)
    return failed('ST1003', 'the file holds more than one document', 'Put each document into its own file.', range)
  }
  if (first.directives.yaml.version !== parseOptions.version) {
    return failed('ST1001', `YAML ${first.directives.yaml.version} is not read`, 'Remove the line %YAML.')
  }
  const valueFaults = checkNodes(first, lines)
  if (valueFaults.length > 0) return { document: null, faults: listed(valueFaults) }
  return { document: locate(first, lines), faults: [] }
}

function isEmpty(node: ParsedNode | null): boolean {
  return node === null || (loadYaml().isScalar(node) && node.value === null && (node.source ?? '') === '')
}

function locate(document: Document.Parsed, lines: LineCounter): LocatedDocument {
  const { isAlias, isCollection, isMap, isScalar, isSeq } = loadYaml()
  const known = new Map<YAMLMap, ReadonlyMap<string | null, Pair>>()
  const pairOf = (map: YAMLMap, segment: string | number | undefined): Pair | undefined => {
    const pairs = known.get(map) ?? new Map(map.items.map((pair) => [keyText(pair.key), pair]))
    known.set(map, pairs)
    return pairs.get(String(segment))
  }
  const childOf = (node: Node | null, segment: string | number): unknown => {
    if (isSeq(node)) return node.get(segment, true)
    return isMap(node) ? pairOf(node, segment)?.value : undefined
  }
  const nodeAt = (path: Path): Node | null => {
    let node: Node | null = document.contents
    for (const segment of path) {
      const next = childOf(node, segment)
      if (!isScalar(next) && !isCollection(next) && !isAlias(next)) return node
      node = next
    }
    return node
  }
  const keyNode = (path: Path): Node | null => {
    const parent = nodeAt(path.slice(0, -1))
    if (!isMap(parent)) return null
    const pair = pairOf(parent, path.at(-1))
    return isScalar(pair?.key) ? pair.key : null
  }
  return {
    isSmall: false,
    value: document.toJS({ maxAliasCount: -1 }), // the size with every alias expanded is checked before
    rangeOf: (path) => nodeRange(nodeAt(path), lines),
    keyRangeOf: (path) => nodeRange(keyNode(path) ?? nodeAt(path), lines),
    sourceOf: (path) => {
      const node = nodeAt(path)
      return isScalar(node) ? (node.source ?? String(node.value)) : null
    },
    lineOf: (key) => nodeRange(keyNode([key]), lines).start.line,
  }
}
