import { connect } from 'node:net'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import { KEY, makeFolder, set, startHost, until, type HostClient, type RunningHost } from './support/harness.ts'

const TOKEN = 'a-token-of-the-callers'
const PATH = `/v1/deployments/${encodeURIComponent(KEY)}`

let folder: Awaited<ReturnType<typeof makeFolder>>
let tokenFile: string
let host: RunningHost
let client: HostClient

beforeEach(async () => {
  folder = await makeFolder()
  tokenFile = join(folder.path, 'token')
  await writeFile(tokenFile, `${TOKEN}\n`)
  host = await startHost(join(folder.path, 'state'), { tokenCacheMs: 200, answerTimeoutMs: 500 })
  client = host.client
})

afterEach(async () => {
  await host.stop()
  await folder.remove()
})

async function deploy(auth: object | null = { type: 'token', token_ref: `file:${tokenFile}` }): Promise<void> {
  const body = { ...(auth && { auth }), sets: [set({ artifacts: [await packServer(folder.path)] })] }
  expect((await client.call('PUT', PATH, body)).status).toBe(202)
  await client.observed()
}

const ask = (authorization?: string, body = '{}'): Promise<Response> =>
  fetch(`${client.gateway}/abc/model/prod`, {
    method: 'POST',
    body,
    headers: authorization === undefined ? {} : { authorization },
  })

it('lets nobody in without the token, and does not pass it on', async () => {
  await deploy()
  for (const wrong of [undefined, 'Bearer', 'Bearer x', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, TOKEN]) {
    const response = await ask(wrong)
    expect(response.status, wrong).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(response.headers.get('x-inference-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await response.json()).toEqual({ code: 'unauthorized', message: 'the token is missing or wrong' })
  }
  const response = await ask(`Bearer ${TOKEN}`)
  expect(response.status).toBe(200)
  expect(((await response.json()) as { headers: object }).headers).not.toHaveProperty('authorization')
  expect((await fetch(`${client.gateway}/abc/model/prod/ping`)).status).toBe(200)
  const metrics = await (await fetch(`${client.gateway}/-/metrics`)).text()
  expect(metrics).toContain(`{deployment="${KEY}",model_version="",deployment_id="",code="4xx"} 6`)
  expect(metrics).toContain(`{deployment="${KEY}",model_version="1",deployment_id="1",code="2xx"} 1`)
})

it('tells where its token is, never the token, and leaves out what was not put', async () => {
  await deploy()
  const view = await (await client.call('GET', PATH)).text()
  expect(JSON.parse(view)).toMatchObject({ auth: { type: 'token', token_ref: `file:${tokenFile}` } })
  expect(view).not.toContain(TOKEN)
  await deploy(null)
  const open = (await (await client.call('GET', PATH)).json()) as object
  expect(open).not.toHaveProperty('auth')
  expect(open).not.toHaveProperty('sticky_header')
  const response = await ask('Bearer whatever')
  expect(((await response.json()) as { headers: object }).headers).toHaveProperty('authorization', 'Bearer whatever')
})

it('takes a rotated token, and lets nobody in while it can not be read', async () => {
  await deploy()
  expect((await ask(`Bearer ${TOKEN}`)).status).toBe(200)
  await writeFile(tokenFile, 'another')
  await until('the new token', async () => (await ask('Bearer another')).status === 200)
  expect((await ask(`Bearer ${TOKEN}`)).status).toBe(401)
  await rm(tokenFile)
  const refused = await until('the refusal', async () => {
    const response = await ask('Bearer another')
    return response.status === 503 ? response : null
  })
  expect(refused.headers.get('x-inference-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(await refused.json()).toMatchObject({ code: 'token_unreadable' })
  for (const empty of ['', '\n']) {
    await writeFile(tokenFile, empty)
    for (const bearer of [undefined, 'Bearer', 'Bearer ']) expect((await ask(bearer)).status).toBe(503)
  }
  const told = host.messages.filter((message) => message.includes('the token can not be read'))
  expect(told[0]).toContain(tokenFile)
  expect(told.length).toBeLessThan(7)
  await writeFile(tokenFile, TOKEN)
  expect((await ask(`Bearer ${TOKEN}`)).status).toBe(200)
})

it('refuses a large body that comes without the token, and serves the next request of the connection', async () => {
  await deploy()
  const socket = connect(Number(new URL(client.gateway).port), '127.0.0.1')
  let text = ''
  socket.on('data', (bytes: Buffer) => (text += bytes.toString()))
  const head = 'POST /abc/model/prod HTTP/1.1\r\nHost: x\r\n'
  socket.write(`${head}Content-Length: 3000000\r\n\r\n`)
  socket.write('x'.repeat(3_000_000))
  socket.write(`${head}Authorization: Bearer ${TOKEN}\r\nContent-Length: 0\r\n\r\n`)
  await until('both answers', async () => text.includes('HTTP/1.1 401') && text.includes('HTTP/1.1 200'))
  socket.destroy()
})

it('says whose answer it is also when there is none', async () => {
  await deploy(null)
  const late = await ask(undefined, 'wait 3000')
  expect(late.status).toBe(504)
  expect(late.headers.get('x-model-version')).toBe('1')
  expect(late.headers.get('x-deployment-id')).toBe('1')
  expect(late.headers.get('x-inference-id')).toMatch(/^[0-9a-f-]{36}$/)
  const init = { method: 'POST', body: 'exit', headers: { 'x-inference-id': 'mine' } }
  const broken = await fetch(`${client.gateway}/abc/model/prod`, init)
  expect([502, 503]).toContain(broken.status)
  expect(broken.headers.get('x-model-version')).toBe('1')
  expect(broken.headers.get('x-inference-id')).toBe('mine')
  const wrong = await fetch(`${client.gateway}/abc/model/prod`, { headers: { 'x-inference-id': 'mine' } })
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('x-inference-id')).toBe('mine')
})

it('forgets a client that goes away while the token is read', async () => {
  await deploy()
  for (let index = 0; index < 5; index += 1) {
    await delay(210)
    const socket = connect(Number(new URL(client.gateway).port), '127.0.0.1')
    socket.on('error', () => {})
    const head = 'POST /abc/model/prod HTTP/1.1\r\nHost: x\r\n'
    socket.write(`${head}Authorization: Bearer ${TOKEN}\r\nContent-Length: 10\r\n\r\n`, () => socket.resetAndDestroy())
  }
  await until('that they are counted', async () => {
    const metrics = await (await fetch(`${client.gateway}/-/metrics`)).text()
    return /code="aborted"} [1-5]/.test(metrics)
  })
})
