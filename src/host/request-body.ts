import type { IncomingMessage } from 'node:http'

/** A body that fits in memory can be sent again to another server; a longer one flows through once. */
export type RequestBody =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | {
      readonly kind: 'flow'
      readonly begin: readonly Buffer[]
      readonly rest: IncomingMessage
      readonly length: number | null
    }

export const MAX_KEPT_BODY = 1024 * 1024

function lengthOf(request: IncomingMessage): number | null {
  const text = request.headers['content-length']
  return text === undefined ? null : Number(text)
}

/** Reads until the end or until more than the limit came. Rejects when the client goes away. */
export async function takeBody(request: IncomingMessage): Promise<RequestBody> {
  // Then its events are over, and waiting for them would never end.
  if (request.destroyed) throw new Error('the client went away')
  const length = lengthOf(request)
  if (length !== null && length > MAX_KEPT_BODY) return { kind: 'flow', begin: [], rest: request, length }
  const parts: Buffer[] = []
  let size = 0
  return new Promise((resolve, reject) => {
    const done = (body: RequestBody): void => {
      request.off('data', take).off('end', end).off('close', closed).off('error', reject)
      resolve(body)
    }
    const take = (part: Buffer): void => {
      parts.push(part)
      size += part.length
      if (size <= MAX_KEPT_BODY) return
      request.pause()
      done({ kind: 'flow', begin: parts, rest: request, length })
    }
    const end = (): void => done({ kind: 'whole', bytes: Buffer.concat(parts) })
    const closed = (): void => reject(new Error('the client went away'))
    request.on('data', take).once('end', end).once('close', closed).once('error', reject)
  })
}
