import type { Digest } from '../domain/digest.ts'
import type { ModelId } from '../domain/names.ts'
import type { RolloutState } from '../domain/rollout-states.ts'
import type { Item } from './tables.ts'

/** A deployment item with the attributes that decisions read; `item` is the whole. */
export interface RecordedDeployment {
  readonly id: number
  readonly name: string
  readonly stage: string
  readonly modelVersion: number
  readonly status: RolloutState
  readonly specDigest: Digest
  readonly servedFrom: string | null
  readonly item: Item
}

/** Where a rollout stands: `unit#<model>` / `rollout#<deployment>`. */
export interface RecordedRollout {
  readonly deploymentId: number
  readonly state: RolloutState
  readonly step: number
  readonly weight: number
  readonly specDigest: Digest
  /** The adjustable fields that are in force (capacity and the like). */
  readonly adjusted: Item
  /** Written before a call that changes the outside, cleared with its outcome. */
  readonly inFlight: { readonly command: string; readonly since: string } | null
  readonly deadline: string | null
  readonly reason: string
  readonly item: Item
}

export interface RecordedUnit {
  readonly model: ModelId
  readonly catalog: Item | null
  readonly versions: ReadonlyMap<number, Item>
  /** By deployment id, ascending. */
  readonly deployments: readonly RecordedDeployment[]
  /** By deployment name. */
  readonly rollouts: ReadonlyMap<string, RecordedRollout>
  readonly status: Item | null
  /** Its entries under `service#<tag>`, withdrawn ones too. */
  readonly services: readonly Item[]
}

export interface RecordedState {
  readonly units: ReadonlyMap<ModelId, RecordedUnit>
}

export function emptyUnit(model: ModelId): RecordedUnit {
  return { model, catalog: null, versions: new Map(), deployments: [], rollouts: new Map(), status: null, services: [] }
}
