import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ArtifactReference } from '../../src/artifacts/fetch-artifact.ts'
import type { Change } from '../../src/runtimes/driver.ts'
import { HostDriver } from '../../src/runtimes/host/driver.ts'
import { envProvider } from '../../src/secrets/env-provider.ts'
import { fileProvider } from '../../src/secrets/file-provider.ts'
import { SecretResolver } from '../../src/secrets/secret-resolver.ts'
import { readJsonObject } from '../../src/system/files.ts'
import { packServer } from '../host/support/archives.ts'
import { until } from '../support/waiting.ts'
import { checkout } from '../support/workspace.ts'
import { describeDriver } from './driver-contract.ts'

let folder: string
let artifact: ArtifactReference
const hosts: ChildProcess[] = []

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'steward-driver-')))
  artifact = await packServer(folder)
})

afterAll(async () => {
  for (const host of hosts) {
    if (host.exitCode !== null) continue
    const ended = new Promise((resolve) => host.once('close', resolve))
    host.kill('SIGTERM')
    await ended
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
})

/** A `steward host` as a process of its own. */
async function startHost(name: string): Promise<string> {
  const stateDir = join(folder, name)
  await mkdir(stateDir)
  const words = ['host', '--listen', '127.0.0.1:0', '--control', '127.0.0.1:0', '--state', stateDir]
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: folder }
  const host = spawn(process.execPath, [join(checkout, 'bin', 'steward.mjs'), ...words], { cwd: folder, env })
  hosts.push(host)
  await until('the host listens', () => readJsonObject(join(stateDir, 'host', 'host.json')))
  return stateDir
}

const secrets = new SecretResolver([envProvider((name) => variables.get(name)), fileProvider([])])
const variables = new Map<string, string>()

function driverOf(stateDir: string): HostDriver {
  return new HostDriver({ stateDir, hostControl: null, hostTokenFile: null, secrets })
}

function changeOf(wish: { key: string; version: number; broken?: boolean; crashing?: boolean }): Change {
  const { key, version, broken = false, crashing = false } = wish
  const behaviour = broken ? 'crash' : crashing ? 'crash-later' : 'well'
  const { name, uri, sha256, size } = artifact
  return {
    key,
    runtime: { name: 'local', config: {} },
    epoch: 1,
    deploymentId: String(version),
    modelVersion: version,
    path: key.replace('#', '/'),
    artifacts: [{ name, uri, sha256, ...(size !== null && { size }) }],
    command: ['node', 'serve.mjs', behaviour],
    environmentVariables: [{ name: 'MODE', value: 'test' }],
    replicas: 1,
    replicasBefore: null,
    strategy: 'rolling',
    stickyHeader: null,
    tokenRef: null,
  }
}

describeDriver('HostDriver with a model host', async () => {
  const driver = driverOf(await startHost('contract'))
  const secret = async (value: string): Promise<string> => {
    const file = join(folder, `secret-${crypto.randomUUID()}`)
    await writeFile(file, value)
    return `file:${file}`
  }
  return { driver, change: changeOf, secret, close: async () => undefined }
})

describe('HostDriver', () => {
  const { signal } = new AbortController()
  const change = (): Change => changeOf({ key: '/abc/claim/docs#prod', version: 3 })

  test('the endpoint that it observes answers with the version that it was given', async () => {
    const driver = driverOf(await startHost('endpoint'))
    await driver.settle(change(), signal)
    const { endpoint } = await until('the version is ready', async () => {
      const seen = await driver.observe(change(), signal)
      return seen?.sets[0]?.ready === 1 ? seen : null
    })
    const response = await fetch(endpoint, { method: 'POST', body: '{}' })
    expect([response.status, response.headers.get('x-model-version'), response.headers.get('x-deployment-id')]).toEqual(
      [200, '3', '3'],
    )
    await response.text()
  })

  test('without a host every call is a transient failure that says what to start', async () => {
    const driver = driverOf(join(folder, 'nobody'))
    const nobody = { kind: 'transient', message: expect.stringContaining('steward host') }
    await expect(driver.observe(change(), signal)).rejects.toMatchObject(nobody)
    await expect(driver.prepare(change(), signal)).rejects.toMatchObject(nobody)
  })

  test('a host that has gone is a transient failure', async () => {
    const stateDir = join(folder, 'gone')
    await mkdir(join(stateDir, 'host'), { recursive: true })
    await writeFile(join(stateDir, 'host', 'host.json'), JSON.stringify({ control: 'http://127.0.0.1:1' }))
    await writeFile(join(stateDir, 'host', 'token'), 'secret')
    const failure = driverOf(stateDir).observe(change(), signal)
    await expect(failure).rejects.toMatchObject({ kind: 'transient', message: expect.not.stringContaining('secret') })
  })

  test('the token of a runtime is a reference, to a file or a variable', async () => {
    const stateDir = await startHost('referenced')
    const { control } = (await readJsonObject(join(stateDir, 'host', 'host.json'))) as { control: string }
    const file = join(stateDir, 'host', 'token')
    variables.set('HOST_TOKEN', (await readFile(file, 'utf8')).trim())
    const look = (token_ref: string): Promise<unknown> => {
      const config = { control, token_ref }
      return driverOf(join(folder, 'nobody')).observe({ ...change(), runtime: { name: 'local', config } }, signal)
    }
    expect(await look('env:HOST_TOKEN')).toBeNull()
    expect(await look(`file:${file}`)).toBeNull()
    const denied = (text: string): object => ({ kind: 'denied', message: expect.stringContaining(text) })
    await expect(look('env:NOT_THERE')).rejects.toMatchObject(denied('the variable NOT_THERE is not set'))
    await expect(look('aws-ssm:/host/token')).rejects.toMatchObject(denied('aws-ssm: is not supported here'))
  })

  test('a wrong token and a body that the host does not take are refused for good', async () => {
    const stateDir = await startHost('refusing')
    const refused = driverOf(stateDir).settle({ ...change(), command: [] }, signal)
    await expect(refused).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('command') })
    const file = join(folder, 'wrong-token')
    await writeFile(file, 'wrong')
    const stranger = new HostDriver({ stateDir, hostControl: null, hostTokenFile: file, secrets })
    await expect(stranger.observe(change(), signal)).rejects.toMatchObject({ kind: 'denied' })
  })
})
