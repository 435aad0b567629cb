import type { ModelId } from '../domain/names.ts'
import type { CapabilityTable } from '../runtimes/capabilities.ts'
import type { CompiledDocument } from './compile-document.ts'
import type { NamespaceChain } from './namespaces.ts'
import type { Platform, PlatformPart } from './platform.ts'

/** What a judgement depended on beside the unit's own documents and namespaces. */
export type Dependency = PlatformPart | 'today'

/** Everything that a unit is judged by. */
export interface UnitContext {
  readonly platform: Platform
  readonly namespaces: NamespaceChain
  readonly capabilities: CapabilityTable
  /** `YYYY-MM-DD` in the time zone of Settings. */
  readonly today: string
  /** The day on which the revision was committed; today for a work tree. Blocking rules use it: a revision that was good stays good. */
  readonly committedOn: string
  /** Null where the unit is the same there, or where there is nothing to compare with. */
  readonly base: BaseUnit | null
  uses(part: Dependency): void
}

/** The unit at the base revision: what was there before the change. */
export interface BaseUnit {
  /** Documents that differ now, as they were; a broken one is not there. */
  readonly documents: ReadonlyMap<string, CompiledDocument>
  /** Every document's path there. */
  readonly paths: ReadonlySet<string>
  /**
   * The paths at the common ancestor, where the base has gone on since; else those of the base itself. What is only in
   * the base was added by others meanwhile.
   */
  readonly forkPaths: ReadonlySet<string>
}

export interface UnitInput {
  readonly model: ModelId
  /** The file `model.yaml`. */
  readonly path: string
  readonly documents: readonly CompiledDocument[]
  /** Versions whose file is there but broken. */
  readonly brokenVersions: ReadonlySet<number>
  /** Whether something in the unit is already known to be wrong. */
  readonly broken: boolean
}
