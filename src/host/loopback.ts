import { request } from 'node:http'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { errorCode, StewardError } from '../domain/errors.ts'

export const LOOPBACK = '127.0.0.1'

/** A port that nobody listens on now, and that is none of `taken`. The server may still find it taken: then try again. */
export async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = await new Promise<number>((resolve, reject) => {
      const server = createServer()
      server.once('error', reject)
      server.listen(0, LOOPBACK, () => {
        const address = server.address()
        const found = typeof address === 'object' && address !== null ? address.port : 0
        server.close(() => resolve(found))
      })
    })
    if (!taken.has(port)) return port
  }
  throw new StewardError('no free port was found on 127.0.0.1', { code: 'no_free_port', retry: 'backoff' })
}

/** Whether someone listens on the port; only a refused connection says no. Never rejects. */
export async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, timeout: 1_000 })
    const answer = (is: boolean): void => {
      resolve(is)
      socket.destroy()
    }
    socket.once('connect', () => answer(true)).once('timeout', () => answer(true))
    socket.on('error', (error) => answer(errorCode(error) !== 'ECONNREFUSED'))
  })
}

/** Whether `GET /ping` is answered with 200 within `timeoutMs`. Never rejects. */
export async function answersPing(port: number, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const ping = request({ host: LOOPBACK, port, path: '/ping', agent: false, signal: limit }, (response) => {
      resolve(response.statusCode === 200)
      // The answer's text does not matter, and a server that never ends it must not keep the probe.
      response.on('error', () => {})
      response.destroy()
    })
    ping.on('error', () => resolve(false))
    ping.end()
  })
}

/** `127.0.0.1:7070`, `[::1]:0`. */
export function parseListen(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const [host, port] = [match?.[1] ?? match?.[2], Number(match?.[3])]
  if (host === undefined || !(port <= 65_535)) {
    throw new StewardError(`${JSON.stringify(text)} is no address to listen on`, {
      code: 'listen_invalid',
      kind: 'user',
      hint: 'Write it as 127.0.0.1:7070; port 0 takes a free one.',
    })
  }
  return { host, port }
}

/** Listens, and gives the URL under which this machine reaches the server. */
export async function listenOn(server: Server, listen: string): Promise<string> {
  const { host, port } = parseListen(listen)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  }).catch((cause: unknown) => {
    throw new StewardError(`can't listen on ${listen}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'listen_failed',
      cause,
    })
  })
  const address = server.address() as AddressInfo
  const named = host === '0.0.0.0' ? LOOPBACK : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  return `http://${named}:${address.port}`
}
