import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ArtifactReference } from '../../src/artifacts/fetch-artifact.ts'
import { HostClient, KEY, makeFolder, set, startHost, type RunningHost } from './support/harness.ts'

const PATH = `/v1/deployments/${encodeURIComponent(KEY)}`
const TRAINED: ArtifactReference = { name: 'trained', uri: 'file:///nowhere.tar.gz', sha256: 'a'.repeat(64), size: 1 }

let folder: Awaited<ReturnType<typeof makeFolder>>
let host: RunningHost
let client: HostClient

beforeEach(async () => {
  folder = await makeFolder()
  host = await startHost(join(folder.path, 'state'))
  client = host.client
})

afterEach(async () => {
  await host.stop()
  await folder.remove()
})

const idle = (change: object = {}): object => ({ ...set({ artifacts: [], replicas: 0 }), ...change })

async function refusal(response: Response): Promise<{ status: number; code: string; message: string }> {
  const body = (await response.json()) as { code: string; message: string }
  return { status: response.status, code: body.code, message: body.message }
}

it('tells who it is', async () => {
  const answer = await (await client.call('GET', '/v1/host')).json()
  expect(answer).toEqual({ version: '0.0.0-test', gateway: client.gateway, epoch: 0 })
})

it('answers nobody without the token', async () => {
  for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${client.token}`, `Bearer ${client.token}0`]) {
    const response = await client.call('GET', '/v1/host', undefined, { authorization })
    expect(await refusal(response)).toMatchObject({ status: 401, code: 'unauthorized' })
  }
})

it('keeps the generation for the same body, also one that leaves defaults out, and raises it for another', async () => {
  expect((await client.put([idle()])).status).toBe(202)
  expect(await (await client.put([idle()])).json()).toEqual({ generation: 1 })
  const { environment_variables: _, ...short } = idle() as Record<string, unknown>
  expect(await (await client.put([short], { path: '/abc/model/prod' })).json()).toEqual({ generation: 1 })
  expect(await (await client.put([idle({ weight: 1 })])).json()).toEqual({ generation: 2 })
  expect(await client.observed()).toMatchObject({ generation: 2, observed_generation: 2, sets: [{ weight: 1 }] })
  const list = (await (await client.call('GET', '/v1/deployments')).json()) as { deployments: unknown[] }
  expect(list.deployments).toHaveLength(1)
})

it('refuses a lower epoch than it has seen, and remembers it after a restart', async () => {
  expect((await client.put([idle()], { epoch: 5 })).status).toBe(202)
  expect((await client.put([idle()], { epoch: 5 })).status).toBe(202)
  expect(await refusal(await client.put([idle()], { epoch: 4 }))).toMatchObject({ status: 409, code: 'stale_epoch' })
  const deleted = await client.call('DELETE', PATH, undefined, { 'steward-epoch': '4' })
  expect(await refusal(deleted)).toMatchObject({ status: 409, code: 'stale_epoch' })
  await host.stop()
  host = await startHost(join(folder.path, 'state'))
  client = host.client
  expect(await (await client.call('GET', '/v1/host')).json()).toMatchObject({ epoch: 5 })
  expect((await client.put([idle()], { epoch: 4 })).status).toBe(409)
  expect((await client.get()).generation).toBe(1)
})

it('requires an epoch on writes', async () => {
  for (const epoch of ['0', '-1', '1.5', 'x']) {
    const response = await client.call('PUT', PATH, { sets: [] }, { 'steward-epoch': epoch })
    expect(await refusal(response)).toMatchObject({ status: 422, code: 'epoch_invalid' })
  }
  const headers = { authorization: `Bearer ${client.token}` }
  const response = await fetch(`${client.control}${PATH}`, { method: 'PUT', headers, body: '{"sets":[]}' })
  expect(await refusal(response)).toMatchObject({ status: 422, code: 'epoch_missing' })
})

it('refuses a path that another deployment serves', async () => {
  await client.put([idle()], { path: '/predict' })
  const second = await client.put([idle()], { key: '/abc/other#prod', path: '/predict' })
  expect(await refusal(second)).toEqual({
    status: 422,
    code: 'path_taken',
    message: `path /predict is already served by ${KEY}`,
  })
})

it('answers 404 for what it does not have', async () => {
  for (const path of ['/', '/v2/host', '/v1/deployments/%2Fx', `${PATH}`, `${PATH}/logs`, '/v1/deployments/%zz']) {
    expect((await client.call('GET', path)).status, path).toBe(404)
  }
  expect((await client.call('DELETE', PATH)).status).toBe(404)
})

const long = 'x'.repeat(1024 * 1024)
const variables = (...list: unknown[]): object => ({ sets: [idle({ environment_variables: list })] })
const wrong: readonly (readonly [reason: string, body: unknown, status: number, message: string | RegExp])[] = [
  ['no JSON', '{', 422, 'the body is no JSON'],
  ['no object', '[]', 422, 'the body must be an object'],
  ['no sets', {}, 422, 'sets must be a list'],
  ['an unknown field', { sets: [], set: 1 }, 422, /unknown field "set"/],
  ['a relative path', { sets: [], path: 'x' }, 422, /^path must be/],
  ['a path with ..', { sets: [], path: '/a/../b' }, 422, /^path must be/],
  ["the host's own path", { sets: [], path: '/-/metrics' }, 422, /^path must not begin/],
  ['the same id twice', { sets: [idle(), idle()] }, 422, 'sets has "1" twice'],
  ['an id with a slash', { sets: [idle({ id: '../x' })] }, 422, /^sets\[0\].id must match/],
  ['a version of 0', { sets: [idle({ model_version: 0 })] }, 422, /^sets\[0\].model_version must be a whole number/],
  ['no command', { sets: [idle({ command: [] })] }, 422, 'sets[0].command must name a program'],
  ['a command that is text', { sets: [idle({ command: 'node x' })] }, 422, 'sets[0].command must be a list'],
  ['too many replicas', { sets: [idle({ replicas: 65 })] }, 422, /^sets\[0\].replicas must be/],
  ['a negative weight', { sets: [idle({ weight: -1 })] }, 422, 'sets[0].weight must be a number from 0 to 100'],
  ['no sha256', { sets: [idle({ artifacts: [{ ...TRAINED, sha256: null }] })] }, 422, /artifact "trained" must be 64/],
  [
    'a uri that leaves',
    { sets: [idle({ artifacts: [{ ...TRAINED, uri: 'file:///a/../b' }] })] },
    422,
    /"\.\." segment/,
  ],
  ['a relative uri', { sets: [idle({ artifacts: [{ ...TRAINED, uri: 'a/b' }] })] }, 422, /must be absolute/],
  ['an artifact twice', { sets: [idle({ artifacts: [TRAINED, TRAINED] })] }, 422, /has "trained" twice/],
  [
    'a secret of another platform',
    variables({ name: 'A', secret_ref: 'aws-ssm:/a' }),
    422,
    /^sets\[0\].environment_variables\[0\].secret_ref: the scheme aws-ssm: is not supported here; supported are env:NAME and file:\/absolute\/path$/,
  ],
  ['a value and a secret', variables({ name: 'A', value: '', secret_ref: 'env:A' }), 422, /either value or secret_ref/],
  ['neither', variables({ name: 'A' }), 422, 'sets[0].environment_variables[0].value must be a string'],
  ['a secret that is no text', variables({ name: 'A', secret_ref: 1 }), 422, /secret_ref must be a string/],
  [
    'a secret of a relative file',
    variables({ name: 'A', secret_ref: 'file:a' }),
    422,
    /the form file:\/absolute\/path$/,
  ],
  ['an unknown way of auth', { sets: [], auth: { type: 'iam' } }, 422, 'auth.type must be "token"'],
  ['auth without a token', { sets: [], auth: { type: 'token' } }, 422, 'auth.token_ref must be a string'],
  [
    'a token of another platform',
    { sets: [], auth: { type: 'token', token_ref: 'aws-ssm:/a' } },
    422,
    /not supported here/,
  ],
  ['a token in place of its reference', { sets: [], auth: { type: 'token', token_ref: 'hunter2' } }, 422, /no scheme/],
  ['a header that is none', { sets: [], sticky_header: 'a b' }, 422, /^sticky_header must be the name/],
  ['PORT', variables({ name: 'PORT', value: '1' }), 422, /PORT is set by the host/],
  ['a bad variable name', variables({ name: 'A-B', value: '1' }), 422, /must match/],
  ['a variable that is a number', variables({ name: 'A', value: 1 }), 422, /value must be a string/],
  ['a NUL', variables({ name: 'A', value: 'a\0b' }), 422, /NUL/],
  ['too long a body', { sets: [idle({ command: ['node', long] })] }, 413, /more than 1048576 bytes/],
]

it.each(wrong)('refuses a body with %s', async (_reason, body, status, message) => {
  const found = await refusal(await client.call('PUT', PATH, body))
  expect(found.status).toBe(status)
  if (typeof message === 'string') expect(found.message).toBe(message)
  else expect(found.message).toMatch(message)
  expect((await client.call('GET', PATH)).status).toBe(404)
})

it('refuses a secret that it can not resolve with its own code, and a key of another form', async () => {
  const secret = await client.call('PUT', PATH, variables({ name: 'A', secret_ref: 'aws-ssm:/a' }))
  expect((await refusal(secret)).code).toBe('unsupported')
  expect((await client.put([], { key: 'model' })).status).toBe(422)
})
