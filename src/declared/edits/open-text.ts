import { isScalar, LineCounter, parseAllDocuments } from 'yaml'
import type { Document, ParsedNode } from 'yaml'
import { parseOptions } from '../yaml/exact.ts'
import { isTooMuchToParse } from '../yaml/limits.ts'
import { checkNodes } from '../yaml/nodes.ts'
import { syntaxFaults } from '../yaml/syntax-faults.ts'
import type { EditProblem } from './edit-yaml.ts'

/** A text with exactly one sound document, its tokens and its value. */
export interface OpenText {
  readonly text: string
  readonly document: Document.Parsed
  readonly contents: ParsedNode
  readonly value: unknown
  positionOf(offset: number): { readonly line: number; readonly column: number }
}

/** The source tokens say where punctuation, comments and blanks stand. */
const options = { ...parseOptions, keepSourceTokens: true } as const

export function openText(text: string): OpenText | { readonly problem: EditProblem } {
  if (isTooMuchToParse(text)) return failed('the document is too large', { line: 1, column: 1 })
  const { stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = 0 // as parseExactly does
    return parse(text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return failed('the document is nested too deeply', { line: 1, column: 1 })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function parse(text: string): OpenText | { readonly problem: EditProblem } {
  const lines = new LineCounter()
  const positionOf = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const parsed = parseAllDocuments(text, { ...options, lineCounter: lines })
  const [first, second] = Array.isArray(parsed) ? parsed : []
  if (first === undefined || first.contents === null) return failed('the file holds no document', positionOf(0))
  const [fault] = syntaxFaults(second === undefined ? [first] : [first, second], text, lines)
  if (fault !== undefined) return failed(fault.summary, fault.range.start)
  if (second !== undefined) return failed('the file holds more than one document', positionOf(second.range[0]))
  if (first.directives.yaml.version !== options.version) {
    return failed(`YAML ${first.directives.yaml.version} is not read`, positionOf(0))
  }
  const { contents } = first
  if (isScalar(contents) && contents.value === null && (contents.source ?? '') === '') {
    return failed('the file holds no document', positionOf(0))
  }
  const [unsound] = checkNodes(first, lines)
  if (unsound !== undefined) return failed(unsound.summary, unsound.range.start)
  return { text, document: first, contents, value: first.toJS({ maxAliasCount: -1 }), positionOf }
}

function failed(
  message: string,
  { line, column }: { line: number; column: number },
): { readonly problem: EditProblem } {
  return { problem: { message, line, column } }
}
