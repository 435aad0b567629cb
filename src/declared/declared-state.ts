import type { Diagnostic } from '../domain/diagnostics.ts'
import type { Digest } from '../domain/digest.ts'
import type { FreezeDocument } from '../domain/generated/freeze.ts'
import type { DeploymentDocument } from '../domain/generated/deployment.ts'
import type { ModelDocument } from '../domain/generated/model.ts'
import type { ModelVersionDocument } from '../domain/generated/model-version.ts'
import type { SettingsDocument } from '../domain/generated/settings.ts'
import type { JsonObject } from '../domain/json.ts'
import type { DeploymentMethod, ModelId, RollingStrategy } from '../domain/names.ts'
import type { CompiledDocument } from './compile-document.ts'
import type { DeploymentLayer } from './deployment-layers.ts'
import type { NamespaceChain } from './namespaces.ts'
import type { LifecycleStage } from './lifecycle-presets.ts'

export interface DeclaredRuntime {
  readonly name: string
  readonly method: DeploymentMethod
  readonly stages: readonly string[]
  readonly services: readonly string[]
  readonly config: JsonObject
  /** Rollouts that may be in flight at the same time; null: any number. */
  readonly concurrentRollouts: number | null
  readonly document: CompiledDocument
}

export interface DeclaredLifecycle {
  readonly name: string
  readonly riskTiers: readonly string[]
  /** Its own, or its preset's. */
  readonly stages: readonly LifecycleStage[]
  readonly document: CompiledDocument
}

export interface DeclaredFreeze {
  readonly name: string
  readonly value: FreezeDocument
  readonly document: CompiledDocument
}

export interface DeclaredVersion {
  readonly number: number
  readonly value: ModelVersionDocument
  readonly document: CompiledDocument
}

/** A deployment with every default filled in. */
export interface DeclaredDeployment {
  readonly name: string
  readonly stage: string
  readonly mode: 'online' | 'batch'
  readonly modelVersion: number
  /** Null for `external` and `none`, which Steward does not drive. */
  readonly runtime: DeclaredRuntime | null
  readonly method: DeploymentMethod
  readonly strategy: RollingStrategy
  /** Path on the runtime's gateway. */
  readonly path: string
  readonly replicas: number
  readonly environmentVariables: readonly EnvironmentVariable[]
  /** A hold is in force: what runs stays as it is. */
  readonly held: boolean
  /** What it was merged from, the weakest first. */
  readonly layers: readonly DeploymentLayer[]
  /** The document after defaults, without identity fields. */
  readonly resolved: DeploymentDocument
  readonly specDigest: Digest
  readonly subjectDigest: Digest
  readonly document: CompiledDocument
}

export interface EnvironmentVariable {
  readonly name: string
  readonly value?: string
  readonly secret_ref?: string
}

/** One model folder. A blocked unit has an error somewhere: what is recorded and what runs stays as it is (I1). */
export interface DeclaredUnit {
  readonly model: ModelId
  readonly namespace: string
  readonly name: string
  /** The file `model.yaml`, relative to the repository's root. */
  readonly path: string
  readonly blocked: boolean
  readonly catalog: { readonly value: ModelDocument; readonly document: CompiledDocument } | null
  /** The namespace documents that hold for it. */
  readonly namespaces: NamespaceChain
  /** The life cycle that holds for the model; null where none applies, which means no gates. */
  readonly lifecycle: string | null
  readonly versions: ReadonlyMap<number, DeclaredVersion>
  readonly deployments: ReadonlyMap<string, DeclaredDeployment>
  /** Every deployment's file with the stage it is for, also of those that depend on something broken. */
  readonly intents: readonly DeploymentIntent[]
}

export interface DeploymentIntent {
  readonly name: string
  readonly stage: string
  readonly modelVersion: number
  readonly path: string
}

export interface ResolvedSettings {
  readonly tables: { readonly backend: 'embedded' | 'dynamodb'; readonly region: string; readonly prefix: string }
  readonly artifactsUri: string | null
  readonly applyBy: 'daemon' | 'action' | 'cli' | null
  /** What happens outside protected stages to a unit whose plan is not the one that its pull request showed. */
  readonly onChangedPlan: 'stop' | 'stop_protected'
  readonly guards: {
    readonly maxDeletes: number
    readonly maxDeletePercent: number
    readonly protectedStages: readonly string[]
    readonly allowDeletes: readonly string[]
  }
  readonly drift: {
    readonly mode: 'correct' | 'warn' | 'ignore'
    readonly everyMs: number
    /** Fields whose difference is no drift. */
    readonly ignore: readonly string[]
  }
  readonly timezone: string
  readonly value: SettingsDocument
}

export interface DeclaredState {
  readonly revision: string
  readonly root: string
  readonly tree: string
  readonly committedAt: string | null
  readonly author: string | null
  /** Null when the settings are broken: then nothing may be written. */
  readonly settings: ResolvedSettings | null
  readonly runtimes: ReadonlyMap<string, DeclaredRuntime>
  readonly lifecycles: ReadonlyMap<string, DeclaredLifecycle>
  readonly freezes: ReadonlyMap<string, DeclaredFreeze>
  readonly units: ReadonlyMap<ModelId, DeclaredUnit>
  readonly documents: number
  readonly diagnostics: readonly Diagnostic[]
}
