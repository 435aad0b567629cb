import type { DiagnosticCode } from '../domain/diagnostic-codes.ts'
import { firstLine, type Range } from '../domain/diagnostics.ts'
import { limits } from './yaml/limits.ts'

/** A problem of one document, before it is known in which file the document stands. */
export interface Fault {
  readonly code: DiagnosticCode
  readonly summary: string
  readonly help: string
  readonly range: Range
  readonly pointer?: string
  readonly related?: readonly FaultRelation[]
}

/** Another place that a fault speaks of; `path` is a file relative to the repository's root. */
export interface FaultRelation {
  readonly path: string
  readonly range: Range
  readonly message: string
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
  /** Certainly within every limit of a table item. */
  readonly isSmall: boolean
  /** The line of a key of the document itself; 1 where it is not written. */
  lineOf(key: string): number
}

/** The first faults, and how many are not listed: a file of nothing but faults must not drown the other files. */
export function listed(faults: readonly Fault[], total = faults.length): readonly Fault[] {
  if (total <= limits.faults) return faults
  const summary = `${total - limits.faults} more problems in this file are not listed`
  const range = faults[limits.faults]?.range ?? firstLine
  return [...faults.slice(0, limits.faults), { code: 'ST1006', summary, help: 'Correct the listed ones first.', range }]
}
