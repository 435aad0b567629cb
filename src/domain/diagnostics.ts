import type { DiagnosticCode } from './diagnostic-codes.ts'

/** 1-based line and column, columns in UTF-16 units as editors count them. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** `end` is exclusive. */
export interface Range {
  readonly start: Position
  readonly end: Position
}

export type Severity = 'error' | 'warning'

export interface RelatedPosition {
  readonly path: string
  readonly range: Range
  readonly message: string
}

/** A problem that a user can mend. `path` is a file, relative to the repository's root, with `/`. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: Severity
  readonly summary: string
  readonly detail?: string
  readonly help?: string
  readonly path: string
  readonly range: Range
  /** JSON pointer of the value within its document; empty for the document itself. */
  readonly pointer: string
  readonly related: readonly RelatedPosition[]
}

export const firstLine: Range = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } }

export function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === 'error'
}

/** By file, then position, then code: the same problems are always listed in the same order. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted(
    (a, b) =>
      compareText(a.path, b.path) ||
      a.range.start.line - b.range.start.line ||
      a.range.start.column - b.range.start.column ||
      compareText(a.code, b.code) ||
      compareText(a.summary, b.summary),
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
