import { pause, type HostContext } from './context.ts'
import { CrashRow } from './crash-row.ts'
import type { EnvironmentVariable } from './deployment-body.ts'
import { answersPing, freePort } from './loopback.ts'
import { problemText } from './problem-text.ts'
import { redact } from './redact.ts'
import { resolveEnvironment, type ServerEnvironment } from './server-environment.ts'
import type { ServerLog } from './server-log.ts'
import { launchServer, type ServerProcess } from './server-process.ts'

export type ReplicaState = 'starting' | 'ready' | 'draining' | 'backoff' | 'failed' | 'crash_loop'

export interface ReplicaOptions {
  readonly command: readonly string[]
  readonly folder: string
  readonly variables: readonly EnvironmentVariable[]
  readonly log: ServerLog
  /** Ports of this host's servers. The replica adds and removes its own. */
  readonly ports: Set<number>
  onChange(): void
  /** A process that had been ready ended by itself or did not answer any more; with how and its last words. */
  onCrash(text: string): void
}

/** How one process came to its end. */
interface Ending {
  /** How long it had been ready, in milliseconds; null: it never was. */
  readonly readyMs: number | null
  readonly reason: string
  /** Told as a failure at once, without waiting for it to happen again. */
  readonly final: boolean
  /** false: there was no process that could have said anything. */
  readonly launched: boolean
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
  readonly #crashes: CrashRow
  #failure: string | null = null

  constructor(options: ReplicaOptions, context: HostContext) {
    this.#options = options
    this.#context = context
    this.#crashes = new CrashRow(context.timings)
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

  /** Why it does not become or stay ready; null while there is hope. After a crash loop only a long run clears it. */
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
      const ending = await this.#live()
      early = ending.readyMs === null ? early + 1 : 0
      if (ending.readyMs !== null) this.#noteCrash(ending.readyMs, ending.reason)
      if (signal.aborted) break
      if (ending.readyMs !== null && ending.readyMs >= timings.resetBackoffMs) backoff = timings.firstBackoffMs
      const failed = ending.final || early >= timings.earlyExits
      if (failed) this.#failure = this.#describe(ending, early)
      this.#become(failed ? 'failed' : this.#crashes.looping ? 'crash_loop' : 'backoff')
      await pause(clock, backoff * (0.75 + randomness.next() / 2), signal)
      backoff = Math.min(backoff * 2, timings.longestBackoffMs)
      this.#restarts += 1
      if (!failed) this.#become('starting')
    }
  }

  #noteCrash(readyMs: number, reason: string): void {
    const { text, failure } = this.#crashes.note({ reason, readyMs, lastWords: this.#lastWords() })
    this.#failure = failure
    this.#options.onCrash(text)
  }

  #lastWords(): string {
    const lines = redact(this.#options.log.lastLines(), this.#options)
    return lines === '' ? '; it wrote nothing' : `; its last output:\n${lines}`
  }

  #describe(ending: Ending, early: number): string {
    if (!ending.launched) return ending.reason
    const times = early >= this.#context.timings.earlyExits ? `, ${early} times in a row` : ''
    return `${ending.reason}${times}${this.#lastWords()}`
  }

  /** Read anew for every process, so that the next one has a rotated secret. */
  async #environment(): Promise<ServerEnvironment> {
    const limit = AbortSignal.timeout(this.#context.timings.secretTimeoutMs)
    const signal = AbortSignal.any([this.#leave.signal, limit])
    return resolveEnvironment(this.#options.variables, this.#context.secrets, signal)
  }

  /** From a free port to the end of one process. */
  async #live(): Promise<Ending> {
    const { command, folder, log, ports } = this.#options
    let port = 0
    try {
      const environment = await this.#environment()
      port = await freePort(ports)
      ports.add(port)
      const { process, settled } = await launchServer({ command, folder, port, environment, log }, this.#context)
      this.#process = process
      this.#options.onChange()
      const watched = await this.#watch(process)
      // Who is told to leave and ends did not crash.
      const ending = this.#leave.signal.aborted ? { ...watched, readyMs: null } : watched
      if (this.#leave.signal.aborted) await process.idle(this.#context.timings.drainMs)
      await process.terminate()
      await settled
      return ending
    } catch (error) {
      return { readyMs: null, reason: problemText(error), final: true, launched: false }
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
    const began = this.#context.clock.monotonic()
    if (!this.#crashes.looping) this.#failure = null
    this.#become('ready')
    const silent = await this.#whileAnswering(process, stop)
    // Not routable from here on, though the process may need a moment to end.
    this.#become('backoff')
    const reason = silent ? 'the server stopped answering GET /ping' : `the server ${process.end}`
    return { readyMs: this.#context.clock.monotonic() - began, reason, final: false, launched: true }
  }

  #recover(): void {
    this.#failure = null
    this.#options.onChange()
  }

  async #untilReady(process: ServerProcess, stop: AbortSignal): Promise<Ending | null> {
    const { clock, timings } = this.#context
    const deadline = clock.monotonic() + timings.startDeadlineMs
    while (!stop.aborted) {
      if (await answersPing(process.port, timings.startProbeTimeoutMs, stop)) return null
      if (clock.monotonic() >= deadline) {
        const seconds = timings.startDeadlineMs / 1000
        const reason = `the server did not answer GET /ping with 200 within ${seconds} s`
        return { readyMs: null, reason, final: true, launched: true }
      }
      await pause(clock, timings.startProbeMs, stop)
    }
    return { readyMs: null, reason: `the server ${process.end} before it was ready`, final: false, launched: true }
  }

  /** true: it was silent for too long; false: it ended or leaves. */
  async #whileAnswering(process: ServerProcess, stop: AbortSignal): Promise<boolean> {
    const { clock, timings } = this.#context
    const began = clock.monotonic()
    let failures = 0
    while (!stop.aborted) {
      await pause(clock, timings.liveProbeMs, stop)
      if (this.#crashes.endsAfter(clock.monotonic() - began)) this.#recover()
      const asked = clock.monotonic()
      if (stop.aborted || (await answersPing(process.port, timings.liveProbeTimeoutMs, stop))) failures = 0
      // A server that is busy with requests answers them, if not the probe.
      else if (process.lastAnswer < asked) failures += 1
      if (failures >= timings.liveProbeFailures) return true
    }
    return false
  }
}
