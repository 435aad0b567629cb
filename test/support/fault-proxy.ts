import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

/** What happens to one request. Everything but `answered` and `reset` reaches the store. */
export type Fault =
  /** Forwarded after so many milliseconds. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Never forwarded: an error of DynamoDB's own, or a bare status where it has no name. */
  | { readonly kind: 'answered'; readonly status: number; readonly error: string | null }
  /** Never forwarded: the connection is reset. */
  | { readonly kind: 'reset' }
  /** Forwarded and carried out; then the connection is reset in place of an answer. */
  | { readonly kind: 'lost' }
  /** Kept until it is released, then forwarded, also when its client has gone meanwhile. */
  | { readonly kind: 'held'; readonly until: Promise<void> }

export interface ProxiedRequest {
  /** `PutItem` */
  readonly operation: string
  /** Number of the request, from 1, since the last reset. */
  readonly number: number
  readonly body: Buffer
}

/** Null: the request passes as it is. */
export type DecideFault = (request: ProxiedRequest) => Fault | null

export interface FaultProxy {
  readonly url: string
  /** Decides about every request from now on; null lets all pass. */
  decide: DecideFault | null
  /** Requests since the last reset, by DynamoDB operation. */
  counts(): Readonly<Record<string, number>>
  reset(): void
  /** Resolves when what was asked until now has been answered or dropped. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** A loopback proxy in front of a DynamoDB endpoint that counts requests by operation and makes faults on demand. */
export async function faultProxy(target: string): Promise<FaultProxy> {
  const counted = new Map<string, number>()
  const running = new Set<Promise<void>>()
  let number = 0
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = String(request.headers['x-amz-target'] ?? 'other').replace(/^.*\./, '')
    counted.set(operation, (counted.get(operation) ?? 0) + 1)
    number += 1
    const proxied = { operation, number, body: await buffer(request) }
    const fault = proxy.decide?.(proxied) ?? null
    if (fault?.kind === 'reset') return reset(response)
    if (fault?.kind === 'answered') return answer(response, fault)
    if (fault?.kind === 'late') await delay(fault.ms)
    if (fault?.kind === 'held') await fault.until
    await forward(target, request, proxied.body, fault?.kind === 'lost' ? null : response)
    if (fault?.kind === 'lost') reset(response)
  }
  const server = createServer((request, response) => {
    const handled: Promise<void> = handle(request, response)
      .catch(() => void response.destroy())
      .finally(() => running.delete(handled))
    running.add(handled)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    decide: null,
    counts: () => Object.fromEntries(counted),
    reset: () => {
      counted.clear()
      number = 0
    },
    idle: async () => void (await Promise.all(running)),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy()
}

function answer(response: ServerResponse, { status, error }: Fault & { kind: 'answered' }): void {
  if (error === null) {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html><body>Service Unavailable</body></html>')
    return
  }
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${error}`, message: 'a fault on purpose' })
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': error }).end(body)
}

/** Resolves when the store has answered, and the answer is on its way to the client unless it is not to have one. */
function forward(
  target: string,
  { method = 'POST', headers, url = '/' }: IncomingMessage,
  body: Buffer,
  response: ServerResponse | null,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const upstream = httpRequest(new URL(url, target), { method, headers }, (answered) => {
      if (response === null || response.destroyed) answered.resume()
      else {
        response.writeHead(answered.statusCode ?? 500, answered.headers)
        answered.pipe(response)
      }
      answered.on('end', resolve)
      answered.on('error', reject)
    })
    upstream.on('error', reject)
    upstream.end(body)
  })
}
