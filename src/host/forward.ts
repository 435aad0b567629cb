import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type OutgoingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { errorCode } from '../domain/errors.ts'
import { LOOPBACK } from './loopback.ts'
import type { RequestBody } from './request-body.ts'
import type { ServerProcess } from './server-process.ts'

/** Headers that belong to one connection (RFC 9110, 7.6.1), and those that the gateway writes itself. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export function endToEndHeaders(message: IncomingMessage): OutgoingHttpHeaders {
  const named = (message.headers.connection ?? '').toLowerCase().split(',')
  const dropped = new Set(named.map((name) => name.trim()))
  const kept: OutgoingHttpHeaders = {}
  for (const name of Object.keys(message.headers)) {
    if (!HOP_BY_HOP.has(name) && !dropped.has(name)) kept[name] = message.headers[name]
  }
  return kept
}

/** A request that failed before the first byte of an answer. */
export class NoAnswer extends Error {
  /** The connection was an old one that the server may just have closed: the server itself can be well. */
  readonly reused: boolean
  /** Another attempt may succeed: the connection broke, rather than that the server said something wrong. */
  readonly again: boolean
  /** The server was silent for too long. */
  readonly late: boolean
  /** No server had it: nobody listened. */
  readonly refused: boolean

  constructor(cause: unknown, reused: boolean) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'NoAnswer'
    this.reused = reused
    this.late = errorCode(cause) === 'ETIMEDOUT'
    this.refused = errorCode(cause) === 'ECONNREFUSED'
    this.again = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(errorCode(cause) ?? '')
  }
}

export interface ForwardOptions {
  readonly server: ServerProcess
  readonly path: string
  readonly headers: OutgoingHttpHeaders
  readonly body: RequestBody
  /** Never an old connection. */
  readonly fresh: boolean
  readonly silenceMs: number
  readonly signal: AbortSignal
}

function upstreamHeaders({ headers, body, server }: ForwardOptions): OutgoingHttpHeaders {
  const { host: _host, expect: _expect, ...kept } = headers
  const length = body.kind === 'whole' ? body.bytes.length : body.length
  const framing = length === null ? { 'transfer-encoding': 'chunked' } : { 'content-length': length }
  return { ...kept, host: `${LOOPBACK}:${server.port}`, ...framing }
}

function silence(ms: number): Error {
  return Object.assign(new Error(`it was silent for ${ms / 1000} s`), { code: 'ETIMEDOUT' })
}

/** Sends a request to one server; resolves with the beginning of its answer, rejects with NoAnswer. */
export async function forward(options: ForwardOptions): Promise<IncomingMessage> {
  const { server, path, body, fresh, silenceMs, signal } = options
  return new Promise((resolve, reject) => {
    const upstream = httpRequest({
      host: LOOPBACK,
      port: server.port,
      method: 'POST',
      path,
      headers: upstreamHeaders(options),
      // A body that can't be sent again does not go over a connection that may be closing.
      agent: fresh || body.kind === 'flow' ? false : server.agent,
    })
    // Node's own `signal` costs a stream observer for each request.
    const stop = (): void => void upstream.destroy(new Error('the client went away'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    upstream.once('close', () => signal.removeEventListener('abort', stop))
    upstream.setTimeout(silenceMs, () => upstream.destroy(silence(silenceMs)))
    upstream.on('error', (error) => reject(new NoAnswer(error, upstream.reusedSocket)))
    upstream.once('response', resolve)
    if (body.kind === 'whole') return endWith(upstream, body.bytes)
    pipeline(concatenated(body.begin, body.rest), upstream).catch((error: unknown) =>
      reject(new NoAnswer(error, false)),
    )
  })
}

const MAX_JOINED = 16 * 1024

/** Ends a message with its body. Node joins head and body into one write only where the body is a text. */
export function endWith(message: OutgoingMessage, body: Buffer): void {
  if (body.length <= MAX_JOINED) message.end(body.toString('latin1'), 'latin1')
  else message.end(body)
}

function concatenated(begin: readonly Buffer[], rest: Readable): Readable {
  if (begin.length === 0) return rest
  return Readable.from(
    (async function* () {
      yield* begin
      yield* rest
    })(),
  )
}
