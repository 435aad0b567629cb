import { errorMessage, StewardError } from '../domain/errors.ts'

/** What went wrong and, where it is known, what to do about it. */
export function problemText(error: unknown): string {
  const hint = error instanceof StewardError && error.hint !== undefined ? ` (${error.hint})` : ''
  return `${errorMessage(error)}${hint}`
}
