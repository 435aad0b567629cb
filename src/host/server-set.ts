import { join } from 'node:path'
import type { Digest } from '../domain/digest.ts'
import { fileNameOfKey, pause, type HostContext } from './context.ts'
import { specDigestOf, type SetBody } from './deployment-body.ts'
import { problemText } from './problem-text.ts'
import { Replica, type ReplicaState } from './replica.ts'
import { ServerLog } from './server-log.ts'
import type { ServerProcess } from './server-process.ts'
import type { WorkFolders } from './work-folders.ts'

export interface SetOptions {
  readonly key: string
  readonly context: HostContext
  readonly workFolders: WorkFolders
  readonly ports: Set<number>
  onChange(): void
}

export interface ReplicaReport {
  readonly pid: number | null
  readonly port: number | null
  readonly state: ReplicaState
  readonly restarts: number
  readonly started_at: string | null
}

function reportOf(replica: Replica): ReplicaReport {
  const { process, state, restarts } = replica
  return {
    pid: process?.pid ?? null,
    port: process?.port ?? null,
    state,
    restarts,
    started_at: process?.startedAt.toISOString() ?? null,
  }
}

/** The replicas of one version under one set id: everything they are made of is fixed, only their number changes. */
export class ServerSet {
  readonly id: string
  readonly modelVersion: number
  readonly specDigest: Digest
  readonly #body: SetBody
  readonly #options: SetOptions
  readonly #leave = new AbortController()
  readonly #preparing: Promise<void>
  readonly #leaving = new Set<Replica>()
  #replicas: readonly Replica[] = []
  #wanted: number
  #folder: string | null = null
  #failure: string | null = null
  #crashes = 0
  #crash: string | null = null

  constructor(body: SetBody, options: SetOptions) {
    this.id = body.id
    this.modelVersion = body.model_version
    this.specDigest = specDigestOf(body)
    this.#body = body
    this.#options = options
    this.#wanted = body.replicas
    this.#preparing = this.#prepare()
  }

  get draining(): boolean {
    return this.#leave.signal.aborted
  }

  /** The processes that requests may go to. */
  get routable(): readonly ServerProcess[] {
    return this.#replicas.map((replica) => replica.routable).filter((process) => process !== null)
  }

  /** All that is asked for is ready, and nothing else runs. */
  get settled(): boolean {
    return this.#folder !== null && this.#leaving.size === 0 && this.complete
  }

  get complete(): boolean {
    return this.#wanted === 0 || (this.#folder !== null && this.routable.length >= this.#wanted)
  }

  /** A replica is on its way and has not failed: a request may wait for it. */
  get promising(): boolean {
    if (this.draining || this.failure !== null || this.#wanted === 0) return false
    return this.#folder === null || this.#replicas.some(({ state }) => state === 'starting' || state === 'backoff')
  }

  /** Why the set is not as asked; null where nothing is wrong. */
  get failure(): string | null {
    return this.#failure ?? this.#replicas.find(({ failure }) => failure !== null)?.failure ?? null
  }

  /** How often a process of this set crashed that had been ready, since the set began. */
  get crashes(): number {
    return this.#crashes
  }

  /** How the last one did, with its last words; null where none has. */
  get crash(): string | null {
    return this.#crash
  }

  get replicas(): readonly ReplicaReport[] {
    return [...this.#replicas, ...this.#leaving].map(reportOf)
  }

  scale(replicas: number): void {
    this.#wanted = replicas
    if (this.#folder !== null && !this.draining) this.#fill(this.#folder)
  }

  /** Out of routing at once; resolves when every process has ended and the working folder is gone. */
  async drain(): Promise<void> {
    this.#leave.abort()
    for (const replica of this.#replicas) void this.#part(replica)
    this.#replicas = []
    await this.#preparing
    await Promise.all([...this.#leaving].map((replica) => replica.drain()))
    if (this.#folder !== null) await this.#options.workFolders.release(this.#options.key, this.#body)
    this.#folder = null
  }

  async #part(replica: Replica): Promise<void> {
    this.#leaving.add(replica)
    await replica.drain()
    this.#leaving.delete(replica)
    this.#options.onChange()
  }

  #fill(folder: string): void {
    const { context, ports, key } = this.#options
    const kept = this.#replicas.slice(0, this.#wanted)
    const surplus = this.#replicas.slice(this.#wanted)
    const logs = join(context.folders.logs, fileNameOfKey(key))
    const added = Array.from({ length: this.#wanted - kept.length }, (_, index) => {
      const log = new ServerLog(logs, `${this.id}-${kept.length + index}`)
      const { command, environment_variables: variables } = this.#body
      const onChange = (): void => this.#options.onChange()
      const onCrash = (text: string): void => this.#noteCrash(text)
      return new Replica({ command, folder, variables, log, ports, onChange, onCrash }, context)
    })
    this.#replicas = [...kept, ...added]
    for (const replica of surplus) void this.#part(replica)
    this.#options.onChange()
  }

  #noteCrash(text: string): void {
    this.#crashes += 1
    this.#crash = text
    this.#options.onChange()
  }

  /** Fetches, verifies and unpacks until it succeeds: what was missing may be put in its place. */
  async #prepare(): Promise<void> {
    const { key, context, workFolders } = this.#options
    const { signal } = this.#leave
    let backoff = context.timings.artifactRetryMs
    while (!signal.aborted) {
      try {
        const folder = await workFolders.acquire(key, this.#body, signal)
        this.#folder = folder
        this.#failure = null
        if (!signal.aborted) this.#fill(folder)
        return
      } catch (error) {
        if (signal.aborted) return
        this.#failure = problemText(error)
        this.#options.onChange()
        await pause(context.clock, backoff * (0.75 + context.randomness.next() / 2), signal)
        backoff = Math.min(backoff * 2, context.timings.longestArtifactRetryMs)
      }
    }
  }
}
