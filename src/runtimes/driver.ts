import type { JsonObject } from '../domain/json.ts'
import type { RollingStrategy } from '../domain/names.ts'
import type { Capabilities } from './capabilities.ts'

/** One deployment on one runtime. `key` is `/ns/model#name`: names at the target derive from it. */
export interface Target {
  readonly key: string
  readonly runtime: { readonly name: string; readonly config: JsonObject }
}

/** What a rollout brings to a target. The epoch fences off a superseded controller where the target can. */
export interface Change extends Target {
  readonly epoch: number
  readonly deploymentId: string
  readonly modelVersion: number
  readonly path: string
  /** URIs are absolute. */
  readonly artifacts: readonly ChangeArtifact[]
  readonly command: readonly string[]
  readonly environmentVariables: readonly ChangeVariable[]
  readonly replicas: number
  /** Of the version that serves, which gets them back when this one is given up; null: nothing serves. */
  readonly replicasBefore: number | null
  /** Decides how many replicas stand side by side on the way; weights come with each command. */
  readonly strategy: RollingStrategy
  /** Header whose value keeps a caller on one version while two serve; null: none. */
  readonly stickyHeader: string | null
  /** Where the token is that callers must show; null: everybody may call. */
  readonly tokenRef: string | null
}

/** A plain value, or where the target finds the secret when a process starts; never the secret itself (I11). */
export type ChangeVariable =
  { readonly name: string; readonly value: string } | { readonly name: string; readonly secretRef: string }

export interface ChangeArtifact {
  readonly name: string
  readonly uri: string
  readonly sha256: string
  readonly size?: number
}

/** One version at the target, as found there. */
export interface ObservedSet {
  readonly deploymentId: string
  readonly modelVersion: number
  /** Percent of the traffic, as it was last asked for. */
  readonly weight: number
  /** Percent that it has now: what was asked for waits for its replicas where the target can. */
  readonly weightInForce: number
  readonly replicas: number
  readonly ready: number
  /** Names what its processes are made of; compare with `processDigest` of a change. */
  readonly processDigest: string
  /** Why it can not become ready; null while it still may. */
  readonly failure: string | null
  /** How a process of it ended by itself after it had been ready, the last time; null: none has. */
  readonly crash: string | null
  readonly madeOf: ProcessParts
}

/** What decides what a process is, in the words of a change. */
export type ProcessParts = Pick<Change, 'modelVersion' | 'artifacts' | 'command' | 'environmentVariables'>

export interface Observation {
  /** The target has reached what it was last asked for. */
  readonly settled: boolean
  readonly endpoint: string
  /** Where requests arrive on the target's gateway. */
  readonly path: string
  readonly tokenRef: string | null
  readonly sets: readonly ObservedSet[]
}

export type DriverErrorKind = 'transient' | 'throttled' | 'denied' | 'invalid' | 'conflict' | 'not_found'

/** The provider's errors, mapped: callers decide by `kind`, never by text. */
export class DriverError extends Error {
  readonly kind: DriverErrorKind

  constructor(kind: DriverErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'DriverError'
    this.kind = kind
  }
}

/**
 * One deployment method. Every call is idempotent and returns without waiting for its effect: the effect is seen by
 * `observe`. Errors are DriverErrors. docs/runtime-drivers.md says how to write one.
 */
export interface RuntimeDriver {
  readonly capabilities: Capabilities
  /** Read-only; null where the target does not exist. */
  observe(target: Target, signal: AbortSignal): Promise<Observation | null>
  /** What `observe` reports as processDigest once the change runs as asked. */
  processDigest(change: Change): string
  /** Starts the new version beside what serves, without traffic: `newReplicas(strategy, replicas, 0)` of it. */
  prepare(change: Change, signal: AbortSignal): Promise<void>
  /**
   * Gives the new version `weight` percent of the traffic, and replicas for it. A target that can makes the traffic wait
   * until they are ready; `observe` is not settled before.
   */
  shift(change: Change, weight: number, signal: AbortSignal): Promise<void>
  /** Leaves only the new version, with all traffic and all replicas. Also mends what was changed outside. */
  settle(change: Change, signal: AbortSignal): Promise<void>
  /** Removes the new version and gives all traffic back to what served before. */
  abort(change: Change, signal: AbortSignal): Promise<void>
  /** Removes the whole target. */
  retire(target: Target, epoch: number, signal: AbortSignal): Promise<void>
  /** The last lines that the version's processes wrote. */
  logs(target: Target, deploymentId: string, lines: number, signal: AbortSignal): Promise<readonly string[]>
}
