import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ArtifactReference } from '../../../src/artifacts/fetch-artifact.ts'
import { runHost } from '../../../src/host/main.ts'
import type { HostTimings } from '../../../src/host/timings.ts'
import { systemClock, systemIds, systemRandomness } from '../../../src/system/clock.ts'
import { readJsonObject } from '../../../src/system/files.ts'

export const KEY = '/abc/model#prod'

export interface ReplicaView {
  readonly pid: number | null
  readonly port: number | null
  readonly state: string
  readonly restarts: number
}

export interface SetView {
  readonly id: string
  readonly ready: number
  readonly spec_digest: string
  readonly weight_in_force: number
  readonly failure: string | null
  readonly crashes: number
  readonly crash: string | null
  readonly replicas: readonly ReplicaView[]
}

export interface DeploymentView {
  readonly generation: number
  readonly observed_generation: number
  readonly deleting: boolean
  readonly failure: string | null
  readonly sets: readonly SetView[]
  readonly leaving: readonly unknown[]
}

/** Fast enough for tests, with the order of the real ones. */
export const QUICK: Partial<HostTimings> = {
  startProbeMs: 30,
  liveProbeMs: 200,
  firstBackoffMs: 50,
  longestBackoffMs: 500,
  startDeadlineMs: 8_000,
  drainMs: 5_000,
  terminateMs: 1_000,
  artifactRetryMs: 100,
  longestArtifactRetryMs: 300,
  lockBeatMs: 100,
  lockStaleMs: 600,
}

/** PATH with the Node that runs the tests first. */
export const CHILD_PATH = `${dirname(process.execPath)}:/usr/bin:/bin`

export async function makeFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'steward-host-'))
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}

export async function until<T>(
  what: string,
  look: () => Promise<T | false | null | undefined>,
  ms = 15_000,
): Promise<T> {
  const deadline = performance.now() + ms
  for (;;) {
    const found = await look()
    if (found !== false && found !== null && found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`)
    await delay(20)
  }
}

/** Pids of everything that works below the state folder. */
export async function serversOf(root: string): Promise<number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => '')
    if (cwd.startsWith(`${root}/host/work/`)) found.push(Number(name))
  }
  return found
}

export interface SetWish {
  readonly id?: string
  readonly version?: number
  readonly artifacts: readonly ArtifactReference[]
  readonly behaviour?: string
  readonly command?: readonly string[]
  readonly replicas?: number
  readonly weight?: number
  readonly variables?: readonly Readonly<Record<string, string>>[]
}

export function set(wish: SetWish): Record<string, unknown> {
  return {
    id: wish.id ?? '1',
    model_version: wish.version ?? 1,
    artifacts: wish.artifacts,
    command: wish.command ?? ['node', 'serve.mjs', wish.behaviour ?? 'well'],
    environment_variables: wish.variables ?? [],
    replicas: wish.replicas ?? 1,
    weight: wish.weight ?? 100,
  }
}

/** A client of a running host, found by its host.json as the driver does. */
export class HostClient {
  readonly gateway: string
  readonly control: string
  readonly pid: number
  readonly token: string

  constructor(file: Record<string, unknown>, token: string) {
    this.gateway = String(file['gateway'])
    this.control = String(file['control'])
    this.pid = Number(file['pid'])
    this.token = token
  }

  static async connect(stateDir: string, not?: number): Promise<HostClient> {
    const file = await until('host.json', async () => {
      const found = await readJsonObject(join(stateDir, 'host', 'host.json'))
      return found !== null && found['pid'] !== not ? found : null
    })
    return new HostClient(file, (await readFile(join(stateDir, 'host', 'token'), 'utf8')).trim())
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.control}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'steward-epoch': '1', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  }

  async put(
    sets: readonly unknown[],
    options: { key?: string; path?: string; epoch?: number } = {},
  ): Promise<Response> {
    const body = options.path === undefined ? { sets } : { path: options.path, sets }
    const headers = { 'steward-epoch': String(options.epoch ?? 1) }
    return this.call('PUT', `/v1/deployments/${encodeURIComponent(options.key ?? KEY)}`, body, headers)
  }

  async get(key = KEY): Promise<DeploymentView> {
    const response = await this.call('GET', `/v1/deployments/${encodeURIComponent(key)}`)
    if (response.status !== 200) throw new Error(`GET gave ${response.status}: ${await response.text()}`)
    return (await response.json()) as DeploymentView
  }

  async observed(key = KEY): Promise<DeploymentView> {
    return until('observed', async () => {
      const view = await this.get(key)
      return view.observed_generation === view.generation ? view : null
    })
  }

  async failed(key = KEY): Promise<string> {
    return until('a failure', async () => (await this.get(key)).failure)
  }

  async invoke(body: string | Uint8Array<ArrayBuffer> = '{}', path = '/abc/model/prod'): Promise<Response> {
    return fetch(`${this.gateway}${path}`, { method: 'POST', body })
  }
}

export interface RunningHost {
  readonly client: HostClient
  readonly messages: readonly string[]
  stop(): Promise<void>
}

/** A host in this process. */
export async function startHost(
  stateDir: string,
  timings: Partial<HostTimings> = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningHost> {
  const stopping = new AbortController()
  const messages: string[] = []
  const done = runHost({
    listen: '127.0.0.1:0',
    control: '127.0.0.1:0',
    stateDir,
    signal: stopping.signal,
    onMessage: (text) => messages.push(text),
    environmentPath: CHILD_PATH,
    environmentVariable: (name) => variables[name],
    clock: systemClock,
    ids: systemIds,
    randomness: systemRandomness,
    timings: { ...QUICK, ...timings },
    version: '0.0.0-test',
  })
  const client = await Promise.race([HostClient.connect(stateDir), done.then(() => Promise.reject(new Error('ended')))])
  return {
    client,
    messages,
    async stop() {
      stopping.abort()
      await done
    },
  }
}
