import { createServer, request as forward, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a proxy bends what a DynamoDB says. */
export interface Bend {
  /** In place of the server's own `Date`. */
  readonly date?: string
  /** Requests that are refused, and with which error. */
  readonly refuse?: (operation: string, table: string) => string | null
  /** Answers by the proxy itself. */
  readonly answer?: (operation: string, table: string) => object | null
  /** Takes every request and never answers. */
  readonly silent?: boolean
}

export interface BentProxy extends AsyncDisposable {
  readonly url: string
  bend: Bend
  /** The operations that came, with their tables. */
  readonly asked: string[]
}

/** A loopback server that passes requests on, apart from what it was told to bend. */
export async function bentProxy(target: string): Promise<BentProxy> {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
    const { TableName: table = '' } = JSON.parse(body.toString() || '{}') as { TableName?: string }
    asked.push(`${operation} ${table}`)
    const { date, refuse, answer, silent } = proxy.bend
    if (silent === true) return
    if (date !== undefined) response.setHeader('date', date)
    const refused = refuse?.(operation, table) ?? null
    const made = answer?.(operation, table) ?? null
    if (refused !== null || made !== null) {
      response.writeHead(refused === null ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(JSON.stringify(made ?? { __type: `com.amazon.coral.service#${refused}`, message: 'not allowed' }))
      return
    }
    const options = { method: 'POST', headers: request.headers }
    const upstream = forward(new URL('/', target), options, (got) => {
      const headers = date === undefined ? got.headers : { ...got.headers, date }
      response.writeHead(got.statusCode ?? 500, headers)
      got.pipe(response)
    })
    upstream.on('error', () => response.destroy())
    upstream.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: BentProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bend: {},
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
