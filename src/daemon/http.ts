import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StewardError } from '../domain/errors.ts'
import type { Telemetry } from './telemetry.ts'

/** `/healthz` `/readyz` `/metrics` `/version`: what runs the daemon asks these. Reads only. */
export async function listen(
  address: string,
  telemetry: Telemetry,
  version: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const { host, port } = parseAddress(address)
  const server = createServer((request, response) => {
    // Taken as text: what a client sends need not be an address.
    const [path = '/'] = (request.url ?? '/').split('?')
    const answer = answerTo(request.method ?? '', path, telemetry, version)
    response.writeHead(answer.status, { 'content-type': answer.type, 'x-content-type-options': 'nosniff' })
    response.end(request.method === 'HEAD' ? undefined : answer.body)
  })
  await bind(server, host, port, address)
  const bound = server.address() as AddressInfo
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  return {
    url: `http://${name}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

function answerTo(method: string, path: string, telemetry: Telemetry, version: string): Answer {
  const text = (status: number, body: string): Answer => ({
    status,
    type: 'text/plain; charset=utf-8',
    body: `${body}\n`,
  })
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'only GET')
  switch (path) {
    case '/healthz':
      return text(200, 'ok')
    case '/readyz':
      return telemetry.ready ? text(200, 'ready') : text(503, 'not ready')
    case '/metrics':
      return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: telemetry.metrics(version) }
    case '/version': {
      const body = JSON.stringify({ format: 'steward.version/v1', version, node: process.versions.node })
      return { status: 200, type: 'application/json', body }
    }
    default:
      return text(404, 'not found')
  }
}

function parseAddress(address: string): { host: string; port: number } {
  const match = /^(.*):(\d{1,5})$/.exec(address)
  const port = Number(match?.[2])
  if (match?.[1] === undefined || port > 65_535) {
    throw new StewardError(`${address} is no address`, {
      code: 'usage',
      kind: 'user',
      hint: 'Write host:port, such as 127.0.0.1:8080.',
    })
  }
  return { host: match[1].replace(/^\[|\]$/g, ''), port }
}

function bind(server: Server, host: string, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new StewardError(`can not listen on ${address}`, {
          code: 'listen',
          hint: 'Choose another with --listen; port 0 takes a free one.',
          cause,
        }),
      ),
    )
    server.listen(port, host, () => resolve())
  })
}
