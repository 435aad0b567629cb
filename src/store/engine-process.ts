import { type ChildProcess, fork } from 'node:child_process'
import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http'
import { StewardError, errorCode } from '../domain/errors.ts'
import { entryPointFile } from '../system/program-files.ts'

/** What the engine's process tells its store once, when it serves. */
export interface EngineMessage {
  readonly type: 'listening'
  readonly port: number
  readonly rewritten: number
  readonly deleted: number
}

export interface EngineRequest {
  readonly operation: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface EngineAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** One life of the engine's process. */
export interface EngineProcess {
  readonly port: number
  readonly rewritten: number
  readonly deleted: number
  /** Resolves with the exit code, or null after a signal. */
  readonly ended: Promise<number | null>
  /** Rejects where the process ends before it has answered. */
  send(request: EngineRequest): Promise<EngineAnswer>
  stop(): void
  kill(): void
}

/** More wait here; the engine works on one at a time anyway. */
const MAX_CONNECTIONS = 64

/** Starts the engine on a folder and resolves when it serves. */
export async function startEngineProcess(folder: string, repair: boolean): Promise<EngineProcess> {
  const child = fork(entryPointFile('store/engine'), [folder, repair ? 'repair' : 'keep'], {
    execArgv: [],
    // dynalite takes a region and an account from the environment; here they are always the same.
    env: {},
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code))
    child.once('error', () => resolve(null))
  })
  const started = await Promise.race([firstMessage(child), ended])
  if (started === null || typeof started === 'number') {
    throw new StewardError(`the DynamoDB engine ended while it started (exit code ${started ?? 'none'})`, {
      code: 'store_engine',
      hint: 'Its own words are above, or in store/store.log of the state folder.',
    })
  }
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS })
  void ended.then(() => agent.destroy())
  return {
    ...started,
    ended,
    send: (request) => send(agent, started.port, request),
    stop: () => void (child.connected && child.send('stop')),
    kill: () => void child.kill('SIGKILL'),
  }
}

function firstMessage(child: ChildProcess): Promise<EngineMessage> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as EngineMessage)))
}

function send(agent: Agent, port: number, { path, headers, body }: EngineRequest): Promise<EngineAnswer> {
  return new Promise((resolve, reject) => {
    const options = { agent, host: '127.0.0.1', port, path, method: 'POST' }
    const request = httpRequest({ ...options, headers: { ...headers, 'content-length': body.length } }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 500, headers: response.headers, body: Buffer.concat(parts) })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** Whether a failed request has surely not reached an engine, so that even a write may be sent again. */
export function neverSent(error: unknown): boolean {
  return errorCode(error) === 'ECONNREFUSED'
}
