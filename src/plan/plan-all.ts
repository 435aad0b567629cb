import type { DeclaredState, DeclaredUnit } from '../declared/declared-state.ts'
import { sortDiagnostics, type Diagnostic } from '../domain/diagnostics.ts'
import type { ModelId } from '../domain/names.ts'
import { emptyUnit, type RecordedState, type RecordedUnit } from '../recorded/recorded-state.ts'
import { planDigest, unitDigest } from './digest.ts'
import { foreignItems } from './foreign-items.ts'
import type { Action, Drift, Plan, PlanSummary, UnitPlan } from './plan.ts'
import { planDeployments, removals, type StagedAction } from './plan-deployments.ts'
import { planRecords, planRemovedRecords } from './plan-records.ts'

export interface PlanInput {
  readonly declared: DeclaredState
  readonly recorded: RecordedState
  /** Problems found outside the documents (artifacts), by unit; an error blocks the unit. */
  readonly found?: ReadonlyMap<ModelId, readonly Diagnostic[]>
  readonly observed?: boolean
  readonly drift?: readonly Drift[]
}

interface UnitResult {
  readonly plans: readonly UnitPlan[]
  readonly unchanged: number
  readonly blocked: boolean
  readonly diagnostics: readonly Diagnostic[]
}

/** The plan: a pure function of what is declared and what is recorded. */
export function planAll(input: PlanInput): Plan {
  const { declared, recorded, found = new Map(), observed = false, drift = [] } = input
  const models = [...new Set([...declared.units.keys(), ...recorded.units.keys()])].sort()
  const results = models.map((model) =>
    planUnit({
      declared,
      model,
      unit: declared.units.get(model),
      recorded: recorded.units.get(model) ?? emptyUnit(model),
      found: found.get(model) ?? [],
    }),
  )
  const units = results.flatMap(({ plans }) => plans)
  const outside = results.flatMap(({ diagnostics }) => diagnostics)
  return {
    format: 'steward.plan/v1',
    digest: planDigest(units),
    revision: declared.revision,
    root: declared.root,
    tree: declared.tree,
    observed,
    summary: summarise(units, results, drift),
    units,
    drift,
    diagnostics: sortDiagnostics([...declared.diagnostics, ...outside.filter(isNews(declared.diagnostics))]),
  }
}

/** What the documents show already, such as a changed version, is not told again by what is recorded. */
function isNews(known: readonly Diagnostic[]): (diagnostic: Diagnostic) => boolean {
  const placeOf = ({ code, path, pointer }: Diagnostic): string => `${code} ${path} ${pointer}`
  const places = new Set(known.map(placeOf))
  return (diagnostic) => !places.has(placeOf(diagnostic))
}

function planUnit(input: {
  readonly declared: DeclaredState
  readonly model: ModelId
  readonly unit: DeclaredUnit | undefined
  readonly recorded: RecordedUnit
  readonly found: readonly Diagnostic[]
}): UnitResult {
  const { declared, model, unit, recorded, found } = input
  const foreign = foreignItems(recorded, unit?.path ?? `${declared.root}/_platform/settings.yaml`)
  const given = [...found, ...foreign]
  const stop = declared.settings === null || given.some(({ severity }) => severity === 'error')
  if (unit === undefined && isInsideBroken(declared, model)) return blockedUnit(model, given)
  if (unit?.blocked === true || stop) {
    const changed = unit === undefined || foreign.length > 0 ? [] : planRecords(unit, recorded).diagnostics
    return blockedUnit(model, [...given, ...changed])
  }
  if (unit === undefined) {
    const records = planRemovedRecords(recorded)
    const staged = removals(recorded, new Set())
    return { plans: assemble(model, records, staged), unchanged: 0, blocked: false, diagnostics: given }
  }
  const records = planRecords(unit, recorded)
  if (records.diagnostics.length > 0) return blockedUnit(model, [...given, ...records.diagnostics])
  const protectedStages = declared.settings?.guards.protectedStages ?? []
  const deployments = planDeployments(unit, recorded, protectedStages)
  return {
    plans: assemble(model, records.actions, deployments.actions),
    unchanged: records.unchanged + deployments.unchanged,
    blocked: false,
    diagnostics: given,
  }
}

/** A folder whose model.yaml is unreadable or missing while documents stand in it is broken, not deleted; so is one that a link or submodule stands for. */
function isInsideBroken(declared: DeclaredState, model: ModelId): boolean {
  const folder = `${declared.root}${model}/`
  return declared.diagnostics.some(
    ({ path, severity }) => severity === 'error' && (path.startsWith(folder) || folder.startsWith(`${path}/`)),
  )
}

function blockedUnit(model: ModelId, diagnostics: readonly Diagnostic[]): UnitResult {
  const plan = { unit: model, stage: null, digest: unitDigest(model, null, []), blocked: true, actions: [] }
  return { plans: [plan], unchanged: 0, blocked: true, diagnostics }
}

function assemble(model: ModelId, records: readonly Action[], staged: readonly StagedAction[]): UnitPlan[] {
  const stages = [...new Set(staged.map(({ stage }) => stage))].sort()
  const groups: [string | null, readonly Action[]][] = [
    [null, records],
    ...stages.map((stage): [string, Action[]] => [
      stage,
      staged.filter((entry) => entry.stage === stage).map(({ action }) => action),
    ]),
  ]
  return groups
    .filter(([, actions]) => actions.length > 0)
    .map(([stage, actions]) => ({
      unit: model,
      stage,
      digest: unitDigest(model, stage, actions),
      blocked: false,
      actions,
    }))
}

function summarise(units: readonly UnitPlan[], results: readonly UnitResult[], drift: readonly Drift[]): PlanSummary {
  const actions = units.flatMap(({ actions: found }) => found)
  const deletes = actions.filter(({ kind }) => kind.endsWith('.retire')).length
  const creates = actions.filter(({ before }) => before === null).length
  return {
    create: creates,
    update: actions.length - deletes - creates,
    delete: deletes,
    blocked: results.filter(({ blocked }) => blocked).length,
    unchanged: results.reduce((sum, { unchanged }) => sum + unchanged, 0),
    drift: drift.filter((entry) => entry.class !== 'ignored').length,
  }
}
