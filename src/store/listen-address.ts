import { isIPv4 } from 'node:net'
import { StewardError } from '../domain/errors.ts'

export interface ListenAddress {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

/** Reads `host:port`. The store asks for no password, so it listens on this machine's loopback only. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(text)
  const [host = '', port = Number.NaN] = [match?.[1], match?.[2] === undefined ? undefined : Number(match[2])]
  if (!isLoopbackHost(host) || !(port <= 65_535)) {
    throw new StewardError(`the store can not listen on ${JSON.stringify(text)}: not a loopback address with a port`, {
      code: 'store_listen',
      kind: 'user',
      hint: 'Use 127.0.0.1:PORT, localhost:PORT or [::1]:PORT; port 0 takes any free one.',
    })
  }
  return { host: host === 'localhost' ? '127.0.0.1' : host.replace(/^\[|\]$/g, ''), port }
}

/** Whether a host, with or without a port, names the loopback interface. */
export function isLoopbackHost(text: string): boolean {
  const host = text.replace(/:\d+$/, '').toLowerCase()
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
}
