/**
 * The one family of unexpected failures. Expected problems of a user's documents are diagnostics, not errors.
 * Callers branch on `code`, `kind` and `retry`, never on the message.
 */
export type ErrorKind = 'user' | 'environment' | 'bug'
export type Retry = 'never' | 'after' | 'backoff'

export interface StewardErrorOptions {
  readonly code: string
  readonly kind?: ErrorKind
  readonly retry?: Retry
  /** What the reader can do next, as a statement. */
  readonly hint?: string
  readonly cause?: unknown
}

export class StewardError extends Error {
  readonly code: string
  readonly kind: ErrorKind
  readonly retry: Retry
  readonly hint: string | undefined

  constructor(message: string, options: StewardErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'StewardError'
    this.code = options.code
    this.kind = options.kind ?? 'environment'
    this.retry = options.retry ?? 'never'
    this.hint = options.hint
  }
}

/** The `code` of a Node system error (`ENOENT`, `ECONNREFUSED` …) or of ours; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
