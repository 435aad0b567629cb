import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export function tokenDigest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Whether the request bears the token. Digests have one length, so that the time it takes tells nothing about it. */
export function bears(request: IncomingMessage, digest: Buffer): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
  return timingSafeEqual(tokenDigest(given), digest)
}
