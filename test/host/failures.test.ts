import { readdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { tarOf } from '../artifacts/support/raw-tar.ts'
import { describeFile, packServer } from './support/archives.ts'
import { eachHost } from './support/each-host.ts'
import { set, until } from './support/harness.ts'

const own = eachHost({ startDeadlineMs: 1_000 })

it('names the artifact and both digests when it is not what was declared', async () => {
  const trained = await packServer(own.folder)
  const wrong = '0'.repeat(64)
  await own.client.put([set({ artifacts: [{ ...trained, sha256: wrong }] })])
  const failure = await own.client.failed()
  expect(failure).toContain('"trained"')
  expect(failure).toContain(wrong)
  expect(failure).toContain(trained.sha256)
  expect((await own.client.invoke()).status).toBe(503)
  await own.client.put([set({ artifacts: [trained] })])
  expect((await own.client.observed()).failure).toBeNull()
})

it('tells a missing artifact, and goes on when it appears', async () => {
  const trained = await packServer(own.folder)
  const later = join(own.folder, 'later.tar.gz')
  await own.client.put([set({ artifacts: [{ ...trained, uri: `file://${later}` }] })])
  expect(await own.client.failed()).toContain('does not exist')
  const { copyFile } = await import('node:fs/promises')
  await copyFile(trained.uri.slice('file://'.length), later)
  expect((await own.client.observed()).sets[0]?.ready).toBe(1)
})

it('refuses an archive that leaves its folder, and writes nothing outside', async () => {
  const file = join(own.folder, 'evil.tar.gz')
  await writeFile(file, gzipSync(tarOf([{ path: '../evil', body: 'x' }])))
  await own.client.put([set({ artifacts: [await describeFile('trained', file)] })])
  const failure = await own.client.failed()
  expect(failure).toContain('"../evil"')
  expect(failure).toContain('"trained"')
  const everything = await readdir(own.folder, { recursive: true })
  expect(everything.filter((path) => /(^|\/)evil$/.test(path))).toEqual([])
})

it('refuses an artifact of a scheme that no store reads', async () => {
  const trained = await packServer(own.folder)
  await own.client.put([set({ artifacts: [{ ...trained, uri: 's3://bucket/key.tar.gz' }] })])
  expect(await own.client.failed()).toContain('only file:// is supported')
})

it('shows the last lines of a server that crashes at its start', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)], behaviour: 'crash' })])
  const failure = await own.client.failed()
  expect(failure).toContain('exited with code 3 before it was ready, 3 times in a row')
  expect(failure).toContain('cannot load the model: bad magic number')
  const view = await own.client.get()
  expect(view.observed_generation).toBe(0)
  expect(['failed', 'starting']).toContain(view.sets[0]?.replicas[0]?.state)
})

it('shows the last lines of a server that does not become ready in time', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)], behaviour: 'never' })])
  const failure = await own.client.failed()
  expect(failure).toContain('did not answer GET /ping with 200 within 1 s')
  expect(failure).toContain('warming up for ever')
})

it('tells a program that does not exist', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)], command: ['no-such-program'] })])
  expect(await own.client.failed()).toContain('["no-such-program"] can\'t be started')
})

it('answers 502 when every server dies on a request, and lives on', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)], replicas: 2 })])
  await own.client.observed()
  expect([502, 503]).toContain((await own.client.invoke('exit')).status)
  const response = await until('an answer', async () => {
    const found = await own.client.invoke('well')
    return found.status === 200 ? found : null
  })
  await response.arrayBuffer()
})

it('survives clients that send garbage or go away in the middle of a body or of an answer', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)] })])
  await own.client.observed()
  const port = Number(new URL(own.client.gateway).port)
  const head = 'POST /abc/model/prod HTTP/1.1\r\nHost: x\r\n'
  const texts = [
    'garbage\r\n\r\n',
    '\0\0\0\0',
    `${head}Content-Length: 100\r\n\r\nhalf`,
    `${head}Content-Length: 9000000\r\n\r\n${'x'.repeat(100_000)}`,
    `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`,
    `${head}Transfer-Encoding: chunked\r\n\r\nZZ\r\nhel`,
    `${head}Content-Length: 9\r\n\r\nwait 2000`,
    `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
    'GET http://%zz/ HTTP/1.1\r\nHost: x\r\n\r\n',
    'CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n',
    `${head}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`,
  ]
  for (const text of texts) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(text)
    await delay(30)
    socket.destroy()
  }
  await delay(200)
  const response = await own.client.invoke('still here')
  expect(response.status).toBe(200)
  await response.arrayBuffer()
  // What the aborted requests held is given back: the set can drain at once.
  await own.client.put([])
  await own.client.observed()
})
