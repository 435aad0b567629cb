import { spawn, type ChildProcess } from 'node:child_process'
import { Agent } from 'node:http'
import { StewardError } from '../domain/errors.ts'
import { identityOf } from '../system/processes.ts'
import { Changes } from './changes.ts'
import { removeChildRecord, writeChildRecord } from './child-records.ts'
import { pause, type HostContext } from './context.ts'
import type { ServerEnvironment } from './server-environment.ts'
import type { ServerLog } from './server-log.ts'

export interface LaunchOptions {
  readonly command: readonly string[]
  readonly folder: string
  readonly port: number
  readonly environment: ServerEnvironment
  readonly log: ServerLog
}

/** How long the output of an ended process may still come. */
const LAST_OUTPUT_MS = 500

/** One server process, from its spawn to the end of its process group. */
export class ServerProcess {
  readonly pid: number
  readonly port: number
  readonly startedAt: Date
  /** Connections to this process only: they end with it and never meet its successor. */
  readonly agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 64 })
  /** Aborted when the process has ended. */
  readonly ended: AbortSignal
  readonly #context: HostContext
  readonly #idle = new Changes()
  #end = ''
  #inFlight = 0
  #lastAnswer = Number.NEGATIVE_INFINITY

  constructor(child: ChildProcess & { readonly pid: number }, port: number, context: HostContext) {
    this.pid = child.pid
    this.port = port
    this.startedAt = context.clock.now()
    this.#context = context
    const ended = new AbortController()
    this.ended = ended.signal
    child.once('exit', (code, signal) => {
      this.#end = signal === null ? `exited with code ${code}` : `was ended by ${signal}`
      // What it started itself goes with it.
      this.#signal('SIGKILL')
      this.agent.destroy()
      ended.abort()
    })
  }

  /** `exited with code 1`; empty while it runs. */
  get end(): string {
    return this.#end
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Monotonic time of its last answer to a request. */
  get lastAnswer(): number {
    return this.#lastAnswer
  }

  /** Counts a request until the returned function is called. */
  beginRequest(): () => void {
    this.#inFlight += 1
    let open = true
    return () => {
      if (!open) return
      open = false
      this.#inFlight -= 1
      this.#idle.notify()
    }
  }

  noteAnswer(): void {
    this.#lastAnswer = this.#context.clock.monotonic()
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    try {
      process.kill(-this.pid, signal)
    } catch {
      // The group has ended.
    }
  }

  /** Resolves when no request is in flight, when the process ended, or after `ms`. */
  async idle(ms: number): Promise<void> {
    const { clock } = this.#context
    const deadline = clock.monotonic() + ms
    while (this.#inFlight > 0 && !this.ended.aborted) {
      const left = deadline - clock.monotonic()
      if (left <= 0) return
      await this.#idle.next(clock, left, this.ended)
    }
  }

  /** SIGTERM, then SIGKILL; resolves when the process has ended. */
  async terminate(): Promise<void> {
    const { clock, timings } = this.#context
    if (this.ended.aborted) return
    this.#signal('SIGTERM')
    await pause(clock, timings.terminateMs, this.ended)
    while (!this.ended.aborted) {
      this.#signal('SIGKILL')
      await pause(clock, 1_000, this.ended)
    }
  }
}

function spawnFailed(command: readonly string[], cause: unknown): StewardError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new StewardError(`the command ${JSON.stringify(command)} can't be started: ${why}`, {
    code: 'spawn_failed',
    kind: 'user',
    hint: "The program must be in the archive (as ./name) or on the host's PATH.",
    cause,
  })
}

export interface LaunchedServer {
  readonly process: ServerProcess
  /** Resolves after the end, when the output is written and the record gone. */
  readonly settled: Promise<void>
}

async function settle(child: ChildProcess, id: string, options: LaunchOptions, context: HostContext): Promise<void> {
  const outputs = [child.stdout, child.stderr].filter((stream) => stream !== null)
  const logged = Promise.all(outputs.map((stream) => options.log.follow(stream, options.environment.mask)))
  await new Promise((resolve) => child.once('exit', resolve))
  const late = AbortSignal.timeout(LAST_OUTPUT_MS)
  await Promise.race([logged, new Promise((resolve) => late.addEventListener('abort', resolve, { once: true }))])
  for (const stream of outputs) stream.destroy()
  await removeChildRecord(context, id)
}

/** Starts a server without a shell, in its own process group, with nothing of the host's environment but PATH. */
export async function launchServer(options: LaunchOptions, context: HostContext): Promise<LaunchedServer> {
  const { command, folder, port, environment, log } = options
  const [program, ...parameters] = command
  if (program === undefined) throw spawnFailed(command, new Error('it is empty'))
  const id = context.ids.uuid()
  const env = { ...environment.variables, PATH: context.environmentPath, PORT: String(port) }
  await writeChildRecord(context, { id, folder, port, identity: null })
  log.begin()
  let child: ChildProcess
  try {
    child = spawn(program, parameters, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    await removeChildRecord(context, id)
    throw spawnFailed(command, error)
  }
  const { pid } = child
  if (pid === undefined) {
    const cause = await new Promise((resolve) => child.once('error', resolve))
    await removeChildRecord(context, id)
    throw spawnFailed(command, cause)
  }
  child.on('error', () => {})
  const process = new ServerProcess(Object.assign(child, { pid }), port, context)
  const settled = settle(child, id, options, context)
  const identity = identityOf(pid)
  await writeChildRecord(context, { id, folder, port, identity })
  if (process.ended.aborted) await removeChildRecord(context, id)
  return { process, settled }
}
