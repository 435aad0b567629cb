import type { ServerResponse } from 'node:http'
import { crc32 } from 'node:zlib'
import type { Refusal } from './limits.ts'

/** Answers with an error in DynamoDB's shape, so that any SDK gives it its name and knows whether to try again. */
export function answerError(response: ServerResponse, { status, type, message }: Refusal): void {
  const body = Buffer.from(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message }))
  answer(response, status, body, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-errortype': type,
    'x-amzn-requestid': crypto.randomUUID(),
    // Some SDKs compare it.
    'x-amz-crc32': String(crc32(body)),
  })
}

export function answerJson(response: ServerResponse, status: number, value: object): void {
  answer(response, status, Buffer.from(JSON.stringify(value)), { 'content-type': 'application/json' })
}

export function answer(
  response: ServerResponse,
  status: number,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  // The client may be gone; what it asked for was done all the same.
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, { ...headers, 'content-length': body.length })
  response.end(body)
}

/** A failure that every SDK retries by itself. */
export function internalError(message: string): Refusal {
  return { status: 500, type: 'InternalServerError', message }
}
