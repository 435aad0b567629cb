import type { DiagnosticCode } from '../domain/diagnostic-codes.ts'
import type { Diagnostic, Range } from '../domain/diagnostics.ts'
import { diagnosticOf, type CompiledDocument } from './compile-document.ts'
import type { FaultRelation, Path } from './fault.ts'
import { pointerOf } from './pointers.ts'

export interface Finding {
  readonly code: DiagnosticCode
  readonly summary: string
  readonly help: string
  readonly related?: readonly FaultRelation[]
}

/** A finding at the value that stands at a path of a document. */
export function findingAt(document: CompiledDocument, path: Path, finding: Finding): Diagnostic {
  return diagnosticOf({ ...finding, range: document.yaml.rangeOf(path), pointer: pointerOf(path) }, document.path)
}

/** A finding at the key of a field. */
export function findingAtKey(document: CompiledDocument, path: Path, finding: Finding): Diagnostic {
  return diagnosticOf({ ...finding, range: document.yaml.keyRangeOf(path), pointer: pointerOf(path) }, document.path)
}

export function relationAt(document: CompiledDocument, path: Path, message: string): FaultRelation {
  return { path: document.path, range: startOf(document.yaml.rangeOf(path), path), message }
}

/** Of a whole document only where it begins. */
function startOf(range: Range, path: Path): Range {
  return path.length === 0 ? { start: range.start, end: range.start } : range
}
