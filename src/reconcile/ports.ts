import type { DeclaredState } from '../declared/declared-state.ts'
import type { Diagnostic } from '../domain/diagnostics.ts'
import { isJsonObject, type JsonObject } from '../domain/json.ts'
import type { DeploymentMethod, ModelId } from '../domain/names.ts'
import type { Clock } from '../domain/ports.ts'
import type { AuditLog } from '../recorded/audit.ts'
import type { Tables } from '../recorded/tables.ts'
import type { Writer } from '../recorded/write-item.ts'
import type { Stops } from '../plan/reviewed.ts'
import type { RuntimeDriver } from '../runtimes/driver.ts'
import type { RolloutPlaces } from './rollout-places.ts'

/** What reconciling needs from the outside; `app` wires it. */
export interface ReconcilePorts {
  readonly tables: Tables
  readonly writer: Writer
  readonly audit: AuditLog
  readonly clock: Clock
  readonly places: RolloutPlaces
  /** Null where this version has no driver for the method. */
  readonly driver: (method: DeploymentMethod) => RuntimeDriver | null
  /** The absolute URI of an artifact of a document. */
  readonly resolveArtifact: (uri: string) => string
  /** Reads and checks the bytes of the versions that a plan is about to use; faults block the unit. */
  readonly verifyArtifacts: (
    declared: DeclaredState,
    model: ModelId,
    versions: readonly number[],
  ) => Promise<readonly Diagnostic[]>
}

/** What a run works towards, and who asked for it. */
export interface Intent {
  readonly declared: DeclaredState
  readonly planDigest: string | null
  /** False when a guard refused the plan's deletes. */
  readonly allowDeletes: boolean
  /** Stages that are left as they are, since their plan is not the one that was reviewed. */
  readonly stops?: Stops
}

/** The configuration of a runtime; of one that is declared no more, what the deployment item kept of it. */
export function runtimeOf(
  declared: DeclaredState,
  name: string,
  item?: JsonObject,
): { name: string; config: JsonObject } {
  const kept = isJsonObject(item?.target) && isJsonObject(item.target.config) ? item.target.config : {}
  return { name, config: declared.runtimes.get(name)?.config ?? kept }
}
