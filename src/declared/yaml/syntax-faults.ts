import type { Document, LineCounter, YAMLError } from 'yaml'
import { listed, type Fault } from '../fault.ts'
import { limits } from './limits.ts'
import { loadYaml } from './load.ts'
import { spanRange } from './nodes.ts'
import { syntaxMessage, type SyntaxPlace } from './syntax-messages.ts'

/** What is wrong with the syntax of a text; empty where nothing is. */
export function syntaxFaults(
  documents: readonly Document.Parsed[],
  text: string,
  lines: LineCounter,
): readonly Fault[] {
  const errors = documents.flatMap((document) =>
    [...document.errors, ...document.warnings].map((error) => ({ error, document })),
  )
  if (errors.length === 0) return []
  // Nesting beyond the parser's own stack makes errors of what follows it, too.
  const exhausted = errors.find(({ error }) => error.code === 'RESOURCE_EXHAUSTION')
  if (exhausted !== undefined) {
    const range = spanRange(exhausted.error.pos[0], exhausted.error.pos[1], lines)
    return [{ code: 'ST1006', summary: 'nested too deeply', help: `The limit is ${limits.depth}.`, range }]
  }
  const texts = text.split(/\r?\n/)
  const own = withoutEchoes(errors, texts, lines)
  const opened = openings(lines)
  const told = own
    .slice(0, limits.faults + 1)
    .map(({ error, document }) => syntaxFault(error, { texts, lines, opened: () => opened(document, error.pos[0]) }))
  return listed(told, own.length)
}

interface Found {
  readonly error: YAMLError
  readonly document: Document.Parsed
}

/**
 * One mistake makes the parser stumble several times, most often within one field of the document: of each only the
 * first is told. Each tab is a mistake of its own.
 */
function withoutEchoes(errors: readonly Found[], texts: readonly string[], lines: LineCounter): readonly Found[] {
  let entry = 0
  const entries = texts.map((line, index) => (/^[^\s#\-\]}]/.test(line) ? (entry = index) : entry))
  const isConflict = texts.some((line) => line.startsWith('<<<<<<< '))
  let last = -1
  return errors.filter(({ error }, index) => {
    const line = Math.max(0, lines.linePos(error.pos[0]).line - 1)
    const at = isConflict ? 0 : (entries[line] ?? 0)
    const isNew = index === 0 || at > last || error.code === 'TAB_AS_INDENT'
    if (isNew) last = Math.max(last, at)
    return isNew
  })
}

interface Surroundings {
  readonly texts: readonly string[]
  readonly lines: LineCounter
  readonly opened: SyntaxPlace['opened']
}

function syntaxFault(error: YAMLError, { texts, lines, opened }: Surroundings): Fault {
  const range = spanRange(error.pos[0], error.pos[1], lines)
  if (error.code === 'TAB_AS_INDENT') {
    const help = 'Indent with spaces: YAML allows no tabs.'
    return { code: 'ST1017', summary: 'a tab indents this line', help, range }
  }
  const { summary, help, at } = syntaxMessage({
    code: error.code,
    words: error.message.split('\n', 1)[0] ?? 'invalid YAML',
    line: range.start.line - 1,
    column: range.start.column - 1,
    lines: texts,
    opened,
  })
  if (at === undefined) return { code: 'ST1001', summary, help, range }
  const start = { line: at.line + 1, column: at.column + 1 }
  return { code: 'ST1001', summary, help, range: { start, end: { ...start, column: start.column + at.length } } }
}

/** Finds the last quotation mark or bracket that opens before an offset and is not closed before it. */
function openings(
  lines: LineCounter,
): (document: Document.Parsed, offset: number) => ReturnType<SyntaxPlace['opened']> {
  const known = new Map<Document.Parsed, readonly (readonly [start: number, end: number])[]>()
  return (document, offset) => {
    const spans = known.get(document) ?? openingSpans(document)
    known.set(document, spans)
    const opened = spans.findLast(([start, end]) => start < offset && end >= offset)
    if (opened === undefined) return null
    const { line, col } = lines.linePos(opened[0])
    return { line: line - 1, column: col - 1 }
  }
}

function openingSpans(document: Document.Parsed): readonly (readonly [start: number, end: number])[] {
  const { isCollection, isScalar, visit } = loadYaml()
  const spans: (readonly [number, number])[] = []
  visit(document, {
    Node(_role, node) {
      const isOpening = isScalar(node) ? node.type?.startsWith('QUOTE') : isCollection(node) && node.flow
      if (isOpening === true && node.range) spans.push([node.range[0], node.range[1]])
    },
  })
  return spans
}
