import type { Diagnostic } from '../domain/diagnostics.ts'

/** A diagnostic as one line, for the status of a unit: deterministic, so that an unchanged problem writes nothing (I14). */
export function problemText({ code, path, range, summary }: Diagnostic): string {
  return `${code} ${path}:${range.start.line} ${summary}`
}
