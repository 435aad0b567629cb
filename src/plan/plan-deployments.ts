import { strategyText, wishOf } from '../rollout/strategy.ts'
import { adjustableFields, fieldsToAdjust } from '../declared/resolve-deployment.ts'
import type { DeclaredDeployment, DeclaredUnit } from '../declared/declared-state.ts'
import type { JsonObject } from '../domain/json.ts'
import { changedFields, omit, pick } from '../domain/objects.ts'
import { deploymentKey, isDriven, type DeploymentMethod, type ModelId } from '../domain/names.ts'
import { deploymentDocument } from '../recorded/documents.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import type { Action } from './plan.ts'
import { adjustedOf, isFailure, standingOf } from './standing.ts'

export interface StagedAction {
  readonly stage: string
  readonly action: Action
}

export interface DeploymentPlan {
  readonly actions: readonly StagedAction[]
  readonly unchanged: number
}

export function planDeployments(
  unit: DeclaredUnit,
  recorded: RecordedUnit,
  protectedStages: readonly string[],
): DeploymentPlan {
  const declared = [...unit.deployments.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  const actions: StagedAction[] = []
  let unchanged = 0
  for (const deployment of declared) {
    const action = planDeployment(unit.model, deployment, recorded, protectedStages)
    if (action === null) unchanged += 1
    else actions.push({ stage: deployment.stage, action })
  }
  const removed = removals(recorded, new Set(unit.deployments.keys()))
  return { actions: [...actions, ...removed], unchanged }
}

/** Deployments that serve or are on their way, but are declared no more. */
export function removals(recorded: RecordedUnit, declared: ReadonlySet<string>): StagedAction[] {
  const names = [...new Set(recorded.deployments.map(({ name }) => name))].filter((name) => !declared.has(name)).sort()
  return names.flatMap((name) => {
    const { live, open } = standingOf(recorded, name)
    const serving = live ?? open
    if (serving === null) return []
    const action: Action = {
      kind: 'deployment.retire',
      key: deploymentKey(recorded.model, name),
      before: { model_version: serving.modelVersion },
      after: null,
      fields: ['model_version'],
      reason: 'no longer declared',
      risk: 'high',
      position: null,
    }
    return [{ stage: serving.stage, action }]
  })
}

function planDeployment(
  model: ModelId,
  deployment: DeclaredDeployment,
  recorded: RecordedUnit,
  protectedStages: readonly string[],
): Action | null {
  const { live, open, newest } = standingOf(recorded, deployment.name)
  const wanted = deployment.specDigest
  const after = deployment.resolved as unknown as JsonObject
  const base = {
    key: deploymentKey(model, deployment.name),
    position: {
      path: deployment.document.path,
      line: deployment.document.yaml.rangeOf(['model_version']).start.line,
    },
    risk: protectedStages.includes(deployment.stage) ? ('medium' as const) : ('low' as const),
  }
  const current = open ?? live
  if (current !== null && current.specDigest === wanted) {
    const fields = fieldsToAdjust(deployment)
    const before = pick(adjustedOf(current, recorded.rollouts.get(deployment.name)), fields)
    return adjustment(pick(after, fields), before, base)
  }
  // What runs stays as it is until the hold ends; where nothing runs, nothing begins.
  if (deployment.held) return null
  if (current === null) {
    // Automation never deploys again what failed: a person changes the intent first.
    if (newest !== null && newest.specDigest === wanted && isFailure(newest)) return null
    const fields = Object.keys(after).sort()
    return { ...base, kind: 'deployment.create', before: null, after, fields, reason: 'not deployed yet' }
  }
  if (open === null && newest !== null && newest.specDigest === wanted && isFailure(newest)) return null
  const changed = changedFields(specOf(deploymentDocument(current.item)), specOf(after))
  const { before = {}, after: changedTo = {}, fields = [] } = changed ?? {}
  const change = describe(current.modelVersion, deployment.modelVersion, fields)
  const reason = isDriven(deployment.method) ? `${change}; ${rolloutText(deployment)}` : change
  const rollout = { ...base, kind: 'deployment.rollout', before, after: changedTo, fields, reason } as const
  const driven = isDriven(String(current.item.deployment_method) as DeploymentMethod)
  if (isDriven(deployment.method) || !driven) return rollout
  return { ...rollout, risk: 'high', reason: `${reason}; what runs is taken down` }
}

/** How it will take over. */
function rolloutText({ strategy, replicas, resolved }: DeclaredDeployment): string {
  return strategyText(wishOf(resolved.rollout, { strategy, replicas, replaces: true }))
}

function specOf(document: JsonObject): JsonObject {
  return omit(document, new Set(adjustableFields))
}

function adjustment(
  after: JsonObject,
  before: JsonObject,
  base: Pick<Action, 'key' | 'position' | 'risk'>,
): Action | null {
  const changed = changedFields(before, after)
  if (changed === null) return null
  return { ...base, ...changed, kind: 'deployment.adjust', reason: `changed: ${changed.fields.join(', ')}` }
}

function describe(from: number, to: number, fields: readonly string[]): string {
  const others = fields.filter((field) => field !== 'model_version')
  const version = from === to ? `version ${to}` : `version ${from} → ${to}`
  return others.length === 0 ? version : `${version}; changed: ${others.join(', ')}`
}
