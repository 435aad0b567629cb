import { errorMessage } from '../domain/errors.ts'
import { pause, type HostContext } from './context.ts'
import type { EnvironmentVariable } from './deployment-body.ts'
import { answersPing, freePort } from './loopback.ts'
import { redact } from './redact.ts'
import type { ServerLog } from './server-log.ts'
import { launchServer, type ServerProcess } from './server-process.ts'

export type ReplicaState = 'starting' | 'ready' | 'draining' | 'backoff' | 'failed'

export interface ReplicaOptions {
  readonly command: readonly string[]
  readonly folder: string
  readonly variables: readonly EnvironmentVariable[]
  readonly log: ServerLog
  /** Ports of this host's servers. The replica adds and removes its own. */
  readonly ports: Set<number>
  onChange(): void
}

/** How one process came to its end. */
interface Ending {
  readonly wasReady: boolean
  readonly reason: string
  /** Told as a failure at once, without waiting for it to happen again. */
  readonly final: boolean
}

/** One place for a server process: keeps a process in it until it is told to leave. */
export class Replica {
  readonly #options: ReplicaOptions
  readonly #context: HostContext
  readonly #leave = new AbortController()
  readonly #running: Promise<void>
  #state: ReplicaState = 'starting'
  #process: ServerProcess | null = null
  #restarts = 0
  #failure: string | null = null

  constructor(options: ReplicaOptions, context: HostContext) {
    this.#options = options
    this.#context = context
    this.#running = this.#run()
  }

  get state(): ReplicaState {
    return this.#state
  }

  get process(): ServerProcess | null {
    return this.#process
  }

  get restarts(): number {
    return this.#restarts
  }

  /** Why it does not become ready; null while there is hope, and from the moment it is ready. */
  get failure(): string | null {
    return this.#failure
  }

  /** The process that requests may go to; null while there is none. */
  get routable(): ServerProcess | null {
    return this.#state === 'ready' && this.#process !== null && !this.#process.ended.aborted ? this.#process : null
  }

  /** Out of routing at once; resolves when its requests are done and its process has ended. */
  async drain(): Promise<void> {
    if (!this.#leave.signal.aborted) {
      this.#become('draining')
      this.#leave.abort()
    }
    await this.#running
  }

  #become(state: ReplicaState): void {
    if (this.#state === 'draining') return
    this.#state = state
    this.#options.onChange()
  }

  async #run(): Promise<void> {
    const { clock, randomness, timings } = this.#context
    const { signal } = this.#leave
    let backoff = timings.firstBackoffMs
    let early = 0
    while (!signal.aborted) {
      const began = clock.monotonic()
      const ending = await this.#live()
      if (signal.aborted) break
      early = ending.wasReady ? 0 : early + 1
      if (ending.wasReady && clock.monotonic() - began >= timings.resetBackoffMs) backoff = timings.firstBackoffMs
      if (ending.final || early >= timings.earlyExits) this.#failure = this.#describe(ending, early)
      this.#become(this.#failure === null ? 'backoff' : 'failed')
      await pause(clock, backoff * (0.75 + randomness.next() / 2), signal)
      backoff = Math.min(backoff * 2, timings.longestBackoffMs)
      this.#restarts += 1
      if (this.#failure === null) this.#become('starting')
    }
  }

  #describe(ending: Ending, early: number): string {
    const times = early >= this.#context.timings.earlyExits ? `, ${early} times in a row` : ''
    const lines = redact(this.#options.log.lastLines(), this.#options)
    return `${ending.reason}${times}${lines === '' ? '; it wrote nothing' : `; its last output:\n${lines}`}`
  }

  /** From a free port to the end of one process. */
  async #live(): Promise<Ending> {
    const { command, folder, variables, log, ports } = this.#options
    let port = 0
    try {
      port = await freePort(ports)
      ports.add(port)
      const { process, settled } = await launchServer({ command, folder, port, variables, log }, this.#context)
      this.#process = process
      this.#options.onChange()
      const ending = await this.#watch(process)
      if (this.#leave.signal.aborted) await process.idle(this.#context.timings.drainMs)
      await process.terminate()
      await settled
      return ending
    } catch (error) {
      return { wasReady: false, reason: errorMessage(error), final: true }
    } finally {
      ports.delete(port)
      this.#process = null
    }
  }

  /** Resolves when the process ended, has to be ended, or the replica leaves. */
  async #watch(process: ServerProcess): Promise<Ending> {
    const stop = AbortSignal.any([this.#leave.signal, process.ended])
    const problem = await this.#untilReady(process, stop)
    if (problem !== null) return problem
    this.#failure = null
    this.#become('ready')
    const silent = await this.#whileAnswering(process, stop)
    // Not routable from here on, though the process may need a moment to end.
    this.#become('backoff')
    return { wasReady: true, reason: silent ? 'the server stopped answering GET /ping' : process.end, final: false }
  }

  async #untilReady(process: ServerProcess, stop: AbortSignal): Promise<Ending | null> {
    const { clock, timings } = this.#context
    const deadline = clock.monotonic() + timings.startDeadlineMs
    while (!stop.aborted) {
      if (await answersPing(process.port, timings.startProbeTimeoutMs, stop)) return null
      if (clock.monotonic() >= deadline) {
        const seconds = timings.startDeadlineMs / 1000
        const reason = `the server did not answer GET /ping with 200 within ${seconds} s`
        return { wasReady: false, reason, final: true }
      }
      await pause(clock, timings.startProbeMs, stop)
    }
    return { wasReady: false, reason: `the server ${process.end} before it was ready`, final: false }
  }

  /** true: it was silent for too long; false: it ended or leaves. */
  async #whileAnswering(process: ServerProcess, stop: AbortSignal): Promise<boolean> {
    const { clock, timings } = this.#context
    let failures = 0
    while (!stop.aborted) {
      await pause(clock, timings.liveProbeMs, stop)
      const asked = clock.monotonic()
      if (stop.aborted || (await answersPing(process.port, timings.liveProbeTimeoutMs, stop))) failures = 0
      // A server that is busy with requests answers them, if not the probe.
      else if (process.lastAnswer < asked) failures += 1
      if (failures >= timings.liveProbeFailures) return true
    }
    return false
  }
}
