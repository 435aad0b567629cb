import { isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml'
import type { Document, Node, ParsedNode, YAMLError } from 'yaml'
import type { DiagnosticCode } from '../domain/diagnostic-codes.ts'
import { firstLine, type Range } from '../domain/diagnostics.ts'
import { isTooMuchToParse, limits } from './yaml-limits.ts'
import { checkNodes, keyText, nodeRange, spanRange } from './yaml-nodes.ts'

export interface Fault {
  readonly code: DiagnosticCode
  readonly summary: string
  readonly help: string
  readonly range: Range
  readonly pointer?: string
}

export type Path = readonly (string | number)[]

/** A parsed document whose values know where they stand. */
export interface YamlDocument {
  readonly value: unknown
  /** Where the value at `path` stands; of the nearest existing parent if there is none. */
  rangeOf(path: Path): Range
  /** Where the key at `path` stands; the value's place for an element of a list. */
  keyRangeOf(path: Path): Range
  /** The text of the scalar at `path` as it was written; null for anything else. */
  sourceOf(path: Path): string | null
}

export type ParseResult =
  | { readonly document: YamlDocument; readonly faults: readonly [] }
  | { readonly document: null; readonly faults: readonly Fault[] }

/** Reads one document; every fault that the parser can tell in one pass is returned. */
export function parseYaml(bytes: Uint8Array): ParseResult {
  if (bytes.length > limits.bytes) {
    return failed('ST1006', `the file has ${bytes.length} bytes; the limit is ${limits.bytes}`, 'Make it smaller.')
  }
  const text = decode(bytes)
  if (text === null) return failed('ST1005', 'the file is not UTF-8', 'Save it as UTF-8.')
  if (isTooMuchToParse(text)) return failed('ST1006', `more than ${limits.nodes} nodes`, 'Make it smaller.')
  try {
    return parseText(text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return failed('ST1006', 'the document is nested too deeply', `The limit is ${limits.depth}.`)
  }
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function failed(code: DiagnosticCode, summary: string, help: string, range = firstLine): ParseResult {
  return { document: null, faults: [{ code, summary, help, range }] }
}

const options = {
  prettyErrors: false,
  merge: false,
  version: '1.2',
  resolveKnownTags: false,
  uniqueKeys: false,
} as const

function parseText(text: string): ParseResult {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { ...options, lineCounter: lines })
  const documents = Array.isArray(parsed) ? parsed : []
  const [first, second] = documents
  const faults = documents.flatMap((document) =>
    [...document.errors, ...document.warnings].map((error) => syntaxFault(error, lines)),
  )
  if (faults.length > 0) return { document: null, faults: listed(faults) }
  if (first === undefined || (second === undefined && isEmpty(first.contents))) {
    return failed('ST1004', 'the file holds no document', 'Write the document, or delete the file.')
  }
  if (second !== undefined) {
    const range = spanRange(second.range[0], second.range[0], lines)
    return failed('ST1003', 'the file holds more than one document', 'Put each document into its own file.', range)
  }
  if (first.directives.yaml.version !== options.version) {
    return failed('ST1001', `YAML ${first.directives.yaml.version} is not read`, 'Remove the line %YAML.')
  }
  const valueFaults = checkNodes(first, lines)
  if (valueFaults.length > 0) return { document: null, faults: listed(valueFaults) }
  return { document: locate(first, lines), faults: [] }
}

/** The first faults, and how many are not listed: a file of nothing but faults must not drown the other files. */
export function listed(faults: readonly Fault[], total = faults.length): readonly Fault[] {
  if (total <= limits.faults) return faults
  const summary = `${total - limits.faults} more problems in this file are not listed`
  const range = faults[limits.faults]?.range ?? firstLine
  return [...faults.slice(0, limits.faults), { code: 'ST1006', summary, help: 'Correct the listed ones first.', range }]
}

function isEmpty(node: ParsedNode | null): boolean {
  return node === null || (isScalar(node) && node.value === null && (node.source ?? '') === '')
}

function syntaxFault(error: YAMLError, lines: LineCounter): Fault {
  const range = spanRange(error.pos[0], error.pos[1], lines)
  if (error.code === 'RESOURCE_EXHAUSTION') {
    return { code: 'ST1006', summary: 'nested too deeply', help: `The limit is ${limits.depth}.`, range }
  }
  const summary = error.message.split('\n', 1)[0] ?? 'invalid YAML'
  return { code: 'ST1001', summary: `not valid YAML: ${summary}`, help: 'Correct the syntax here.', range }
}

function locate(document: Document.Parsed, lines: LineCounter): YamlDocument {
  const childOf = (node: Node | null, segment: string | number): unknown => {
    if (isSeq(node)) return node.get(segment, true)
    return isMap(node) ? node.items.find(({ key }) => keyText(key) === String(segment))?.value : undefined
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
    const pair = parent.items.find(({ key }) => keyText(key) === String(path.at(-1)))
    return isScalar(pair?.key) ? pair.key : null
  }
  return {
    value: document.toJS({ maxAliasCount: -1 }), // the size with every alias expanded is checked before
    rangeOf: (path) => nodeRange(nodeAt(path), lines),
    keyRangeOf: (path) => nodeRange(keyNode(path) ?? nodeAt(path), lines),
    sourceOf: (path) => {
      const node = nodeAt(path)
      return isScalar(node) ? (node.source ?? String(node.value)) : null
    },
  }
}
