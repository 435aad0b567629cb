import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CountingProxy {
  readonly url: string
  /** Requests since the last reset, by DynamoDB operation. */
  counts(): Readonly<Record<string, number>>
  reset(): void
  close(): Promise<void>
}

/** A loopback proxy in front of a DynamoDB endpoint that counts requests by operation. */
export async function countingProxy(target: string): Promise<CountingProxy> {
  const counted = new Map<string, number>()
  const server = createServer((request, response) => {
    const operation =
      String(request.headers['x-amz-target'] ?? 'other')
        .split('.')
        .at(-1) ?? 'other'
    counted.set(operation, (counted.get(operation) ?? 0) + 1)
    const { method, headers, url } = request
    const upstream = forward(new URL(url ?? '/', target), { method: method ?? 'POST', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    upstream.on('error', () => response.destroy())
    request.pipe(upstream)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: () => Object.fromEntries(counted),
    reset: () => counted.clear(),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
