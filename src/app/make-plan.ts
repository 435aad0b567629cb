import type { DeclaredState } from '../declared/declared-state.ts'
import { diagnosticCodes } from '../domain/diagnostic-codes.ts'
import { firstLine, isError, sortDiagnostics, type Diagnostic } from '../domain/diagnostics.ts'
import type { ModelId } from '../domain/names.ts'
import { isOpen } from '../domain/rollout-states.ts'
import type { Drift, Plan } from '../plan/plan.ts'
import { usedVersions } from '../plan/used-versions.ts'
import { planAll } from '../plan/plan-all.ts'
import { resolveArtifactUri } from '../artifacts/artifact-store.ts'
import { AuditLog } from '../recorded/audit.ts'
import { readAll } from '../recorded/read-all.ts'
import { readUnit } from '../recorded/read-unit.ts'
import type { RecordedState, RecordedUnit } from '../recorded/recorded-state.ts'
import type { Tables } from '../recorded/tables.ts'
import type { Writer } from '../recorded/write-item.ts'
import { hasStaleServices } from '../reconcile/publish-services.ts'
import { isBehind, sameCondition, unitCondition } from '../reconcile/unit-status.ts'
import { findDrift } from '../reconcile/correct-running.ts'
import type { Intent, ReconcilePorts } from '../reconcile/ports.ts'
import { problemText } from '../reconcile/problem-text.ts'
import { RolloutPlaces } from '../reconcile/rollout-places.ts'
import { withdrawnFailures } from '../reconcile/withdraw-failed.ts'
import { DriverError } from '../runtimes/driver.ts'
import type { App } from './app.ts'
import { checkArtifacts, type ArtifactCheck } from './check-artifacts.ts'
import { mapLimited } from '../domain/map-limited.ts'

const READERS = 16

export interface Planned {
  readonly plan: Plan
  readonly recorded: RecordedState
  /** Units whose rollouts are on their way, or that drifted: there is work although nothing is planned. */
  readonly unsettled: readonly ModelId[]
  /** Faults of artifacts, by unit. */
  readonly found: ArtifactFaults
}

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
  const { drift, observed, unreachable } = await observeDrift(app, tables, declared, recorded, signal)
  const told = found.size > 0 || drift.length > 0
  const planned = told ? planAll({ declared, recorded, found, drift, observed }) : { ...first, observed }
  const plan = { ...planned, diagnostics: sortDiagnostics([...planned.diagnostics, ...unreachable]) }
  const corrected = declared.settings?.drift.mode === 'correct' ? drift : []
  return { plan, recorded, unsettled: unsettledUnits(plan, { declared, recorded, drift: corrected, found }), found }
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

/** Reading needs no lease; a write through this is a mistake of ours. */
const readOnlyWriter: Writer = {
  epoch: 0,
  lost: new AbortController().signal,
  check: () => AbortSignal.timeout(30_000),
}

async function observeDrift(
  app: App,
  tables: Tables,
  declared: DeclaredState,
  recorded: RecordedState,
  signal: AbortSignal,
): Promise<{ drift: Drift[]; observed: boolean; unreachable: Diagnostic[] }> {
  if (declared.settings?.drift.mode === 'ignore') return { drift: [], observed: false, unreachable: [] }
  const ports = await reconcilePorts(app, tables, declared, readOnlyWriter)
  const intent: Intent = { declared, planDigest: null, allowDeletes: false }
  const unreachable = new Map<string, Diagnostic>()
  const found = await mapLimited([...recorded.units.values()], READERS, async (unit) => {
    signal.throwIfAborted()
    try {
      return await findDrift(ports, intent, unit)
    } catch (error) {
      if (!(error instanceof DriverError)) throw error
      unreachable.set(error.message, unreachableRuntime(declared, unit, error))
      return []
    }
  })
  return { drift: found.flat(), observed: unreachable.size === 0, unreachable: [...unreachable.values()] }
}

/** At the runtime's document; at the model's where the runtime is declared no more. */
function unreachableRuntime(declared: DeclaredState, recorded: RecordedUnit, error: DriverError): Diagnostic {
  const names = recorded.deployments.filter(({ status }) => status === 'live').map(({ item }) => String(item.runtime))
  const runtime = names.map((name) => declared.runtimes.get(name)).find((known) => known !== undefined)
  const path =
    runtime?.document.path ?? declared.units.get(recorded.model)?.path ?? `${declared.root}${recorded.model}/model.yaml`
  const { severity, help } = diagnosticCodes.ST1501
  const summary = `what runs could not be looked at: ${error.message}`
  return { code: 'ST1501', severity, summary, help, path, range: firstLine, pointer: '', related: [] }
}

function unsettledUnits(
  plan: Plan,
  seen: {
    readonly declared: DeclaredState
    readonly recorded: RecordedState
    readonly drift: readonly Drift[]
    readonly found: ArtifactFaults
  },
): ModelId[] {
  const { declared, recorded, drift, found } = seen
  const drifted = new Set(drift.map(({ unit }) => unit))
  const blocked = new Set(plan.units.filter((unit) => unit.blocked).map(({ unit }) => unit))
  const stale = (unit: RecordedUnit): boolean => !blocked.has(unit.model) && saysSomethingElse(declared, unit)
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
function saysSomethingElse(declared: DeclaredState, recorded: RecordedUnit): boolean {
  if (hasStaleServices(recorded)) return true
  const unit = declared.units.get(recorded.model)
  const { status } = recorded
  // Its controller ended between the records and the status.
  if (status === null) return recorded.catalog !== null || recorded.versions.size > 0
  const condition = unitCondition(unit, recorded, [])
  return !sameCondition(condition, status) || isBehind(recorded, declared.revision)
}

/** The ports of the reconciler, wired. */
export async function reconcilePorts(
  app: App,
  tables: Tables,
  declared: DeclaredState,
  writer: Writer,
): Promise<ReconcilePorts> {
  const { store, base } = await app.artifacts(declared.settings)
  return {
    tables,
    writer,
    audit: new AuditLog(tables, app.clock),
    clock: app.clock,
    places: new RolloutPlaces(),
    driver: await app.drivers(),
    resolveArtifact: (uri) => resolveArtifactUri(uri, base),
    verifyArtifacts: (state, model, versions) =>
      checkArtifacts({ store, base }, state, { model, versions, check: 'bytes' }),
  }
}
