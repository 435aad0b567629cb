import type { IncomingMessage } from 'node:http'

export type Body =
  | { readonly state: 'whole'; readonly bytes: Buffer }
  | { readonly state: 'too_large' }
  /** The client left in the middle. */
  | { readonly state: 'aborted' }

/** How far a body that is too large is read to its end: a client still sending would not see the answer. */
const DRAIN_FACTOR = 4

export function readBody(request: IncomingMessage, most: number): Promise<Body> {
  return new Promise((resolve) => {
    let parts: Buffer[] = []
    let size = 0
    request.on('data', (part: Buffer) => {
      size += part.length
      if (size <= most) parts.push(part)
      else parts = []
      if (size > most * DRAIN_FACTOR) {
        request.pause()
        resolve({ state: 'too_large' })
      }
    })
    request.on('end', () => {
      resolve(size > most ? { state: 'too_large' } : { state: 'whole', bytes: Buffer.concat(parts, size) })
    })
    request.on('error', () => resolve({ state: 'aborted' }))
    request.on('close', () => resolve({ state: 'aborted' }))
  })
}
