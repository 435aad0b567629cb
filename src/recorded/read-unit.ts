import type { Digest } from '../domain/digest.ts'
import { isJsonObject } from '../domain/json.ts'
import { splitModelId, type ModelId } from '../domain/names.ts'
import type { RolloutState } from '../domain/rollout-states.ts'
import type { RecordedDeployment, RecordedRollout, RecordedUnit } from './recorded-state.ts'
import { serviceKeys } from './services.ts'
import type { Item, Tables } from './tables.ts'

/** All that is recorded of one model: four requests, and one more where applications look it up by a service tag. */
export async function readUnit(tables: Tables, model: ModelId, signal?: AbortSignal): Promise<RecordedUnit> {
  const { namespace, name } = splitModelId(model)
  const partition = { attribute: 'model', value: model }
  const [catalog, versions, deployments, control] = await Promise.all([
    tables.get('model-catalog', { namespace, model_name: name }, signal),
    tables.query('model-registry', { partition }, signal),
    tables.query('model-deployment', { partition }, signal),
    tables.query('steward-control', { partition: { attribute: 'pk', value: unitKey(model) } }, signal),
  ])
  const unit = toUnit(model, { catalog, versions, deployments, control, services: [] })
  const keys = serviceKeys(unit)
  return keys.length === 0 ? unit : { ...unit, services: await tables.getMany('steward-control', keys, signal) }
}

/** Where the status and the rollouts of a model stand in `steward-control`. */
export function unitKey(model: ModelId): string {
  return `unit#${model}`
}

export interface UnitItems {
  readonly catalog: Item | null
  readonly versions: readonly Item[]
  readonly deployments: readonly Item[]
  /** Those of `unit#<model>`. */
  readonly control: readonly Item[]
  readonly services: readonly Item[]
}

export function toUnit(model: ModelId, items: UnitItems): RecordedUnit {
  const { catalog, versions, deployments, control, services } = items
  const rollouts = control.filter(({ sk }) => String(sk).startsWith('rollout#'))
  return {
    model,
    catalog,
    versions: new Map(versions.map((item) => [Number(item.model_version), item] as const).sort(([a], [b]) => a - b)),
    deployments: deployments.map(toDeployment).sort((a, b) => a.id - b.id),
    rollouts: new Map(rollouts.map((item) => [String(item.sk).slice('rollout#'.length), toRollout(item)])),
    status: control.find(({ sk }) => sk === 'status') ?? null,
    services,
  }
}

/** What a unit is made of, so that it can be made with something else. */
export function itemsOf({ catalog, versions, deployments, rollouts, status, services }: RecordedUnit): UnitItems {
  return {
    catalog,
    services,
    versions: [...versions.values()],
    deployments: deployments.map(({ item }) => item),
    control: [...[...rollouts.values()].map(({ item }) => item), ...(status === null ? [] : [status])],
  }
}

export function toDeployment(item: Item): RecordedDeployment {
  return {
    id: Number(item.deployment_id),
    name: String(item.deployment_name),
    stage: String(item.stage),
    modelVersion: Number(item.model_version),
    status: String(item.status) as RolloutState,
    specDigest: String(item.spec_digest) as Digest,
    servedFrom: typeof item.served_from === 'string' ? item.served_from : null,
    item,
  }
}

export function toRollout(item: Item): RecordedRollout {
  const flight = item.in_flight
  return {
    deploymentId: Number(item.deployment_id),
    state: String(item.state) as RolloutState,
    step: Number(item.step),
    weight: Number(item.weight),
    specDigest: String(item.spec_digest) as Digest,
    adjusted: isJsonObject(item.adjusted) ? item.adjusted : {},
    inFlight: isJsonObject(flight) ? { command: String(flight.command), since: String(flight.since) } : null,
    deadline: typeof item.deadline === 'string' ? item.deadline : null,
    reason: String(item.reason ?? ''),
    item,
  }
}
