import { createServer, type AddressInfo, type Server } from 'node:net'
import { describe, expect, test } from 'vitest'
import { answerLength, load, percentile } from '../../scripts/bench/peers/load.ts'
import { nginxConfig } from '../../scripts/bench/peers/nginx.ts'

async function listening(server: Server): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

describe('the load of the benchmark', () => {
  test.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('percentile %d of 1 … 100 is %i', (share, expected) => {
    expect(
      percentile(
        Array.from({ length: 100 }, (_, index) => index + 1),
        share,
      ),
    ).toBe(expected)
  })

  test('an answer ends where its length says, wherever the bytes are cut', () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello'
    for (let cut = 0; cut < answer.length; cut += 1) expect(answerLength(Buffer.from(answer.slice(0, cut)))).toBeNull()
    expect(answerLength(Buffer.from(`${answer}HTTP/1.1 200`))).toBe(answer.length)
    expect(() => answerLength(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('without a length')
  })

  test('it ends where a server never answers, and counts what failed', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).resume())
    const result = await load(await listening(server), 2, 50, 100)
    server.close()
    expect(result).toMatchObject({ failures: 2, throughput: 0 })
  })

  test('a connection that is refused or closed early is a failure', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.end()))
    const url = await listening(server)
    expect(await load(url, 1, 50, 100)).toMatchObject({ failures: 1 })
    await new Promise((resolve) => server.close(resolve))
    expect(await load(url, 3, 50, 100)).toMatchObject({ failures: 3 })
  })

  test('nginx listens on the loopback only, and keeps its connections to the server', () => {
    const config = nginxConfig('/tmp/x', 1234, 5678)
    expect(config.match(/listen .*/g)).toEqual(['listen 127.0.0.1:1234;'])
    expect(config).toContain('server 127.0.0.1:5678;')
    expect(config).toContain('keepalive 64;')
  })
})
