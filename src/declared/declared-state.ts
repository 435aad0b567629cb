import type { Diagnostic } from '../domain/diagnostics.ts'
import type { Digest } from '../domain/digest.ts'
import type { DeploymentDocument } from '../domain/generated/deployment.ts'
import type { ModelDocument } from '../domain/generated/model.ts'
import type { ModelVersionDocument } from '../domain/generated/model-version.ts'
import type { SettingsDocument } from '../domain/generated/settings.ts'
import type { JsonObject } from '../domain/json.ts'
import type { DeploymentMethod, ModelId, RollingStrategy } from '../domain/names.ts'
import type { CompiledDocument } from './compile-document.ts'

export interface DeclaredRuntime {
  readonly name: string
  readonly method: DeploymentMethod
  readonly stages: readonly string[]
  readonly services: readonly string[]
  readonly config: JsonObject
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
  readonly runtime: DeclaredRuntime
  readonly method: DeploymentMethod
  readonly strategy: RollingStrategy
  /** Path on the runtime's gateway. */
  readonly path: string
  readonly replicas: number
  /** Milliseconds from `preparing`. */
  readonly deadlineMs: number
  readonly environmentVariables: readonly EnvironmentVariable[]
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
  readonly versions: ReadonlyMap<number, DeclaredVersion>
  readonly deployments: ReadonlyMap<string, DeclaredDeployment>
}

export interface ResolvedSettings {
  readonly tables: { readonly backend: 'embedded' | 'dynamodb'; readonly region: string; readonly prefix: string }
  readonly artifactsUri: string | null
  readonly applyBy: 'daemon' | 'action' | 'cli' | null
  readonly guards: {
    readonly maxDeletes: number
    readonly maxDeletePercent: number
    readonly protectedStages: readonly string[]
    readonly allowDeletes: readonly string[]
  }
  readonly drift: { readonly mode: 'correct' | 'warn' | 'ignore'; readonly everyMs: number }
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
  readonly units: ReadonlyMap<ModelId, DeclaredUnit>
  readonly documents: number
  readonly diagnostics: readonly Diagnostic[]
}
