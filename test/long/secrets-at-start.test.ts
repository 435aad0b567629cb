import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { embeddedClientSettings } from '../../src/store/client-settings.ts'
import { packServer } from '../host/support/archives.ts'
import { readItems } from '../support/stored-items.ts'
import { Workspace } from '../support/workspace.ts'

const unit = 'abc_corp/claim/doc_classification'
const prod = `${unit}/deployments/prod.yaml`
const TOKEN = 'pa55-phrase/of+the=service "quoted"'
const KEY = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nq83vEjRWeJCrze8SNFZ4kA==\n-----END KEY-----'
const DOOR = 'open-sesame-4711'
/** As they are, and as programs write them. */
const forbidden = [TOKEN, KEY, `${KEY}\n`, ...KEY.split('\n').slice(1, 3), DOOR].flatMap((value) => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  Buffer.from(value).toString('base64'),
])

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
}

describe('secrets of a deployment', { timeout: 120_000 }, () => {
  let space: Workspace
  const said: string[] = []

  beforeEach(() => {
    space = new Workspace()
    said.length = 0
    space.environment = { CLAIMS_TOKEN: TOKEN }
    writeFileSync(join(space.folder, 'key'), `${KEY}\n`)
    writeFileSync(join(space.folder, 'door'), `${DOOR}\n`)
  })
  afterEach(() => space.close())

  const run = async (...words: string[]) => {
    const ended = await space.run(...words)
    said.push(ended.out, ended.err)
    return ended
  }
  /** Every version is the same server, which tells its secrets; `last` does not survive its start. */
  const declare = async (version: number, behaviour: string, token = 'env:CLAIMS_TOKEN'): Promise<void> => {
    const { uri, sha256 } = await packServer(space.folder)
    space.write(
      `${unit}/versions/${version}.yaml`,
      `artifacts: [{ name: trained, uri: "${uri}", sha256: ${sha256} }]\nserving: { command: [node, serve.mjs, ${behaviour}] }\n`,
    )
    space.write(
      prod,
      [
        `model_version: ${version}`,
        'rollout: { bake: 1s }',
        'environment_variables:',
        `  - { name: TOKEN, secret_ref: "${token}" }`,
        `  - { name: KEY, secret_ref: "file:${join(space.folder, 'key')}" }`,
        'endpoints:',
        `  - { type: rest, auth: token, token_ref: "file:${join(space.folder, 'door')}" }`,
        '',
      ].join('\n'),
    )
    space.commit(`version ${version}`)
  }
  const found = async (...more: string[]): Promise<string[]> => {
    const { endpoint } = JSON.parse(readFileSync(join(space.state, 'store.json'), 'utf8')) as { endpoint: string }
    const client = new DynamoDBClient(embeddedClientSettings(endpoint))
    const items = await readItems(client, '')
    client.destroy()
    const texts: [string, string][] = [
      ...filesBelow(space.state).map((file): [string, string] => [file, readFileSync(file, 'latin1')]),
      ...items.map(({ key, item }): [string, string] => [key, JSON.stringify(item)]),
      ...[...said, ...more].map((text, index): [string, string] => [`output ${index}`, text]),
    ]
    expect(texts.length).toBeGreaterThan(20)
    return texts.filter(([, text]) => forbidden.some((value) => text.includes(value))).map(([place]) => place)
  }

  it('reach the server at its start, and nothing else: no file, table, log, plan or page', async () => {
    const { gateway, control, token, process: host } = await space.host()
    await declare(4, 'tattle')
    const plan = join(space.folder, 'plan.json')
    expect((await run('validate')).code).toBe(0)
    expect((await run('plan', '--json', '--out', plan)).code).toBe(0)
    expect((await run('apply', '--yes', '--wait')).code).toBe(0)

    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${gateway}/${unit}/prod`, { method: 'POST', body: '{}', headers })
    const answered = await ask({ authorization: `Bearer ${DOOR}` })
    const { env, headers } = (await answered.json()) as { env: Record<string, string>; headers: Record<string, string> }
    expect(env).toMatchObject({ TOKEN, KEY })
    expect(headers.authorization).toBeUndefined()
    expect(answered.headers.get('x-model-version')).toBe('4')
    expect(answered.headers.get('x-deployment-id')).toMatch(/^\d+$/)
    expect(answered.headers.get('x-inference-id')).toMatch(/./)
    for (const wrong of [{}, { authorization: 'Bearer open-sesame' }]) {
      const refused = await ask(wrong)
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
      said.push(await refused.text())
    }

    await declare(5, 'tattle-crash')
    expect((await run('apply', '--yes', '--wait')).code).toBe(1)
    const { out } = await run('status', unit)
    expect(out).toContain('rolled_back')
    expect(out).toContain('can not log in with ***')
    const logs = await run('logs', unit, '--stage', 'prod')
    expect(logs.code).toBe(0)
    expect(logs.out).toContain('TOKEN is ***')
    expect(logs.out).toContain('can not log in with ***')
    for (const words of [
      ['history', unit],
      ['show', unit],
      ['drift'],
      ['diff'],
      ['audit', 'export', '--format', 'json'],
    ]) {
      await run(...words, ...(words[0] === 'audit' ? [] : ['--json']))
    }
    const metrics = await (await fetch(`${gateway}/-/metrics`)).text()
    const asked = await fetch(new URL('/v1/deployments', control), { headers: { authorization: `Bearer ${token}` } })
    const deployments = await asked.text()
    expect(deployments).toContain('env:CLAIMS_TOKEN')
    expect(await found(metrics, deployments, host.log(), readFileSync(plan, 'utf8'))).toEqual([])
  })

  it('that are not there end the rollout with a reason that names variable and reference', async () => {
    await space.host()
    await declare(4, 'well', 'env:NOT_THERE')
    expect((await run('apply', '--yes', '--wait')).code).toBe(1)
    const { units } = JSON.parse((await run('status', unit, '--json')).out) as {
      units: { deployments: { name: string; state: string; reason: string }[] }[]
    }
    const told = units[0]?.deployments.find(({ name }) => name === 'prod')
    expect(told?.state).toBe('failed')
    expect(told?.reason).toContain('TOKEN')
    expect(told?.reason).toContain('env:NOT_THERE')
  })
})

describe('steward logs', { timeout: 120_000 }, () => {
  let space: Workspace
  beforeEach(() => {
    space = new Workspace()
  })
  afterEach(() => space.close())

  it('shows what serves and the newest attempt, and says what it can not answer', async () => {
    const { process: host } = await space.host()
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    const { uri, sha256 } = await packServer(space.folder)
    space.write(
      `${unit}/versions/4.yaml`,
      `artifacts: [{ name: trained, uri: "${uri}", sha256: ${sha256} }]\nserving: { command: [node, serve.mjs, crash] }\n`,
    )
    space.write(prod, 'model_version: 4\n')
    space.commit('version 4')
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(1)
    const both = await space.json<{ deployments: { model_version: number; state: string; lines: string[] }[] }>(
      ...['logs', unit, '--stage', 'prod', '--lines', '3'],
    )
    expect(both.deployments.map(({ model_version, state }) => [model_version, state])).toEqual([
      [2, 'live'],
      [4, 'rolled_back'],
    ])
    expect(both.deployments[1]?.lines.at(-1)).toMatch(/^\[\d+-0\] cannot load the model: bad magic number$/)
    expect(both.deployments[1]?.lines).toHaveLength(3)
    const text = await space.run('logs', unit, '--stage', 'prod', '--deployment', 'prod')
    expect(text.out).toMatch(/^prod #\d+, version 4, rolled_back$/m)

    const refused = async (...words: string[]): Promise<[number | null, string]> => {
      const { code, err } = await space.run('logs', ...words)
      return [code, err]
    }
    expect(await refused(unit, '--stage', 'prod', '--id', '99')).toEqual([
      1,
      expect.stringContaining('no deployment 99'),
    ])
    expect(await refused(unit, '--stage', 'test')).toEqual([1, expect.stringContaining('nothing was ever deployed')])
    expect(await refused(unit)).toEqual([64, expect.stringContaining('--stage')])
    expect(await refused(unit, '--stage', 'prod', '--lines', '0')).toEqual([64, expect.stringContaining('--lines 0')])
    const ended = new Promise((resolve) => host.once('close', resolve))
    host.kill('SIGTERM')
    await ended
    expect(await refused(unit, '--stage', 'prod')).toEqual([1, expect.stringContaining('model host')])
  })

  it('says where the logs are of a stage in which nothing is driven here', async () => {
    await space.host()
    for (const name of ['one', 'two']) {
      space.write(
        `${unit}/deployments/${name}.yaml`,
        [
          'stage: prod',
          'model_version: 2',
          'deployment_method: external',
          'managed_by: them',
          `endpoint: "https://example.com/${name}"`,
          '',
        ].join('\n'),
      )
    }
    space.git('rm', '-q', `models/${prod}`)
    space.commit('others run it')
    expect((await space.run('apply', '--yes', '--wait')).code).toBe(0)
    for (const words of [[], ['--json'], ['--deployment', 'two']]) {
      const { code, out, err } = await space.run('logs', unit, '--stage', 'prod', ...words)
      expect([code, out]).toEqual([1, ''])
      expect(err).toContain('is external: its logs are where it runs')
    }
  })
})
