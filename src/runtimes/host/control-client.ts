import { join } from 'node:path'
import { errorCode, errorMessage, StewardError } from '../../domain/errors.ts'
import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import type { SecretResolver } from '../../secrets/secret-resolver.ts'
import { readJsonObject } from '../../system/files.ts'
import { DriverError, type DriverErrorKind } from '../driver.ts'

export interface HostConnection {
  readonly control: string
  readonly token: string
}

export interface HostDriverOptions {
  readonly stateDir: string
  /** Override where the runtime itself names no control API or token. */
  readonly hostControl: string | null
  readonly hostTokenFile: string | null
  /** Resolves the `token_ref` of a runtime. */
  readonly secrets: SecretResolver
}

export interface HostRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly path: string
  readonly epoch?: number
  readonly body?: JsonObject
}

const STALE_HINT =
  '; another controller leads it, or its tables were lost: then stop the host, remove host/epoch.json, start it again'
const REQUEST_TIMEOUT_MS = 10_000

/**
 * Where the host's control API is: the Runtime's `config.control` with its `token_ref`, else what a host on this state
 * folder wrote when it began to listen.
 */
export async function connectHost(
  config: JsonObject,
  options: HostDriverOptions,
  signal: AbortSignal,
): Promise<HostConnection> {
  const { stateDir, hostControl, hostTokenFile, secrets } = options
  const written = await readJsonObject(join(stateDir, 'host', 'host.json'))
  const control = typeof config.control === 'string' ? config.control : (hostControl ?? written?.control)
  if (typeof control !== 'string') {
    throw new DriverError('transient', 'no model host is running here: start one with `steward host`')
  }
  const named = hostTokenFile ?? join(stateDir, 'host', 'token')
  const reference = typeof config.token_ref === 'string' ? config.token_ref : `file:${named}`
  try {
    return { control, token: (await secrets.resolve(reference, signal)).reveal().trim() }
  } catch (error) {
    signal.throwIfAborted()
    const hint = error instanceof StewardError && error.hint !== undefined ? ` (${error.hint})` : ''
    throw new DriverError('denied', `the host's token can not be read: ${errorMessage(error)}${hint}`, error)
  }
}

/** One request to the control API. Null for 404; every other refusal is a DriverError. */
export async function callHost(
  { control, token }: HostConnection,
  { method, path, epoch, body }: HostRequest,
  signal: AbortSignal,
): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(new URL(path, control), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(epoch !== undefined && { 'steward-epoch': String(epoch) }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    })
  } catch (error) {
    signal.throwIfAborted()
    const why =
      error instanceof Error && errorCode(error.cause) !== undefined ? errorCode(error.cause) : errorMessage(error)
    throw new DriverError('transient', `the model host at ${control} does not answer (${why})`, error)
  }
  if (response.status === 404) return null
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return answer
  const message = isJsonObject(answer) && typeof answer.message === 'string' ? answer.message : response.statusText
  const stale = isJsonObject(answer) && answer.code === 'stale_epoch' ? STALE_HINT : ''
  throw new DriverError(errorKind(response.status), `the model host refused: ${message}${stale}`)
}

function errorKind(status: number): DriverErrorKind {
  if (status === 401 || status === 403) return 'denied'
  if (status === 409) return 'conflict'
  if (status === 429) return 'throttled'
  return status >= 500 ? 'transient' : 'invalid'
}
