import type { DeclaredState } from '../declared/declared-state.ts'
import { isError, sortDiagnostics, type Diagnostic } from '../domain/diagnostics.ts'
import type { ModelId } from '../domain/names.ts'
import { isOpen } from '../domain/rollout-states.ts'
import type { Drift, Plan } from '../plan/plan.ts'
import { usedVersions } from '../plan/used-versions.ts'
import { planAll } from '../plan/plan-all.ts'
import { readAll } from '../recorded/read-all.ts'
import { readUnit } from '../recorded/read-unit.ts'
import type { RecordedState, RecordedUnit } from '../recorded/recorded-state.ts'
import type { Tables } from '../recorded/tables.ts'
import { hasStaleServices } from '../reconcile/publish-services.ts'
import { isBehind, sameCondition, unitCondition } from '../reconcile/unit-status.ts'
import { problemText } from '../reconcile/problem-text.ts'
import { withdrawnFailures } from '../reconcile/withdraw-failed.ts'
import type { App } from './app.ts'
import { checkArtifacts, type ArtifactCheck } from './check-artifacts.ts'
import { mapLimited } from '../domain/map-limited.ts'
import { observeDrift, type Unwell } from './observe-running.ts'

const READERS = 16

export interface Planned {
  readonly plan: Plan
  readonly recorded: RecordedState
  /** Units whose rollouts are on their way, or that drifted: there is work although nothing is planned. */
  readonly unsettled: readonly ModelId[]
  /** Faults of artifacts, by unit. */
  readonly found: ArtifactFaults
}

type Running = Parameters<typeof unitCondition>[2]

export type ArtifactFaults = ReadonlyMap<ModelId, readonly Diagnostic[]>

export interface PlanOptions {
  /** How far artifacts are checked; or what an earlier check found. */
  readonly artifacts: ArtifactCheck | ArtifactFaults
  /** Compare these models alone, where it is known that nothing has changed about the others. */
  readonly only?: ReadonlySet<ModelId> | undefined
  readonly signal: AbortSignal
}

/** Everything that a plan of one declared state needs: what is recorded, what runs, and the artifacts. */
export async function makePlan(app: App, tables: Tables, whole: DeclaredState, options: PlanOptions): Promise<Planned> {
  const { artifacts, only, signal } = options
  const recorded = await readRecorded(tables, whole, { only, signal })
  const declared = only === undefined ? whole : { ...whole, units: pickUnits(whole, only) }
  const first = planAll({ declared, recorded })
  const found =
    typeof artifacts === 'string' ? await artifactFaults(app, declared, first, artifacts, signal) : artifacts
  const { drift, unwell, observed, unreachable } = await observeDrift(app, tables, declared, recorded, signal)
  const told = found.size > 0 || drift.length > 0
  const planned = told ? planAll({ declared, recorded, found, drift, observed }) : { ...first, observed }
  const plan = { ...planned, diagnostics: sortDiagnostics([...planned.diagnostics, ...unreachable]) }
  const differing = drift.filter((entry) => entry.class !== 'ignored')
  return {
    plan,
    recorded,
    unsettled: unsettledUnits(plan, { declared, recorded, drift: differing, unwell, found }),
    found,
  }
}

function pickUnits({ units }: DeclaredState, only: ReadonlySet<ModelId>): DeclaredState['units'] {
  return new Map([...units].filter(([model]) => only.has(model)))
}

/** Everything that is recorded; with `only`, what is recorded of some models. */
export async function readRecorded(
  tables: Tables,
  declared: DeclaredState,
  request: { readonly only?: ReadonlySet<ModelId> | undefined; readonly signal: AbortSignal },
): Promise<RecordedState> {
  const { only, signal } = request
  if (only === undefined) return readAll(tables, declared.units.keys(), signal)
  const units = await mapLimited([...only], READERS, (model) => readUnit(tables, model, signal))
  return { units: new Map(units.map((unit) => [unit.model, unit])) }
}

/** The artifacts of the versions that a plan would record or deploy. */
async function artifactFaults(
  app: App,
  declared: DeclaredState,
  plan: Plan,
  check: ArtifactCheck,
  signal: AbortSignal,
): Promise<ArtifactFaults> {
  const { store, base } = await app.artifacts(declared.settings)
  const found = new Map<ModelId, readonly Diagnostic[]>()
  for (const [model, units] of Map.groupBy(plan.units, ({ unit }) => unit)) {
    const actions = units.flatMap((unit) => unit.actions)
    const versions = usedVersions(declared.units.get(model), actions)
    const faults = await checkArtifacts({ store, base, signal }, declared, { model, versions, check })
    if (faults.length > 0) found.set(model, faults)
  }
  return found
}

function unsettledUnits(
  plan: Plan,
  seen: {
    readonly declared: DeclaredState
    readonly recorded: RecordedState
    readonly drift: readonly Drift[]
    readonly unwell: Unwell
    readonly found: ArtifactFaults
  },
): ModelId[] {
  const { declared, recorded, drift, unwell, found } = seen
  const corrects = declared.settings?.drift.mode === 'correct'
  const asked = drift.filter((entry) => corrects || entry.class === 'not_applied_yet')
  const drifted = new Set(asked.map(({ unit }) => unit))
  const warned = Map.groupBy(corrects ? [] : drift, ({ unit }) => unit)
  /** Null: nobody could look. */
  const running = ({ model }: RecordedUnit): Running | null => {
    const told = unwell.get(model)
    if (told === null) return null
    return { left: (warned.get(model) ?? []).map(({ message }) => message), unwell: told ?? [] }
  }
  const blocked = new Set(plan.units.filter((unit) => unit.blocked).map(({ unit }) => unit))
  const stale = (unit: RecordedUnit): boolean =>
    !blocked.has(unit.model) && saysSomethingElse(declared, unit, running(unit))
  const isAnswered = (unit: RecordedUnit): boolean =>
    !blocked.has(unit.model) && withdrawnFailures(declared.units.get(unit.model), unit).length > 0
  const isUnsettled = (unit: RecordedUnit): boolean =>
    hasOpenWork(unit) ||
    isAnswered(unit) ||
    drifted.has(unit.model) ||
    stale(unit) ||
    isUntold(unit, found.get(unit.model) ?? [])
  return [...recorded.units.values()].filter(isUnsettled).map(({ model }) => model)
}

/** Faults of its artifacts, which only who has read them knows, and its recorded status does not tell yet. */
function isUntold({ status }: RecordedUnit, faults: readonly Diagnostic[]): boolean {
  const problems = faults.filter(isError).map(problemText)
  return problems.length > 0 && (status?.reason !== 'Blocked' || status.message !== problems.join('; '))
}

function hasOpenWork(unit: RecordedUnit): boolean {
  const open = unit.deployments.some(({ status }) => isOpen(status))
  const live = unit.deployments.filter(({ status }) => status === 'live').map(({ name }) => name)
  const flying = [...unit.rollouts.values()].some(({ inFlight, state }) => inFlight !== null && state === 'live')
  return open || flying || new Set(live).size < live.length
}

/**
 * The recorded status, or the entries of service tags, are of another time, such as that of an error which a revert has
 * mended since, or of a run that was killed before it wrote them.
 */
function saysSomethingElse(declared: DeclaredState, recorded: RecordedUnit, running: Running | null): boolean {
  if (hasStaleServices(recorded)) return true
  const unit = declared.units.get(recorded.model)
  const { status } = recorded
  // Its controller ended between the records and the status.
  if (status === null) return recorded.catalog !== null || recorded.versions.size > 0
  const ofRunning = status.reason === 'Drifted' || status.reason === 'NotRunning'
  if (running === null && ofRunning) return isBehind(recorded, declared.revision)
  const condition = unitCondition(unit, recorded, running ?? {})
  return !sameCondition(condition, status) || isBehind(recorded, declared.revision)
}
