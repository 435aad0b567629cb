import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Json } from '../domain/json.ts'
import { bears, tokenDigest } from './bearer.ts'
import { checkBody, checkKey } from './body-checks.ts'
import { fileNameOfKey, type HostFolders } from './context.ts'
import { invalid, Refusal } from './refusal.ts'
import { readWhole, refuseGarbage, replyError, replyJson } from './replies.ts'
import { readLogs } from './server-log.ts'
import type { Supervisor } from './supervisor.ts'

const MAX_BODY = 1024 * 1024
const MAX_TAIL = 10_000

export interface ControlOptions {
  readonly supervisor: Supervisor
  readonly folders: HostFolders
  readonly token: string
  readonly version: string
  /** The gateway's URL, known when both servers listen. */
  gateway(): string
}

function checkToken(request: IncomingMessage, token: string): void {
  if (!bears(request, tokenDigest(token))) {
    throw new Refusal(401, 'unauthorized', 'the token is missing or wrong; it stands in host/token of the state folder')
  }
}

function epochOf(request: IncomingMessage): number {
  const text = request.headers['steward-epoch']
  if (text === undefined) throw invalid('the header Steward-Epoch is required on writes', 'epoch_missing')
  if (typeof text !== 'string' || !/^[1-9][0-9]{0,14}$/.test(text)) {
    throw invalid('the header Steward-Epoch must be a positive whole number', 'epoch_invalid')
  }
  return Number(text)
}

function parseBody(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw invalid('the body is no JSON', 'invalid_json')
  }
}

function tailOf(query: URLSearchParams): number {
  const text = query.get('tail') ?? '100'
  if (!/^[0-9]+$/.test(text) || Number(text) < 1 || Number(text) > MAX_TAIL) {
    throw invalid(`tail must be a whole number from 1 to ${MAX_TAIL}`)
  }
  return Number(text)
}

interface Asked {
  readonly method: string
  readonly query: URLSearchParams
  /** The deployment's key, decoded. */
  readonly key: string
  readonly logs: boolean
}

const unknownPath = (): Refusal => new Refusal(404, 'not_found', 'there is nothing at this path')

function parseTarget(request: IncomingMessage): { readonly path: readonly string[]; readonly query: URLSearchParams } {
  const [path = '', query = ''] = (request.url ?? '/').split(/\?(.*)/s)
  try {
    return { path: path.split('/').slice(1).map(decodeURIComponent), query: new URLSearchParams(query) }
  } catch {
    throw unknownPath()
  }
}

/** The control API: what the runtime driver speaks. */
export class Control {
  readonly #options: ControlOptions

  constructor(options: ControlOptions) {
    this.#options = options
  }

  createServer(): Server {
    const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, (request, response) => {
      request.on('error', () => {})
      response.on('error', () => {})
      this.#answer(request, response).catch((error: unknown) => replyError(response, error))
    })
    return server.on('clientError', refuseGarbage)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { supervisor, token, version } = this.#options
    checkToken(request, token)
    const { path, query } = parseTarget(request)
    const method = request.method ?? 'GET'
    const [api, kind, key, logs, ...more] = path
    if (api !== 'v1' || more.length > 0) throw unknownPath()
    if (kind === 'host' && key === undefined) {
      if (method !== 'GET') throw new Refusal(405, 'method_not_allowed', 'only GET is allowed here')
      return replyJson(response, 200, { version, gateway: this.#options.gateway(), epoch: supervisor.epoch })
    }
    if (kind !== 'deployments' || (logs !== undefined && logs !== 'logs')) throw unknownPath()
    if (key === undefined) {
      if (method !== 'GET') throw new Refusal(405, 'method_not_allowed', 'only GET is allowed here')
      return replyJson(response, 200, { deployments: supervisor.list().map((deployment) => deployment.report()) })
    }
    await this.#deployment(request, response, { method, query, key, logs: logs === 'logs' })
  }

  async #deployment(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
    const { method, key, logs } = asked
    if (method === 'PUT' && !logs) return replyJson(response, 202, await this.#put(request, key))
    if (method === 'DELETE' && !logs) {
      await this.#options.supervisor.remove(key, epochOf(request))
      return replyJson(response, 202, {})
    }
    if (method !== 'GET') throw new Refusal(405, 'method_not_allowed', `${method} is not allowed here`)
    if (logs) return this.#logs(response, asked)
    const deployment = this.#options.supervisor.find(key)
    if (deployment === undefined) throw new Refusal(404, 'not_found', `there is no deployment ${key}`)
    replyJson(response, 200, deployment.report())
  }

  /** Also of a deployment that is gone: why it failed is asked afterwards. */
  async #logs(response: ServerResponse, { key, query }: Asked): Promise<void> {
    const folder = join(this.#options.folders.logs, fileNameOfKey(key))
    const lines = await readLogs(folder, query.get('set'), tailOf(query))
    if (lines.length === 0 && this.#options.supervisor.find(key) === undefined) {
      throw new Refusal(404, 'not_found', `there is no deployment ${key}`)
    }
    replyJson(response, 200, { lines })
  }

  async #put(request: IncomingMessage, key: string): Promise<Json> {
    const epoch = epochOf(request)
    const bytes = await readWhole(request, MAX_BODY)
    const generation = await this.#options.supervisor.put(key, epoch, () => checkBody(checkKey(key), parseBody(bytes)))
    return { generation }
  }
}
