import type { DeclaredDeployment, DeclaredUnit } from '../declared/declared-state.ts'
import { isJsonObject, type JsonObject } from '../domain/json.ts'
import { deploymentKey, normaliseStrategy, type DeploymentMethod } from '../domain/names.ts'
import {
  emptyUnit,
  type RecordedDeployment,
  type RecordedRollout,
  type RecordedUnit,
} from '../recorded/recorded-state.ts'
import type { Change, ChangeVariable } from '../runtimes/driver.ts'
import { adjustedOf } from '../plan/standing.ts'
import { runtimeOf, type Intent, type ReconcilePorts } from './ports.ts'

export function methodOf(deployment: Pick<RecordedDeployment, 'item'>): DeploymentMethod {
  return String(deployment.item.deployment_method) as DeploymentMethod
}

/**
 * What a recorded deployment asks of its target. Built from what is recorded alone, so that a rollout goes on after a
 * restart exactly as it began, whatever Git says by then.
 */
export function changeOf(
  ports: Pick<ReconcilePorts, 'writer' | 'resolveArtifact'>,
  intent: Intent,
  work: {
    readonly recorded: RecordedUnit
    readonly deployment: RecordedDeployment
    readonly rollout: RecordedRollout | undefined
  },
): Change {
  const { recorded, deployment, rollout } = work
  const { item } = deployment
  const version = recorded.versions.get(deployment.modelVersion) ?? {}
  const serving = isJsonObject(version.serving) ? version.serving : {}
  const { rollout: wish } = adjustedOf(deployment, rollout)
  const before = recorded.deployments.findLast(
    ({ name, id, status }) => name === deployment.name && id !== deployment.id && status === 'live',
  )
  const rest = objects(item.endpoints).find(({ type }) => type === 'rest')
  return {
    key: deploymentKey(recorded.model, deployment.name),
    runtime: runtimeOf(intent.declared, String(item.runtime), item),
    epoch: ports.writer.epoch,
    deploymentId: String(deployment.id),
    modelVersion: deployment.modelVersion,
    path: typeof rest?.path === 'string' ? rest.path : `${recorded.model}/${deployment.name}`,
    artifacts: objects(version.artifacts).map((artifact) => ({
      name: String(artifact.name),
      uri: ports.resolveArtifact(String(artifact.uri)),
      sha256: String(artifact.sha256 ?? ''),
      ...(typeof artifact.size === 'number' && { size: artifact.size }),
    })),
    command: Array.isArray(serving.command) ? serving.command.map(String) : [],
    environmentVariables: objects(item.environment_variables).map(variableOf),
    replicas: replicasOf(deployment, rollout),
    replicasBefore: before === undefined ? null : replicasOf(before, rollout),
    strategy: normaliseStrategy(String(item.rolling_strategy ?? 'rolling')),
    stickyHeader: isJsonObject(wish) && typeof wish.sticky_header === 'string' ? wish.sticky_header : null,
    tokenRef: rest?.auth === 'token' && typeof rest.token_ref === 'string' ? rest.token_ref : null,
  }
}

/** What a declared deployment would ask of its target, whatever is recorded: for comparing Git with what runs. */
export function declaredChange(
  ports: Pick<ReconcilePorts, 'writer' | 'resolveArtifact'>,
  intent: Intent,
  work: { readonly unit: DeclaredUnit; readonly declared: DeclaredDeployment; readonly deploymentId: number },
): Change {
  const { unit, declared, deploymentId } = work
  const item = declared.resolved as unknown as JsonObject
  const versions = [...unit.versions].map(([number, { value }]) => [number, value as unknown as JsonObject] as const)
  return changeOf(ports, intent, {
    recorded: { ...emptyUnit(unit.model), versions: new Map(versions) },
    rollout: undefined,
    deployment: {
      ...{ id: deploymentId, name: declared.name, stage: declared.stage, modelVersion: declared.modelVersion },
      ...{ status: 'live', specDigest: declared.specDigest, servedFrom: null, item },
    },
  })
}

export function replicasOf(deployment: RecordedDeployment, rollout: RecordedRollout | undefined): number {
  const { capacity } = adjustedOf(deployment, rollout)
  return isJsonObject(capacity) && typeof capacity.replicas === 'number' ? capacity.replicas : 1
}

function variableOf({ name, value, secret_ref: reference }: Readonly<Record<string, unknown>>): ChangeVariable {
  if (typeof reference === 'string') return { name: String(name), secretRef: reference }
  return { name: String(name), value: String(value ?? '') }
}

function objects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
