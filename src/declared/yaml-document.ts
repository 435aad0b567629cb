import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments, visit } from 'yaml'
import type { Document, Node, ParsedNode, YAMLError } from 'yaml'
import type { DiagnosticCode } from '../domain/diagnostic-codes.ts'
import { errorMessage } from '../domain/errors.ts'
import { firstLine, type Range } from '../domain/diagnostics.ts'

/** Limits of one document, checked before and while it is built. */
export const limits = { bytes: 1024 * 1024, aliases: 100, depth: 64, nodes: 100_000 } as const

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
  try {
    return parseText(text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return failed(
      'ST1006',
      `the document is nested too deeply (${errorMessage(error)})`,
      `The limit is ${limits.depth}.`,
    )
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

function parseText(text: string): ParseResult {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: false, version: '1.2' })
  const documents = Array.isArray(parsed) ? parsed : []
  const [first, second] = documents
  const faults = documents.flatMap((document) =>
    [...document.errors, ...document.warnings].map((error) => syntaxFault(error, lines)),
  )
  if (faults.length > 0) return { document: null, faults }
  if (first === undefined || first.contents === null || isEmptyScalar(first.contents)) {
    return failed('ST1004', 'the file holds no document', 'Write the document, or delete the file.')
  }
  if (second !== undefined) {
    const range = spanRange(second.range[0], second.range[0], lines)
    return failed('ST1003', 'the file holds more than one document', 'Put each document into its own file.', range)
  }
  const valueFaults = checkNodes(first, lines)
  if (valueFaults.length > 0) return { document: null, faults: valueFaults }
  return { document: locate(first, lines), faults: [] }
}

function isEmptyScalar(node: ParsedNode): boolean {
  return isScalar(node) && node.value === null && (node.source ?? '') === ''
}

function spanRange(start: number, end: number, lines: LineCounter): Range {
  const from = lines.linePos(start)
  const to = lines.linePos(Math.max(start, end))
  return { start: { line: from.line, column: from.col }, end: { line: to.line, column: to.col } }
}

function syntaxFault(error: YAMLError, lines: LineCounter): Fault {
  const range = spanRange(error.pos[0], error.pos[1], lines)
  if (error.code === 'DUPLICATE_KEY') {
    return { code: 'ST1002', summary: 'a key stands twice in one mapping', help: 'Keep one of the two.', range }
  }
  const summary = error.message.split('\n', 1)[0] ?? 'invalid YAML'
  return { code: 'ST1001', summary: `not valid YAML: ${summary}`, help: 'Correct the syntax here.', range }
}

/** Numbers that JSON can not carry, aliases, depth and size with every alias expanded. */
function checkNodes(document: Document.Parsed, lines: LineCounter): Fault[] {
  const faults: Fault[] = []
  let [nodes, aliases] = [0, 0]
  const fault = (node: Node, code: DiagnosticCode, summary: string, help: string): void => {
    faults.push({ code, summary, help, range: spanRange(node.range?.[0] ?? 0, node.range?.[1] ?? 0, lines) })
  }
  visit(document, {
    Node(_key, node, path) {
      nodes += 1
      const depth = path.filter((parent) => isCollection(parent)).length
      if (isAlias(node) && ++aliases > limits.aliases) {
        fault(node, 'ST1006', `more than ${limits.aliases} aliases`, 'Write the values out.')
        return visit.BREAK
      }
      if (nodes > limits.nodes || depth > limits.depth) {
        fault(node, 'ST1006', `more than ${limits.nodes} nodes or deeper than ${limits.depth}`, 'Make it smaller.')
        return visit.BREAK
      }
      if (isScalar(node) && typeof node.value === 'number' && !isExactNumber(node.value)) {
        const help = 'Quote it if it is text, or use a number that JSON can carry exactly.'
        fault(node, 'ST1007', `the number ${node.source ?? node.value} can not be kept exactly`, help)
      }
      return undefined
    },
  })
  if (faults.length === 0 && expandedNodes(document) > limits.nodes) {
    faults.push({
      code: 'ST1006',
      summary: `more than ${limits.nodes} nodes`,
      help: 'Make it smaller.',
      range: firstLine,
    })
  }
  return faults
}

function isExactNumber(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
}

/** Nodes when every alias is replaced by what it names; each anchor is counted once, so the work stays linear. */
function expandedNodes(document: Document.Parsed): number {
  const counted = new Map<Node, number>()
  const count = (node: unknown): number => {
    if (isPair(node)) return count(node.key) + count(node.value)
    if (isAlias(node)) return count(node.resolve(document))
    if (!isCollection(node)) return 1
    const known = counted.get(node)
    if (known !== undefined) return known
    counted.set(node, Infinity) // an alias to its own parent has no end
    const total = 1 + node.items.reduce((sum: number, item) => sum + count(item), 0)
    counted.set(node, total)
    return total
  }
  return count(document.contents)
}

function locate(document: Document.Parsed, lines: LineCounter): YamlDocument {
  const nodeAt = (path: Path): Node | null => {
    let node: Node | null = document.contents
    for (const segment of path) {
      const next: unknown = isMap(node) || isSeq(node) ? node.get(segment, true) : undefined
      if (!isScalar(next) && !isCollection(next) && !isAlias(next)) return node
      node = next
    }
    return node
  }
  const range = (node: Node | null): Range => (node?.range ? spanRange(node.range[0], node.range[1], lines) : firstLine)
  const keyNode = (path: Path): Node | null => {
    const parent = nodeAt(path.slice(0, -1))
    const name = path.at(-1)
    if (!isMap(parent)) return null
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(name))
    return isScalar(pair?.key) ? pair.key : null
  }
  return {
    value: document.toJS({ maxAliasCount: limits.aliases }),
    rangeOf: (path) => range(nodeAt(path)),
    keyRangeOf: (path) => range(keyNode(path) ?? nodeAt(path)),
    sourceOf: (path) => {
      const node = nodeAt(path)
      return isScalar(node) ? (node.source ?? String(node.value)) : null
    },
  }
}
