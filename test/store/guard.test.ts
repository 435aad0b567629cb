import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engineOf, storeFixture, type StoreFixture } from './support/store-fixture.ts'

let store: StoreFixture
let endpoint: string
let client: DynamoDBClient
let engine: number
beforeAll(async () => {
  store = await storeFixture()
  const address = await store.connect()
  endpoint = address.endpoint
  client = store.client(address)
  engine = await engineOf(store.state)
})
afterAll(() => store.dispose())

const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.PutItem',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

function ask(body: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'POST', headers = {} } = options
    const request = httpRequest(endpoint, { method, headers: { ...HEADERS, ...headers }, agent: false }, (response) => {
      const type = String(response.headers['x-amzn-errortype'] ?? '')
      text(response).then((said) => resolve({ status: response.statusCode ?? 0, type, body: said }), reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

const Item = { namespace: { S: '/a' }, model_name: { S: 'm' }, model: { S: '/a/m' }, owner: { S: 'me' } }
const conditional = (condition: string): string =>
  JSON.stringify({ TableName: 'model-catalog', Item, ConditionExpression: condition })
const nested = (levels: number): string => `{"Item":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`

/** Runs a hostile act while another client reads and writes; that one must not see any of it. */
async function beside<T>(act: () => Promise<T>): Promise<T> {
  let over = false
  const other = (async () => {
    let count = 0
    do {
      await client.send(new PutItemCommand({ TableName: 'model-catalog', Item }))
      const { namespace, model_name } = Item
      await client.send(new GetItemCommand({ TableName: 'model-catalog', Key: { namespace, model_name } }))
      count += 1
    } while (!over || count < 3)
  })()
  try {
    return await act()
  } finally {
    over = true
    await other
    expect(await engineOf(store.state)).toBe(engine)
  }
}

describe('a request that would end or stall the engine is refused', () => {
  const large = JSON.stringify({ TableName: 'model-catalog', Item: { ...Item, blob: { S: 'x'.repeat(20_000_000) } } })
  test.each([
    ['the body null', 'null', 400, 'SerializationException'],
    ['a body that is a list', '[]', 400, 'SerializationException'],
    ['an empty body', '', 400, 'SerializationException'],
    ['a body that is not JSON', '{"a":', 400, 'SerializationException'],
    ['5 000 levels of objects', nested(5_000), 400, 'SerializationException'],
    ['5 000 levels of lists', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 400, 'SerializationException'],
    ['an unclosed nesting of a million levels', '['.repeat(1_000_000), 400, 'SerializationException'],
    ['500 redundant parentheses', conditional(`${'('.repeat(500)}a = b${')'.repeat(500)}`), 400, 'ValidationException'],
    [
      '10 nested conditions',
      conditional(`${'(a = b AND '.repeat(10)}a = b${')'.repeat(10)}`),
      400,
      'ValidationException',
    ],
    ['an expression of 5 000 characters', conditional(`a = ${'b'.repeat(5_000)}`), 400, 'ValidationException'],
    ['an attribute value null', '{"TableName":"t","Item":{"a": null}}', 400, 'SerializationException'],
    ['a body of 20 MB', large, 413, 'RequestEntityTooLargeException'],
  ])('%s', async (_, body, status, type) => {
    const answer = await beside(() => ask(body))
    expect(answer).toMatchObject({ status, type })
    expect(JSON.parse(answer.body)).toMatchObject({ __type: expect.stringContaining(`#${type}`) })
  })

  /** A connection of one's own, on which a request has begun. */
  async function begin(headers: Readonly<Record<string, string>>, body: string): Promise<Socket> {
    const socket = connect(Number(new URL(endpoint).port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.resume()
    const head = Object.entries({ ...HEADERS, host: '127.0.0.1', ...headers })
    socket.write(`POST / HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`)
    await once(socket, 'connect')
    return socket
  }

  test.each([
    ['with a length', { 'content-length': '1000' }, '{"Table'],
    ['in chunks', { 'transfer-encoding': 'chunked' }, '7\r\n{"Table\r\n'],
    ['in the middle of a chunk', { 'transfer-encoding': 'chunked' }, 'ff\r\n{"Table'],
  ])('a client that leaves in the middle of a body %s', async (_, headers, body) => {
    await beside(async () => {
      for (let n = 0; n < 5; n += 1) {
        const socket = await begin(headers, body)
        await new Promise((resolve) => setTimeout(resolve, 20))
        socket.resetAndDestroy()
      }
    })
  })

  test('20 MB in chunks, whose length nobody told', async () => {
    const answer = await beside(() => ask(large, { headers: { 'transfer-encoding': 'chunked' } }))
    expect(answer).toMatchObject({ status: 413, type: 'RequestEntityTooLargeException' })
  })

  test('20 MB after a content-length that is too small', async () => {
    await beside(async () => {
      const socket = await begin({ 'content-length': '10' }, large)
      // Ten bytes are the request; what follows is none, and ends the connection.
      if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
    })
  })

  test('a content-length of 20 MB of which little arrives', async () => {
    await beside(async () => {
      const socket = await begin({ 'content-length': '20000000' }, '{"TableName":')
      await new Promise((resolve) => setTimeout(resolve, 200))
      socket.destroy()
    })
  })

  test('20 bodies of 20 MB that arrive byte by byte', async () => {
    await beside(async () => {
      const slow = await Promise.all(
        Array.from({ length: 20 }, () => begin({ 'content-length': String(large.length) }, '{')),
      )
      for (let sent = 1; sent < 20; sent += 1) {
        for (const socket of slow) socket.write(large.charAt(sent))
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      for (const socket of slow) socket.destroy()
    })
  })

  test.each([
    ['another method', { method: 'PUT' }, 405],
    ['a preflight of a browser', { method: 'OPTIONS', headers: { origin: 'http://example.com' } }, 403],
    ['a web page', { headers: { origin: 'http://example.com' } }, 403],
    ["another host's name", { headers: { host: 'example.com' } }, 403],
  ])('%s', async (_, options, status) => {
    expect((await beside(() => ask(conditional('a = b'), options))).status).toBe(status)
  })
})

describe('a request that DynamoDB takes passes', () => {
  test('in pieces, and after Expect: 100-continue', async () => {
    const headers = { 'transfer-encoding': 'chunked', expect: '100-continue' }
    expect((await ask(conditional('attribute_exists(a) OR attribute_not_exists(b)'), { headers })).status).toBe(200)
  })

  test('with 32 nested levels and with brackets and null in strings', async () => {
    const deep = Array.from({ length: 32 }).reduce<object>((inner) => ({ M: { a: inner } }), { S: '"[[[{{{\\"' })
    const body = JSON.stringify({
      TableName: 'model-catalog',
      Item: { ...Item, deep, many: { S: '[{(null'.repeat(1_000) } },
    })
    expect((await ask(body)).status).toBe(200)
  })

  test('with three levels of parentheses', async () => {
    const answer = await ask(
      conditional('(attribute_exists(a) AND (a = b OR (b = c AND NOT (c = a)))) OR attribute_exists(model)'),
    )
    expect(answer.status).toBe(200)
  })
})

describe('errors have the names that AWS gives them', () => {
  test('a condition that does not hold', async () => {
    const command = { TableName: 'model-catalog', Item, ConditionExpression: 'attribute_not_exists(namespace)' }
    await expect(client.send(new PutItemCommand(command))).rejects.toBeInstanceOf(ConditionalCheckFailedException)
  })

  test('an empty string in the key of an index', async () => {
    const command = { TableName: 'model-catalog', Item: { ...Item, owner: { S: '' } } }
    await expect(client.send(new PutItemCommand(command))).rejects.toMatchObject({ name: 'ValidationException' })
  })

  test('an operation that the engine has not, with its name in the message', async () => {
    const command = new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: 'model-catalog', Item } }] })
    const failure = client.send(command)
    await expect(failure).rejects.toMatchObject({ name: 'UnknownOperationException' })
    await expect(failure).rejects.toThrow('TransactWriteItems')
  })
})
