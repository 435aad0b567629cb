import { StewardError } from '../domain/errors.ts'
import { shortText } from '../domain/short-text.ts'

const CONNECTION_ERRORS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'TimeoutError', 'ETIMEDOUT'])
/** Names, never messages: servers agree on names only. Source: the DynamoDB API's list of common errors. */
const THROTTLING_ERRORS = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded']
const TRANSIENT_ERRORS = new Set([...THROTTLING_ERRORS, 'InternalServerError', 'InternalFailure', 'ServiceUnavailable'])

/** Whether the server says that it gets more than it bears. */
export function isThrottling(error: unknown): boolean {
  return error instanceof Error && THROTTLING_ERRORS.includes(error.name)
}

/** Whether no answer came at all. */
export function isConnectionError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const names = [
    'code' in error ? error.code : undefined,
    'name' in error ? error.name : undefined,
    'cause' in error && typeof error.cause === 'object' && error.cause !== null && 'code' in error.cause
      ? error.cause.code
      : undefined,
  ]
  return names.some((name) => typeof name === 'string' && CONNECTION_ERRORS.has(name))
}

/** What went wrong in DynamoDB, as one of our errors; anything else as it is. */
export function tablesError(error: unknown): unknown {
  if (error instanceof StewardError || !(error instanceof Error)) return error
  if (error.name === 'AbortError') return error
  if (error.name === 'ResourceNotFoundException') {
    return new StewardError('a metadata table is missing', {
      code: 'table_missing',
      kind: 'environment',
      hint: 'Create the tables with `steward tables create`.',
      cause: error,
    })
  }
  if (error.name === 'AccessDeniedException' || error.name === 'UnrecognizedClientException') {
    return new StewardError(`DynamoDB refuses access: ${shortText(error)}`, { code: 'tables_denied', cause: error })
  }
  const retry = TRANSIENT_ERRORS.has(error.name) || isConnectionError(error) ? 'backoff' : 'never'
  return new StewardError(`DynamoDB: ${error.name}: ${shortText(error)}`, {
    code: 'tables_failed',
    retry,
    cause: error,
  })
}
