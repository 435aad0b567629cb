import { digestOf } from '../../domain/digest.ts'
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts'
import { pick } from '../../domain/objects.ts'
import { newReplicas, oldReplicas } from '../../rollout/strategy.ts'
import type {
  Change,
  ChangeArtifact,
  ChangeVariable,
  Observation,
  ObservedSet,
  RuntimeDriver,
  Target,
} from '../driver.ts'
import { hostCapabilities } from './capabilities.ts'
import { callHost, connectHost, type HostDriverOptions, type HostRequest } from './control-client.ts'

export type { HostDriverOptions }

/**
 * Deployment method `local host`: a model host's control API. Strategies are only changes of sets and weights there,
 * so every step reads the sets that are there, keeps what it does not own, and puts the whole again.
 */
export class HostDriver implements RuntimeDriver {
  readonly capabilities = hostCapabilities
  readonly #options: HostDriverOptions

  constructor(options: HostDriverOptions) {
    this.#options = options
  }

  async observe(target: Target, signal: AbortSignal): Promise<Observation | null> {
    const deployment = await this.#read(target, signal)
    if (deployment === null) return null
    const host = await this.#call(target, { method: 'GET', path: '/v1/host' }, signal)
    const gateway = isJsonObject(host) ? String(host.gateway) : ''
    return {
      settled: deployment.generation === deployment.observed_generation,
      endpoint: `${gateway}${String(deployment.path)}`,
      path: String(deployment.path),
      tokenRef: isJsonObject(deployment.auth) ? String(deployment.auth.token_ref) : null,
      sets: setsOf(deployment).map(toObservedSet),
    }
  }

  processDigest(change: Change): string {
    const { artifacts, command, environment_variables, model_version } = newSet(change, 0, 0)
    return digestOf({ model_version, artifacts, command, environment_variables } as JsonObject)
  }

  async prepare(change: Change, signal: AbortSignal): Promise<void> {
    const replicas = newReplicas(change.strategy, change.replicas, 0)
    // A version that was lost after it had the traffic begins again: what served has all of it meanwhile.
    await this.#put(change, signal, (others) => [
      ...others.map((set) => ({ ...set, weight: 100 })),
      newSet(change, 0, replicas),
    ])
  }

  async shift(change: Change, weight: number, signal: AbortSignal): Promise<void> {
    const { strategy, replicas: total } = change
    const left = (set: JsonObject): number => oldReplicas(strategy, { total, weight, before: Number(set.replicas) })
    await this.#put(change, signal, (others) => [
      ...others.map((set) => ({ ...set, weight: 100 - weight, replicas: left(set) })),
      newSet(change, weight, newReplicas(strategy, total, weight)),
    ])
  }

  async settle(change: Change, signal: AbortSignal): Promise<void> {
    await this.#put(change, signal, () => [newSet(change, 100, change.replicas)])
  }

  async abort(change: Change, signal: AbortSignal): Promise<void> {
    const deployment = await this.#read(change, signal)
    if (deployment === null) return
    const others = setsOf(deployment).filter(({ id }) => id !== change.deploymentId)
    if (others.length === 0) return this.retire(change, change.epoch, signal)
    await this.#put(change, signal, (kept) =>
      kept.map((set) => ({ ...set, weight: 100, replicas: change.replicasBefore ?? Number(set.replicas) })),
    )
  }

  async retire(target: Target, epoch: number, signal: AbortSignal): Promise<void> {
    await this.#call(target, { method: 'DELETE', path: pathOf(target), epoch }, signal)
  }

  async logs(target: Target, deploymentId: string, lines: number, signal: AbortSignal): Promise<readonly string[]> {
    const path = `${pathOf(target)}/logs?set=${encodeURIComponent(deploymentId)}&tail=${lines}`
    const answer = await this.#call(target, { method: 'GET', path }, signal)
    return isJsonObject(answer) && Array.isArray(answer.lines) ? answer.lines.map(String) : []
  }

  async #read(target: Target, signal: AbortSignal): Promise<JsonObject | null> {
    const answer = await this.#call(target, { method: 'GET', path: pathOf(target) }, signal)
    return isJsonObject(answer) ? answer : null
  }

  /** `build` gets the sets of other deployment ids as they were asked for, without what the host reports of them. */
  async #put(
    change: Change,
    signal: AbortSignal,
    build: (others: readonly JsonObject[]) => readonly JsonObject[],
  ): Promise<void> {
    const deployment = await this.#read(change, signal)
    const sets = deployment === null ? [] : setsOf(deployment)
    const others = sets.filter(({ id }) => id !== change.deploymentId).map(askedFor)
    const next = build(others)
    // While another version serves, callers use its path and its token: only settling moves them.
    const serving = next.some(({ id }) => id !== change.deploymentId) ? deployment : null
    const front = serving === null ? frontOf(change) : pick(serving, ['path', 'auth'])
    const shared = next.length > 1 && change.stickyHeader !== null
    const body = { ...front, ...(shared && { sticky_header: change.stickyHeader }), sets: next }
    await this.#call(change, { method: 'PUT', path: pathOf(change), epoch: change.epoch, body }, signal)
  }

  async #call(target: Target, request: HostRequest, signal: AbortSignal): Promise<unknown> {
    const connection = await connectHost(target.runtime.config, this.#options, signal)
    return callHost(connection, request, signal)
  }
}

function pathOf({ key }: Target): string {
  return `/v1/deployments/${encodeURIComponent(key)}`
}

/** Where and by whom a deployment is called. */
function frontOf({ path, tokenRef }: Change): JsonObject {
  return { path, ...(tokenRef !== null && { auth: { type: 'token', token_ref: tokenRef } }) }
}

function newSet(change: Change, weight: number, replicas: number): JsonObject {
  return {
    id: change.deploymentId,
    model_version: change.modelVersion,
    artifacts: change.artifacts as unknown as Json,
    command: change.command,
    environment_variables: change.environmentVariables.map(variableAsJson),
    replicas,
    weight,
  }
}

function variableAsJson(variable: ChangeVariable): JsonObject {
  return 'secretRef' in variable ? { name: variable.name, secret_ref: variable.secretRef } : { ...variable }
}

function variableOf({ name, value, secret_ref: secretRef }: JsonObject): ChangeVariable {
  return typeof secretRef === 'string'
    ? { name: String(name), secretRef }
    : { name: String(name), value: String(value) }
}

const askedFields = ['id', 'model_version', 'artifacts', 'command', 'environment_variables', 'weight'] as const

/** A set as it was put: in what the host reports, `replicas` is the list of processes. */
function askedFor(set: JsonObject): JsonObject {
  return { ...pick(set, askedFields), replicas: wantedReplicas(set) }
}

function wantedReplicas(set: JsonObject): number {
  return Number(set.replicas_wanted ?? 0)
}

function setsOf(deployment: JsonObject): readonly JsonObject[] {
  return objectsOf(deployment.sets)
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

function artifactOf({ name, uri, sha256, size }: JsonObject): ChangeArtifact {
  return {
    ...{ name: String(name), uri: String(uri), sha256: String(sha256) },
    ...(typeof size === 'number' && { size }),
  }
}

function toObservedSet(set: JsonObject): ObservedSet {
  return {
    deploymentId: String(set.id),
    modelVersion: Number(set.model_version),
    weight: Number(set.weight),
    weightInForce: Number(set.weight_in_force),
    replicas: wantedReplicas(set),
    ready: Number(set.ready),
    processDigest: String(set.spec_digest),
    failure: typeof set.failure === 'string' ? set.failure : null,
    crash: typeof set.crash === 'string' ? set.crash : null,
    madeOf: {
      modelVersion: Number(set.model_version),
      artifacts: objectsOf(set.artifacts).map(artifactOf),
      command: Array.isArray(set.command) ? set.command.map(String) : [],
      environmentVariables: objectsOf(set.environment_variables).map(variableOf),
    },
  }
}
