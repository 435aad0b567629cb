import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { embeddedClientSettings } from '../../src/store/client-settings.ts'
import { faultProxy, type Fault, type FaultProxy } from './fault-proxy.ts'

/** The bodies that arrived, in a store that answers everything with success. */
const arrived: string[] = []
const server = createServer((request, response) => {
  void text(request).then((body) => {
    arrived.push(body)
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}')
  })
})

let proxy: FaultProxy
let client: DynamoDBClient

beforeEach(async () => {
  arrived.length = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy = await faultProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  client = new DynamoDBClient({ ...embeddedClientSettings(proxy.url), maxAttempts: 1 })
})
afterEach(async () => {
  client.destroy()
  await proxy.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const put = (abortSignal = new AbortController().signal) =>
  client.send(new PutItemCommand({ TableName: 't', Item: { pk: { S: 'a' } } }), { abortSignal })

describe('the proxy that makes faults', () => {
  test('passes and counts what it is not told to disturb', async () => {
    await put()
    proxy.decide = () => null
    await put()
    expect(arrived).toEqual(Array(2).fill('{"TableName":"t","Item":{"pk":{"S":"a"}}}'))
    expect(proxy.counts()).toEqual({ PutItem: 2 })
    proxy.reset()
    expect(proxy.counts()).toEqual({})
  })

  test.each<[string, Fault, string, number]>([
    ['throttling', { kind: 'answered', status: 400, error: 'ThrottlingException' }, 'ThrottlingException', 0],
    ['an internal error', { kind: 'answered', status: 500, error: 'InternalServerError' }, 'InternalServerError', 0],
    ['a reset connection', { kind: 'reset' }, 'TimeoutError', 0],
    ['a lost answer', { kind: 'lost' }, 'TimeoutError', 1],
  ])('%s is what a client of the SDK sees', async (_, fault, name, reached) => {
    proxy.decide = () => fault
    await expect(put()).rejects.toMatchObject({ name })
    await proxy.idle()
    expect(arrived).toHaveLength(reached)
  })

  test('a bare status has no name', async () => {
    proxy.decide = () => ({ kind: 'answered', status: 503, error: null })
    await expect(put()).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } })
    expect(arrived).toEqual([])
  })

  test('a held request lands when it is released, though its client has gone', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const gone = new AbortController()
    proxy.decide = () => {
      gone.abort()
      return { kind: 'held', until: promise }
    }
    await expect(put(gone.signal)).rejects.toThrow('abort')
    expect(arrived).toEqual([])
    resolve()
    await proxy.idle()
    expect(arrived).toHaveLength(1)
  })
})
