import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorMessage } from '../domain/errors.ts'
import type { Json } from '../domain/json.ts'
import { Refusal } from './refusal.ts'

export function replyText(response: ServerResponse, status: number, type: string, text: string): void {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const bytes = Buffer.from(text)
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length })
  response.end(bytes)
}

export function replyJson(response: ServerResponse, status: number, value: Json): void {
  replyText(response, status, 'application/json', `${JSON.stringify(value)}\n`)
}

/** The one mapping from anything thrown to an answer. */
export function replyError(response: ServerResponse, error: unknown): void {
  const refusal = error instanceof Refusal ? error : new Refusal(500, 'internal', errorMessage(error))
  if (!response.headersSent && refusal.status === 401) response.setHeader('www-authenticate', 'Bearer')
  replyJson(response, refusal.status, { code: refusal.code, message: refusal.message })
}

/** Answers bytes that are no HTTP; the connection ends. */
export function refuseGarbage(_error: Error, socket: Duplex): void {
  if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  else socket.destroy()
}

/** The whole body; 413 as soon as more than `limit` bytes come. */
export async function readWhole(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = (): Refusal => new Refusal(413, 'body_too_large', `the body has more than ${limit} bytes`)
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const part: Buffer = chunk
    size += part.length
    if (size > limit) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts)
}
