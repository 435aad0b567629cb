import type { JsonObject } from '../domain/json.ts'
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
  readonly environmentVariables: readonly { readonly name: string; readonly value: string }[]
  readonly replicas: number
}

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
  /** Percent of the traffic. */
  readonly weight: number
  readonly replicas: number
  readonly ready: number
  /** Names what its processes are made of; compare with `processDigest` of a change. */
  readonly processDigest: string
  /** Why it can not become ready; null while it still may. */
  readonly failure: string | null
}

export interface Observation {
  /** The target has reached what it was last asked for. */
  readonly settled: boolean
  readonly endpoint: string
  /** Where requests arrive on the target's gateway. */
  readonly path: string
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
 * `observe`. Errors are DriverErrors. docs/architecture.md says how a rollout uses it.
 */
export interface RuntimeDriver {
  readonly capabilities: Capabilities
  /** Read-only; null where the target does not exist. */
  observe(target: Target, signal: AbortSignal): Promise<Observation | null>
  /** What `observe` reports as processDigest once the change runs as asked. */
  processDigest(change: Change): string
  /** Starts the new version beside what serves, without traffic. */
  prepare(change: Change, signal: AbortSignal): Promise<void>
  /** Gives the new version `weight` percent of the traffic. */
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
