import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packFiles, packServer } from './support/archives.ts'
import { eachHost } from './support/each-host.ts'
import { KEY, set, until } from './support/harness.ts'

const own = eachHost()

it('serves what was put, and says in the headers which version answered', async () => {
  const trained = await packServer(own.folder)
  expect(await (await own.client.put([set({ id: '5', version: 3, artifacts: [trained] })])).json()).toEqual({
    generation: 1,
  })
  const view = await own.client.observed()
  expect(view.sets[0]).toMatchObject({ id: '5', ready: 1, failure: null, replicas: [{ state: 'ready', restarts: 0 }] })
  expect(view.leaving).toEqual([])
  const response = await own.client.invoke('hello')
  expect(response.status).toBe(200)
  expect(response.headers.get('x-model-version')).toBe('3')
  expect(response.headers.get('x-deployment-id')).toBe('5')
  expect(response.headers.get('x-inference-id')).toMatch(/^[0-9a-f-]{36}$/)
  const answer = (await response.json()) as { text: string; headers: Record<string, string> }
  expect(answer.text).toBe('hello')
  expect(answer.headers['content-length']).toBe('5')
  expect(answer.headers['transfer-encoding']).toBeUndefined()
  const named = await fetch(`${own.client.gateway}/abc/model/prod/invocations?a=b`, {
    method: 'POST',
    body: '{}',
    headers: { 'x-inference-id': 'my-id' },
  })
  expect(named.headers.get('x-inference-id')).toBe('my-id')
  await named.arrayBuffer()
})

it('answers ping, health and metrics, and 404, 405, 503 for the rest', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)] })])
  await own.client.observed()
  const status = async (path: string, method = 'GET'): Promise<number> => {
    const response = await fetch(`${own.client.gateway}${path}`, { method })
    await response.arrayBuffer()
    return response.status
  }
  expect(await status('/abc/model/prod/ping')).toBe(200)
  expect(await status('/-/healthz')).toBe(200)
  expect(await status('/abc/other/prod', 'POST')).toBe(404)
  expect(await status('/abc/model/prod')).toBe(405)
  await (await own.client.invoke()).arrayBuffer()
  const metrics = await (await fetch(`${own.client.gateway}/-/metrics`)).text()
  expect(metrics).toContain(
    `steward_host_requests_total{deployment="${KEY}",model_version="1",deployment_id="1",code="2xx"} 1`,
  )
  expect(metrics).toContain(`steward_host_ready_replicas{deployment="${KEY}",model_version="1",deployment_id="1"} 1`)
  await own.client.put([])
  const none = await own.client.invoke()
  expect(none.status).toBe(503)
  expect(await none.json()).toMatchObject({ code: 'not_ready' })
  expect(await status('/abc/model/prod/ping')).toBe(503)
})

it('gives a server only PATH, PORT and the declared variables, and the artifacts where they belong', async () => {
  const trained = await packServer(own.folder)
  const data = await packFiles(own.folder, 'static_data', { 'names/a.txt': 'a' })
  await own.client.put([set({ artifacts: [data, trained], variables: [{ name: 'FOO', value: 'bar baz' }] })])
  await own.client.observed()
  const answer = (await (await own.client.invoke()).json()) as { env: Record<string, string>; files: string[] }
  expect(Object.keys(answer.env).toSorted()).toEqual(['FOO', 'PATH', 'PORT'])
  expect(answer.env['FOO']).toBe('bar baz')
  expect(answer.files).toEqual(['note.txt', 'serve.mjs', 'static_data', 'static_data/names', 'static_data/names/a.txt'])
})

it('streams bodies beyond what it keeps, with their length', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)] })])
  await own.client.observed()
  const bytes = new Uint8Array(5 * 1024 * 1024).fill(97)
  const whole = (await (await own.client.invoke(bytes)).json()) as { size: number; headers: Record<string, string> }
  expect(whole.size).toBe(bytes.length)
  expect(whole.headers['content-length']).toBe(String(bytes.length))
  expect(whole.headers['transfer-encoding']).toBeUndefined()
  const parts = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let index = 0; index < 5; index += 1) controller.enqueue(bytes.subarray(0, 1024 * 1024))
      controller.close()
    },
  })
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: parts, duplex: 'half' }
  const chunked = (await (await fetch(`${own.client.gateway}/abc/model/prod`, init)).json()) as { size: number }
  expect(chunked.size).toBe(bytes.length)
})

it('keeps the logs of the servers, and the state folder private', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)], behaviour: 'never' })])
  const line = await until('a log', async () => {
    const response = await own.client.call('GET', `/v1/deployments/${encodeURIComponent(KEY)}/logs?set=1&tail=5`)
    return ((await response.json()) as { lines: string[] }).lines[0]
  })
  expect(line).toBe('[1-0] warming up for ever')
  const root = join(own.folder, 'state', 'host')
  expect((await stat(root)).mode & 0o777).toBe(0o700)
  expect((await stat(join(root, 'token'))).mode & 0o777).toBe(0o600)
  const file = JSON.parse(await readFile(join(root, 'host.json'), 'utf8')) as { pid: number }
  expect(file.pid).toBe(process.pid)
})

it('drains and forgets what is deleted, and removes its working folder and records', async () => {
  await own.client.put([set({ artifacts: [await packServer(own.folder)], replicas: 2 })])
  await own.client.observed()
  const path = `/v1/deployments/${encodeURIComponent(KEY)}`
  expect((await own.client.call('DELETE', path)).status).toBe(202)
  await until('the end', async () => (await own.client.call('GET', path)).status === 404)
  expect((await own.client.call('DELETE', path)).status).toBe(404)
  const root = join(own.folder, 'state', 'host')
  expect(await readdir(join(root, 'processes'))).toEqual([])
  expect(await readdir(join(root, 'deployments'))).toEqual([])
  const works = await readdir(join(root, 'work'))
  for (const work of works) expect(await readdir(join(root, 'work', work))).toEqual([])
})
