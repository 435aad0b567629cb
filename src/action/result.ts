import { isError, type Diagnostic } from '../domain/diagnostics.ts'
import type { Inputs } from './inputs.ts'

/** What a step says at its end, by outputs, summary and exit code. */
export interface StepResult {
  /** One word, the output `result`. */
  readonly result: string
  /** Markdown of the job summary. */
  readonly summary: string
  readonly failed: boolean
  readonly errors: number
  /** Changes that a plan has; null without one. */
  readonly changes: number | null
  readonly planDigest: string | null
  readonly planPath: string | null
}

export function isFailing(diagnostics: readonly Diagnostic[], failOn: Inputs['failOn']): boolean {
  if (failOn === 'never') return false
  return failOn === 'warning' ? diagnostics.length > 0 : diagnostics.some(isError)
}
