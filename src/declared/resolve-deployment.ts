import { digestOf, type Digest } from '../domain/digest.ts'
import type { DeploymentDocument } from '../domain/generated/deployment.ts'
import type { ModelDocument } from '../domain/generated/model.ts'
import type { ModelVersionDocument } from '../domain/generated/model-version.ts'
import type { Json } from '../domain/json.ts'
import { normaliseStrategy, type DeploymentMethod, type ModelId } from '../domain/names.ts'
import type { CompiledDocument } from './compile-document.ts'
import type { DeploymentLayer } from './deployment-layers.ts'
import type { DeclaredDeployment, DeclaredRuntime, EnvironmentVariable } from './declared-state.ts'

/** Fields that say who a document is; the path says it already. */
const identityFields = ['api_version', 'kind', 'namespace', 'model_name'] as const
/** A change of these adjusts what runs; a change of any other field is a new rollout. */
export const adjustableFields = ['hold', 'capture', 'monitor', 'capacity', 'rollout', 'description', 'labels'] as const

/** What a held deployment may still be adjusted in: nothing that runs changes by it. */
const harmlessFields = ['hold', 'description', 'labels'] as const

/** The fields in which a deployment is adjusted now. */
export function fieldsToAdjust({ held }: Pick<DeclaredDeployment, 'held'>): readonly string[] {
  return held ? harmlessFields : adjustableFields
}

export interface ResolveInput {
  readonly model: ModelId
  readonly name: string
  readonly stage: string
  /** With every layer of defaults merged in. */
  readonly value: DeploymentDocument
  readonly method: DeploymentMethod
  /** Null for `external` and `none`. */
  readonly runtime: DeclaredRuntime | null
  /** A hold is in force. */
  readonly held: boolean
  readonly layers: readonly DeploymentLayer[]
  readonly version: ModelVersionDocument
  readonly catalog: ModelDocument | null
  readonly document: CompiledDocument
}

export function resolveDeployment(input: ResolveInput): DeclaredDeployment {
  const { model, name, stage, value, method, runtime, held, layers, version, catalog, document } = input
  const resolved = withoutFields(
    {
      ...value,
      stage,
      mode: value.mode ?? 'online',
      runtime: runtime?.name,
      deployment_method: method,
      rolling_strategy: normaliseStrategy(value.rolling_strategy ?? 'rolling'),
    },
    identityFields,
  ) as unknown as DeploymentDocument
  const environmentVariables = value.environment_variables ?? []
  const spec = lazily(() => digestOf(withoutFields(resolved, adjustableFields) as Json))
  const subject = lazily(() => subjectDigest({ version, catalog, environmentVariables, stage }))
  return {
    name,
    stage,
    mode: value.mode ?? 'online',
    modelVersion: value.model_version,
    runtime,
    method,
    strategy: normaliseStrategy(value.rolling_strategy ?? 'rolling'),
    path: value.endpoints?.find(({ type }) => type === 'rest')?.path ?? `${model}/${name}`,
    replicas: value.capacity?.replicas ?? 1,
    environmentVariables,
    held,
    resolved,
    layers,
    get specDigest() {
      return spec()
    },
    get subjectDigest() {
      return subject()
    },
    document,
  }
}

/** Digests cost more than all else of a deployment, and validating needs none. */
function lazily<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | null = null
  return () => (known ??= { value: compute() }).value
}

/** What an approval binds: the artifacts, how they are served, the contract, the variables and the stage. */
function subjectDigest(subject: {
  readonly version: ModelVersionDocument
  readonly catalog: ModelDocument | null
  readonly environmentVariables: readonly EnvironmentVariable[]
  readonly stage: string
}): Digest {
  const { version, catalog, environmentVariables, stage } = subject
  return digestOf({
    artifacts: (version.artifacts ?? []) as unknown as Json,
    serving: (version.serving ?? null) as Json,
    inference: (version.inference ?? catalog?.inference ?? null) as Json,
    environment_variables: environmentVariables as unknown as Json,
    stage,
  })
}

function withoutFields(value: object, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(([field, held]) => !fields.includes(field) && held !== undefined),
  )
}
