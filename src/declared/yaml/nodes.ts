import type { Document, LineCounter, Node, ParsedNode, YAMLMap } from 'yaml'
import type { DiagnosticCode } from '../../domain/diagnostic-codes.ts'
import { firstLine, type Range } from '../../domain/diagnostics.ts'
import { loadYaml } from './load.ts'
import type { Fault } from '../fault.ts'
import { expandedExtent, limits } from './limits.ts'

export function spanRange(start: number, end: number, lines: LineCounter): Range {
  const from = lines.linePos(start)
  const to = lines.linePos(Math.max(start, end))
  return { start: { line: from.line, column: from.col }, end: { line: to.line, column: to.col } }
}

export function nodeRange(node: Node | null, lines: LineCounter): Range {
  return node?.range ? spanRange(node.range[0], node.range[1], lines) : firstLine
}

/** The text of a key as the value carries it; null for a key that is no scalar. */
export function keyText(key: unknown): string | null {
  if (!loadYaml().isScalar(key)) return null
  return key.value === null ? '' : String(key.value)
}

/** What YAML allows and a document may not hold: each at its place. */
export function checkNodes(document: Document.Parsed<ParsedNode>, lines: LineCounter): Fault[] {
  const { isAlias, isCollection, isMap, isScalar, visit } = loadYaml()
  const faults: Fault[] = []
  let [nodes, aliases] = [0, 0]
  const fault = (node: Node, code: DiagnosticCode, summary: string, help: string): void => {
    faults.push({ code, summary, help, range: nodeRange(node, lines) })
  }
  visit(document, {
    Node(role, node, path) {
      nodes += 1
      const depth = path.filter((parent) => isCollection(parent)).length
      if (isAlias(node) && ++aliases > limits.aliases) {
        fault(node, 'ST1006', `more than ${limits.aliases} aliases`, 'Write the values out.')
        return visit.BREAK
      }
      if (nodes > limits.nodes || depth > limits.depth) {
        fault(node, 'ST1006', tooLarge, 'Make it smaller.')
        return visit.BREAK
      }
      if (isAlias(node) && node.resolve(document) === undefined) {
        const help = `Write the value out. Text that begins with * needs quotes: "*${node.source}".`
        fault(node, 'ST1001', `no anchor named \`${node.source}\` stands before this alias`, help)
      }
      if (isMap(node)) checkKeys(node, fault)
      if (isScalar(node)) checkScalar(node, node.value, node.source, fault)
      // Of a key it is said that it is no text.
      if (isScalar(node) && role !== 'key') checkZeros(node, node.value, node.source, fault)
      return undefined
    },
  })
  if (faults.length > 0) return faults
  const { nodes: expanded, depth } = expandedExtent(document)
  const small = expanded <= limits.nodes && depth <= limits.depth
  return small ? [] : [{ code: 'ST1006', summary: tooLarge, help: 'Make it smaller.', range: firstLine }]
}

const tooLarge = `more than ${limits.nodes} nodes or deeper than ${limits.depth}`

type Report = (node: Node, code: DiagnosticCode, summary: string, help: string) => void

/** Keys become names of fields: text, and each once. The parser's own check takes the square of their number. */
function checkKeys(map: YAMLMap, fault: Report): void {
  const { isAlias, isCollection, isScalar } = loadYaml()
  const seen = new Set<string>()
  for (const { key } of map.items) {
    const text = keyText(key)
    if (text === null || !isScalar(key)) {
      fault(isAlias(key) || isCollection(key) ? key : map, 'ST1103', 'a key must be a string', 'Write a plain key.')
      continue
    }
    const { value, source = '' } = key
    if (typeof value !== 'string' && (source !== text || text === '')) {
      const help = source === '' ? 'Write a plain key.' : `Quote it: "${source}".`
      fault(key, 'ST1103', `a key must be a string, not ${source === '' ? 'empty' : source}`, help)
    }
    if (seen.has(text)) fault(key, 'ST1002', `the key \`${text}\` stands twice in one mapping`, 'Keep one of the two.')
    seen.add(text)
  }
}

function checkScalar(node: Node, value: unknown, source: string | undefined, fault: Report): void {
  if (typeof value === 'number' && !isExactNumber(value)) {
    const help = 'Quote it if it is text, or use a number that JSON can carry exactly.'
    fault(node, 'ST1007', `the number ${source ?? value} can not be kept exactly`, help)
  }
  if (typeof value !== 'string') return
  if (value.length > limits.scalar) {
    fault(node, 'ST1006', `a text of ${value.length} characters; the limit is ${limits.scalar}`, 'Keep it elsewhere.')
  }
  if (!value.isWellFormed()) fault(node, 'ST1001', 'the text holds half a character', 'Write the whole character.')
  if (value.includes('\0')) fault(node, 'ST1001', 'the text holds a NUL character', 'Remove it.')
}

/** Accounts and other numbers that are names: YAML would drop the zeros before them. */
function checkZeros(node: Node, value: unknown, source: string | undefined, fault: Report): void {
  if (typeof value !== 'number' || source === undefined || !/^[-+]?0\d/.test(source)) return
  fault(node, 'ST1007', `${source} is read as the number ${value}`, `Quote it: "${source}".`)
}

function isExactNumber(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
}
