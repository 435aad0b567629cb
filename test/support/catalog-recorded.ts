import { adjustableFields } from '../../src/declared/resolve-deployment.ts'
import type { DeclaredDeployment, DeclaredState, DeclaredUnit } from '../../src/declared/declared-state.ts'
import type { JsonObject } from '../../src/domain/json.ts'
import { splitModelId, type ModelId } from '../../src/domain/names.ts'
import { omit, pick } from '../../src/domain/objects.ts'
import { isEnded, type RolloutState } from '../../src/domain/rollout-states.ts'
import { planAll } from '../../src/plan/plan-all.ts'
import type { Action, Plan } from '../../src/plan/plan.ts'
import { toDeployment, toRollout } from '../../src/recorded/read-unit.ts'
import { emptyUnit, type RecordedState, type RecordedUnit } from '../../src/recorded/recorded-state.ts'
import type { Item } from '../../src/recorded/tables.ts'
import type { Catalog } from './catalog-builder.ts'

export const nothingRecorded: RecordedState = { units: new Map() }

/** What is recorded after a plan was carried out and every rollout ended in `status`. Pure. */
export function carryOut(
  plan: Plan,
  declared: DeclaredState,
  recorded: RecordedState,
  status: RolloutState = 'live',
): RecordedState {
  const units = new Map(recorded.units)
  for (const { unit: model, actions } of plan.units) {
    for (const action of actions) {
      const before = units.get(model) ?? emptyUnit(model)
      units.set(model, after(action, before, declared.units.get(model), { status, declared }))
    }
  }
  return { units }
}

/** What is recorded once a catalog was applied to nothing. */
export function recordedOf(catalog: Catalog, status: RolloutState = 'live'): RecordedState {
  const declared = catalog.declare()
  return carryOut(planAll({ declared, recorded: nothingRecorded }), declared, nothingRecorded, status)
}

interface Context {
  readonly status: RolloutState
  readonly declared: DeclaredState
}

function after(action: Action, unit: RecordedUnit, declared: DeclaredUnit | undefined, context: Context): RecordedUnit {
  const { model } = unit
  const { kind, key } = action
  const number = Number(key.split('@')[1] ?? 0)
  switch (kind) {
    case 'catalog.upsert':
    case 'catalog.retire':
      return { ...unit, catalog: changed(action, unit.catalog, ownOf(model, context)) }
    case 'registry.upsert':
    case 'registry.retire': {
      const own = { ...ownOf(model, context), model_version: number, create_at: 'x', created_by: 'x' }
      const versions = new Map(unit.versions).set(number, changed(action, unit.versions.get(number) ?? null, own))
      return { ...unit, versions }
    }
    case 'deployment.create':
    case 'deployment.rollout':
      return started(unit, deploymentOf(declared, key), context.status)
    case 'deployment.adjust': {
      const deployment = deploymentOf(declared, key)
      const current = unit.deployments.findLast(({ name, status }) => name === deployment.name && !isEnded(status))
      return { ...unit, rollouts: withRollout(unit, deployment, current?.id ?? 0, current?.status ?? 'live') }
    }
    case 'deployment.retire':
      return { ...unit, deployments: ended(unit, key.split('#')[1] ?? '', 'retired') }
  }
}

/** Own attributes, and the fields that the action leaves alone or writes. */
function changed({ kind, fields, after: written }: Action, before: Item | null, own: JsonObject): Item {
  if (kind.endsWith('.retire')) return { ...before, status: 'retired' }
  return { ...omit(before ?? {}, new Set(fields)), ...own, ...written, rev: 1, fence: 1 }
}

function ownOf(model: ModelId, { declared }: Context): JsonObject {
  const { namespace, name } = splitModelId(model)
  return { model, namespace, model_name: name, revision: declared.revision, path: 'p', digest: 'd' }
}

function deploymentOf(declared: DeclaredUnit | undefined, key: string): DeclaredDeployment {
  const deployment = declared?.deployments.get(key.split('#')[1] ?? '')
  if (deployment === undefined) throw new Error(`${key} is not declared`)
  return deployment
}

function started(unit: RecordedUnit, deployment: DeclaredDeployment, status: RolloutState): RecordedUnit {
  const id = (unit.deployments.at(-1)?.id ?? 0) + 1
  const item: Item = {
    ...(deployment.resolved as unknown as JsonObject),
    ...{ model: unit.model, deployment_id: id, deployment_name: deployment.name, status, rev: 1, fence: 1 },
    ...{ spec_digest: deployment.specDigest, served_from: null, reason: '', approvals: [] },
  }
  const others = status === 'live' ? ended(unit, deployment.name, 'superseded') : unit.deployments
  const rollouts = withRollout(unit, deployment, id, status)
  return { ...unit, deployments: [...others, toDeployment(item)], rollouts }
}

function ended(unit: RecordedUnit, name: string, status: RolloutState): RecordedUnit['deployments'] {
  return unit.deployments.map((deployment) =>
    deployment.name === name && !isEnded(deployment.status) ? toDeployment({ ...deployment.item, status }) : deployment,
  )
}

function withRollout(
  unit: RecordedUnit,
  { name, specDigest, resolved }: DeclaredDeployment,
  id: number,
  state: RolloutState,
): RecordedUnit['rollouts'] {
  const adjusted = pick(resolved as unknown as JsonObject, adjustableFields)
  const item: Item = {
    deployment_id: id,
    state,
    step: 0,
    weight: 0,
    spec_digest: specDigest,
    adjusted,
    in_flight: null,
  }
  return new Map(unit.rollouts).set(name, toRollout(item))
}

/** A recorded state in which one model's record is another. */
export function withUnit(
  recorded: RecordedState,
  model: ModelId,
  change: (unit: RecordedUnit) => Partial<RecordedUnit>,
): RecordedState {
  const unit = recorded.units.get(model) ?? emptyUnit(model)
  return { units: new Map(recorded.units).set(model, { ...unit, ...change(unit) }) }
}

/** `kind key` of every action, in the plan's order. */
export function actionsOf(plan: Plan): string[] {
  return plan.units.flatMap(({ actions }) => actions.map(({ kind, key }) => `${kind} ${key}`))
}

export function planOf(catalog: Catalog, recorded: RecordedState = nothingRecorded): Plan {
  return planAll({ declared: catalog.declare(), recorded })
}
