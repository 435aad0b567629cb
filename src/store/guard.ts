import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StewardError, errorMessage } from '../domain/errors.ts'
import type { Clock } from '../domain/ports.ts'
import { answer, answerError, answerJson, internalError } from './answers.ts'
import type { EngineAnswer, EngineRequest } from './engine-process.ts'
import { MAX_BODY_BYTES, refusalOf } from './limits.ts'
import { isLoopbackHost, type ListenAddress } from './listen-address.ts'
import { readBody } from './read-body.ts'
import { HEALTH_PATH } from './store-file.ts'

export interface Guard {
  readonly endpoint: string
  /** Resolves when there was no request for `idleMs`; from then on the health request says that it ends. */
  idle(idleMs: number, signal: AbortSignal): Promise<void>
  /** Accepts nothing more and resolves when the running requests are answered. */
  close(): Promise<void>
}

export interface GuardOptions {
  readonly listen: ListenAddress
  readonly folder: string
  readonly clock: Clock
  send(request: EngineRequest): Promise<EngineAnswer>
}

interface Activity {
  running: number
  last: number
  ending: boolean
}

const OPERATIONS: ReadonlySet<string> = new Set(
  (
    'BatchGetItem BatchWriteItem CreateTable DeleteItem DeleteTable DescribeTable DescribeTimeToLive GetItem ' +
    'ListTables ListTagsOfResource PutItem Query Scan TagResource UntagResource UpdateItem UpdateTable'
  ).split(' '),
)

/** A running request takes milliseconds. */
const CLOSE_PATIENCE_MS = 3_000

/** Those that the engine looks at. Everything else stays here, connection headers above all. */
const FORWARDED_HEADERS = ['authorization', 'content-type', 'date', 'x-amz-date', 'x-amz-target'] as const

const RETURNED_HEADERS = ['content-type', 'x-amz-crc32', 'x-amzn-requestid'] as const

/** The HTTP server that clients see. The engine gets complete, checked requests only. */
export async function startGuard(options: GuardOptions): Promise<Guard> {
  const activity: Activity = { running: 0, last: options.clock.monotonic(), ending: false }
  const server = createServer((request, response) => {
    activity.running += 1
    response.once('close', () => {
      activity.running -= 1
      activity.last = options.clock.monotonic()
    })
    handle(request, response, options, activity).catch((error: unknown) => {
      answerError(response, internalError(errorMessage(error)))
    })
  })
  // Longer than the pauses of SDK clients: a connection closed while a request is on its way costs them a retry.
  server.keepAliveTimeout = 60_000
  server.requestTimeout = 60_000
  await listen(server, options.listen)
  const { port } = server.address() as AddressInfo
  const host = options.listen.host.includes(':') ? `[${options.listen.host}]` : options.listen.host
  return {
    endpoint: `http://${host}:${port}`,
    idle: (idleMs, signal) => untilIdle(activity, idleMs, options.clock, signal),
    close: () => {
      activity.ending = true
      return closeServer(server, options.clock)
    },
  }
}

function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new StewardError(`the store can not listen on ${host}:${port}: ${error.message}`, {
          code: 'store_listen',
          hint: 'Choose another port with --listen; 127.0.0.1:0 takes any free one.',
          cause: error,
        }),
      )
    })
    server.listen(port, host, resolve)
  })
}

/** A client that holds a connection and sends nothing must not keep the next store waiting for the folder. */
async function closeServer(server: Server, clock: Clock): Promise<void> {
  const closed = new AbortController()
  const forced = clock.sleep(CLOSE_PATIENCE_MS, closed.signal).then(
    () => server.closeAllConnections(),
    () => undefined,
  )
  await new Promise<void>((resolve) => server.close(() => resolve()))
  closed.abort()
  await forced
}

async function untilIdle(activity: Activity, idleMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  for (;;) {
    const left = activity.running > 0 ? idleMs : activity.last + idleMs - clock.monotonic()
    if (left <= 0) break
    await clock.sleep(Math.ceil(left), signal)
  }
  // In the same turn as the decision: who was told that we serve has started a new span.
  activity.ending = true
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: GuardOptions,
  activity: Activity,
): Promise<void> {
  const { method, url = '/', headers } = request
  // A web page must not reach the store through its visitor's browser, by another host's name neither.
  if (headers.origin !== undefined || !isLoopbackHost(headers.host ?? '')) {
    return answerError(response, { status: 403, type: 'AccessDeniedException', message: 'local clients only' })
  }
  if (method === 'GET' && url === HEALTH_PATH) {
    return answerJson(response, activity.ending ? 503 : 200, { pid: process.pid, state: options.folder })
  }
  if (method === 'GET' && url === '/') {
    return answer(response, 200, Buffer.from('Model Steward store (DynamoDB API)\n'), { 'content-type': 'text/plain' })
  }
  if (method !== 'POST') {
    return answerError(response, { status: 405, type: 'UnknownOperationException', message: 'only POST is served' })
  }
  const body = await readBody(request, MAX_BODY_BYTES)
  if (body.state === 'aborted') return
  if (body.state === 'too_large') {
    response.setHeader('connection', 'close')
    const message = `the request is larger than ${MAX_BODY_BYTES} bytes`
    return answerError(response, { status: 413, type: 'RequestEntityTooLargeException', message })
  }
  await forward(request, response, body.bytes, options)
}

async function forward(
  { url = '/', headers }: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  { send }: GuardOptions,
): Promise<void> {
  const operation = String(headers['x-amz-target'] ?? '').split('.')[1] ?? ''
  if (!OPERATIONS.has(operation)) {
    const message = `the embedded store does not implement ${operation === '' ? 'a request without a target' : operation}`
    return answerError(response, { status: 400, type: 'UnknownOperationException', message })
  }
  const refusal = refusalOf(body)
  if (refusal !== null) return answerError(response, refusal)
  const forwarded = FORWARDED_HEADERS.flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  const engine = await send({ operation, path: url, headers: Object.fromEntries(forwarded), body })
  const returned = RETURNED_HEADERS.flatMap((name) => {
    const value = engine.headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  answer(response, engine.status, engine.body, Object.fromEntries(returned))
}
