import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { dirname, join } from 'node:path'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { createDirectoryStore } from '../artifacts/directory-store.ts'
import type { Clock, Ids, Randomness } from '../domain/ports.ts'
import { envProvider } from '../secrets/env-provider.ts'
import { fileProvider } from '../secrets/file-provider.ts'
import { SecretResolver } from '../secrets/secret-resolver.ts'
import { writeFileAtomically } from '../system/files.ts'
import { endLeftovers } from './child-records.ts'
import { prepareFolders, type HostContext } from './context.ts'
import { Control } from './control.ts'
import { DesiredState } from './desired-state.ts'
import { Gateway } from './gateway.ts'
import { takeHostLock } from './host-lock.ts'
import { listenOn, parseListen } from './loopback.ts'
import { Supervisor } from './supervisor.ts'
import { DEFAULT_TIMINGS, type HostTimings } from './timings.ts'

export interface RunHostOptions {
  /** The gateway's address, as `127.0.0.1:7070`; port 0 takes a free one. */
  readonly listen: string
  /** The control API's address. */
  readonly control: string
  readonly stateDir: string
  /** Its abort ends the host in order: drain, end the servers, resolve. */
  readonly signal: AbortSignal
  onMessage(text: string): void
  /** PATH of the server processes. */
  readonly environmentPath: string
  /** A variable of the host's own environment, for references `env:NAME`; none where it is not given. */
  readonly environmentVariable?: (name: string) => string | undefined
  readonly clock: Clock
  readonly ids: Ids
  readonly randomness: Randomness
  readonly timings?: Partial<HostTimings>
  /** Where `artifacts[].uri` is read from; files of this machine where it is not given. */
  readonly artifactStore?: ArtifactStore
  /** What `GET /v1/host` tells. */
  readonly version?: string
}

/** The token of the control API, made at the first start. */
async function readToken(root: string): Promise<string> {
  const path = join(root, 'token')
  const kept = await readFile(path, 'utf8').catch(() => '')
  if (/^[0-9a-f]{64}\s*$/.test(kept)) return kept.trim()
  const token = randomBytes(32).toString('hex')
  await writeFileAtomically(path, `${token}\n`, 0o600)
  return token
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}

async function contextOf(options: RunHostOptions): Promise<HostContext> {
  const { clock, ids, randomness, environmentPath } = options
  const folders = await prepareFolders(options.stateDir)
  const stateDir = dirname(folders.root)
  const variable = options.environmentVariable ?? (() => undefined)
  return {
    clock,
    ids,
    randomness,
    environmentPath,
    timings: { ...DEFAULT_TIMINGS, ...options.timings },
    folders,
    artifactStore: options.artifactStore ?? createDirectoryStore(),
    secrets: new SecretResolver([envProvider(variable), fileProvider([stateDir])]),
    onMessage: (text) => options.onMessage(text),
  }
}

/** Runs the host until `signal` aborts; resolves when every server process has ended. */
export async function runHost(options: RunHostOptions): Promise<void> {
  parseListen(options.listen)
  parseListen(options.control)
  const context = await contextOf(options)
  const lock = await takeHostLock(context, options.signal)
  try {
    await rm(join(context.folders.root, 'host.json'), { force: true })
    await endLeftovers(context, options.signal)
    await serve(options, context)
  } finally {
    await lock.release()
  }
}

async function serve(options: RunHostOptions, context: HostContext): Promise<void> {
  const { folders, timings } = context
  const supervisor = new Supervisor(context, await DesiredState.open(context))
  const token = await readToken(folders.root)
  const gateway = new Gateway(supervisor, context)
  const gatewayServer = gateway.createServer()
  let gatewayUrl = ''
  const version = options.version ?? 'unknown'
  const control = new Control({ supervisor, folders, token, version, gateway: () => gatewayUrl })
  const controlServer = control.createServer()
  const hostFile = join(folders.root, 'host.json')
  try {
    await supervisor.restore()
    gatewayUrl = await listenOn(gatewayServer, options.listen)
    const controlUrl = await listenOn(controlServer, options.control)
    const text = JSON.stringify({ pid: process.pid, gateway: gatewayUrl, control: controlUrl })
    await writeFileAtomically(hostFile, `${text}\n`)
    options.onMessage(`listening on ${gatewayUrl}, control ${controlUrl}`)
    await aborted(options.signal)
    options.onMessage('model host: draining')
  } finally {
    gateway.close()
    const ended = Promise.all([closed(gatewayServer), closed(controlServer)])
    controlServer.closeAllConnections()
    await supervisor.stop()
    const limit = AbortSignal.timeout(timings.terminateMs)
    await Promise.race([ended, aborted(limit)])
    gatewayServer.closeAllConnections()
    await rm(hostFile, { force: true })
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
