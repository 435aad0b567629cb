import { digestOf, type Digest } from '../domain/digest.ts'
import { parseDuration } from '../domain/durations.ts'
import type { DeploymentDocument } from '../domain/generated/deployment.ts'
import type { ModelDocument } from '../domain/generated/model.ts'
import type { ModelVersionDocument } from '../domain/generated/model-version.ts'
import type { Json } from '../domain/json.ts'
import { normaliseStrategy, type ModelId } from '../domain/names.ts'
import type { CompiledDocument } from './compile-document.ts'
import type { DeclaredDeployment, DeclaredRuntime, EnvironmentVariable } from './declared-state.ts'

const DEFAULT_DEADLINE_MS = 30 * 60_000

/** Fields that say who a document is; the path says it already. */
const identityFields = ['api_version', 'kind', 'namespace', 'model_name'] as const
/** A change of these adjusts what runs; a change of any other field is a new rollout. */
export const adjustableFields = ['hold', 'capture', 'monitor', 'capacity', 'rollout', 'description', 'labels'] as const

/** The model's `deployment_defaults` under the deployment: mappings field by field, variables by name, lists whole. */
export function mergeDefaults(value: DeploymentDocument, model: ModelDocument | null): DeploymentDocument {
  const defaults = model?.deployment_defaults
  if (defaults === undefined) return value
  const variables = new Map<string, EnvironmentVariable>()
  for (const variable of defaults.environment_variables ?? []) variables.set(variable.name, variable)
  for (const variable of value.environment_variables ?? []) variables.set(variable.name, variable)
  const merged: DeploymentDocument = {
    ...defaults,
    ...value,
    ...(variables.size > 0 && { environment_variables: [...variables.values()] }),
  }
  for (const field of ['rollout', 'capacity', 'capture', 'monitor', 'labels'] as const) {
    const [under, over] = [defaults[field], value[field]]
    if (under !== undefined && over !== undefined) Object.assign(merged, { [field]: { ...under, ...over } })
  }
  return merged
}

export interface ResolveInput {
  readonly model: ModelId
  readonly name: string
  readonly stage: string
  readonly value: DeploymentDocument
  readonly runtime: DeclaredRuntime
  readonly version: ModelVersionDocument
  readonly catalog: ModelDocument | null
  readonly document: CompiledDocument
}

export function resolveDeployment(input: ResolveInput): DeclaredDeployment {
  const { model, name, stage, value, runtime, version, catalog, document } = input
  const resolved = withoutFields(
    {
      ...value,
      stage,
      mode: value.mode ?? 'online',
      runtime: runtime.name,
      deployment_method: runtime.method,
      rolling_strategy: normaliseStrategy(value.rolling_strategy ?? 'rolling'),
    },
    identityFields,
  ) as unknown as DeploymentDocument
  const environmentVariables = value.environment_variables ?? []
  return {
    name,
    stage,
    mode: value.mode ?? 'online',
    modelVersion: value.model_version,
    runtime,
    method: runtime.method,
    strategy: normaliseStrategy(value.rolling_strategy ?? 'rolling'),
    path: value.endpoints?.find(({ type }) => type === 'rest')?.path ?? `${model}/${name}`,
    replicas: value.capacity?.replicas ?? 1,
    deadlineMs: parseDuration(value.rollout?.deadline ?? '') ?? DEFAULT_DEADLINE_MS,
    environmentVariables,
    resolved,
    specDigest: digestOf(withoutFields(resolved, adjustableFields) as Json),
    subjectDigest: subjectDigest({ version, catalog, environmentVariables, stage }),
    document,
  }
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

export function withoutFields(value: object, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(([field, held]) => !fields.includes(field) && held !== undefined),
  )
}
