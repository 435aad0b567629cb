import type { ShownPlan } from '../../src/report/plan-comment.ts'
import { deploymentKey, type ModelId } from '../../src/domain/names.ts'
import type { Diagnostic } from '../../src/domain/diagnostics.ts'
import type { JsonObject } from '../../src/domain/json.ts'
import { planDigest, unitDigest } from '../../src/plan/digest.ts'
import type { Action, Plan, UnitPlan } from '../../src/plan/plan.ts'

/** Plans as the planner makes them, for what is said of them: sound digests, whatever the actions. */
export function planOf(
  units: readonly (Pick<UnitPlan, 'unit' | 'stage' | 'actions'> & { readonly blocked?: boolean })[],
  more: Partial<Pick<Plan, 'drift' | 'diagnostics' | 'observed'>> = {},
): Plan {
  const plans = units.map(({ unit, stage, actions, blocked = false }) => ({
    ...{ unit, stage, actions, blocked },
    digest: unitDigest(unit, stage, actions),
  }))
  const actions = plans.flatMap((plan) => plan.actions)
  const deletes = actions.filter(({ kind }) => kind.endsWith('.retire')).length
  const creates = actions.filter(({ before }) => before === null).length
  return {
    format: 'steward.plan/v1',
    digest: planDigest(plans),
    revision: `HEAD@sha1:${'c'.repeat(40)}`,
    root: 'models',
    tree: 'd'.repeat(40),
    observed: true,
    summary: {
      create: creates,
      update: actions.length - creates - deletes,
      delete: deletes,
      blocked: plans.filter(({ blocked }) => blocked).length,
      unchanged: 14,
      drift: 0,
    },
    units: plans,
    drift: [],
    diagnostics: [],
    ...more,
  }
}

export const model = (name: string): ModelId => `/abc_corp/claim/${name}` as ModelId

export function rollout(unit: ModelId, stage: string, before: JsonObject, after: JsonObject, reason: string): UnitPlan {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  const action: Action = {
    ...{ kind: 'deployment.rollout', key: deploymentKey(unit, stage), before, after, fields, reason, risk: 'medium' },
    position: { path: `models${unit}/deployments/${stage}.yaml`, line: 2 },
  }
  return { unit, stage, actions: [action], blocked: false, digest: unitDigest(unit, stage, [action]) }
}

export function registered(unit: ModelId, version: number, after: JsonObject): UnitPlan {
  const action: Action = {
    ...{ kind: 'registry.upsert', key: `${unit}@${version}`, before: null, after, fields: Object.keys(after).sort() },
    ...{ reason: 'not recorded yet', risk: 'low' },
    position: { path: `models${unit}/versions/${version}.yaml`, line: 1 },
  }
  return { unit, stage: null, actions: [action], blocked: false, digest: unitDigest(unit, null, [action]) }
}

export function retirement(unit: ModelId, stage: string, version: number): UnitPlan {
  const action: Action = {
    ...{ kind: 'deployment.retire', key: deploymentKey(unit, stage), before: { model_version: version }, after: null },
    ...{ fields: ['model_version'], reason: 'no longer declared', risk: 'high', position: null },
  }
  return { unit, stage, actions: [action], blocked: false, digest: unitDigest(unit, stage, [action]) }
}

export function problem(path: string, line: number, summary: string, help?: string): Diagnostic {
  const at = { line, column: 1 }
  return {
    ...{ code: 'ST1203', severity: 'error', summary, path, range: { start: at, end: { line, column: 8 } } },
    ...{ pointer: '/x', related: [], ...(help !== undefined && { help }) },
  } as Diagnostic
}

export function shown(plan: Plan, more: Partial<ShownPlan> = {}): ShownPlan {
  return {
    plan,
    metrics: [],
    held: [],
    refusals: [],
    protectedStages: ['prod'],
    gates: ['none; who has to review is decided by the branch’s rules'],
    applyBy: 'action',
    linkTo: (path, line) => `https://github.example.com/abc/models/blob/${'a'.repeat(40)}/${path}#L${line}`,
    footer: `<sub>head \`aaaaaaa\` · base \`bbbbbbb\` · plan \`${plan.digest}\`</sub>`,
    ...more,
  }
}
