import type { DeclaredDeployment, DeclaredState } from '../declared/declared-state.ts'
import type { Diagnostic } from '../domain/diagnostics.ts'
import { mapLimited } from '../domain/map-limited.ts'
import type { DeploymentMethod, ModelId } from '../domain/names.ts'
import { deploymentKey, isDriven } from '../domain/names.ts'
import type { Health, RolloutState, Sync } from '../domain/rollout-states.ts'
import { isEnded } from '../domain/rollout-states.ts'
import { planRecords } from '../plan/plan-records.ts'
import { standingOf } from '../plan/standing.ts'
import { readCheckpoint } from '../recorded/checkpoint.ts'
import { currentHolder } from '../recorded/lease.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import { waitingFor } from '../reconcile/waiting-for.ts'
import { deploymentCondition, unitCondition, type Condition } from '../reconcile/unit-status.ts'
import { methodOf } from '../reconcile/deployment-change.ts'
import { problemText } from '../reconcile/problem-text.ts'
import { runtimeOf } from '../reconcile/ports.ts'
import { DriverError, type RuntimeDriver } from '../runtimes/driver.ts'
import type { App } from './app.ts'
import { readUnits } from './read-units.ts'

export interface DeploymentStatus {
  readonly name: string
  readonly stage: string
  readonly deployment_method: string
  readonly runtime: string
  readonly mode: string
  readonly desired_version: number | null
  readonly live_version: number | null
  readonly deployment_id: number | null
  readonly live_deployment_id: number | null
  readonly state: RolloutState | null
  readonly weight: number
  readonly waiting_for: string | null
  readonly reason: string
  readonly endpoint: string | null
  readonly sync: Sync
  readonly health: Health
}

export interface UnitStatus {
  readonly unit: ModelId
  readonly sync: Sync
  readonly health: Health
  readonly reason: string
  readonly message: string
  readonly deployments: readonly DeploymentStatus[]
}

/** `status --json`. */
export interface Status {
  readonly format: 'steward.status/v1'
  readonly observed_revision: string | null
  readonly last_applied_revision: string | null
  readonly controller: { readonly holder: string; readonly epoch: number } | null
  readonly units: readonly UnitStatus[]
  readonly diagnostics: readonly Diagnostic[]
}

export interface StatusRequest {
  readonly declared: DeclaredState
  readonly model: ModelId | null
  readonly stage: string | null
  readonly signal: AbortSignal
}

/** What is declared, recorded and running, side by side. Reads only. */
export async function readStatus(app: App, { declared, model, stage, signal }: StatusRequest): Promise<Status> {
  const tables = await app.tables(declared.settings)
  const drivers = await app.drivers()
  const [checkpoint, controller] = await Promise.all([
    readCheckpoint(tables, declared.root, signal),
    currentHolder(tables, app.options.livenessOf, signal),
  ])
  const recorded = await readUnits(app, tables, { declared, model, checkpoint, signal })
  const looked = checkpoint?.revision === declared.revision
  const context = { declared, drivers, stage, looked, signal }
  const units = await mapLimited(recorded, 8, async (unit) => unitStatus(context, unit))
  const applied = checkpoint?.last_applied_revision
  return {
    format: 'steward.status/v1',
    observed_revision: declared.revision,
    last_applied_revision: typeof applied === 'string' ? applied : null,
    controller: controller === null ? null : { holder: controller.holder, epoch: controller.epoch },
    // What was removed and runs no more is history, not status; asked for by name it is shown.
    units: units.filter(
      ({ unit, deployments }) =>
        deployments.length > 0 || (stage === null && (declared.units.has(unit) || model !== null)),
    ),
    diagnostics: model === null ? declared.diagnostics : diagnosticsOf(declared, model),
  }
}

function diagnosticsOf({ diagnostics, root }: DeclaredState, model: ModelId): Diagnostic[] {
  const isAbove = (path: string): boolean =>
    path.endsWith('/namespace.yaml') && `${root}${model}/`.startsWith(path.slice(0, -'namespace.yaml'.length))
  return diagnostics.filter(
    ({ path }) => path.startsWith(`${root}${model}/`) || path.startsWith(`${root}/_platform/`) || isAbove(path),
  )
}

interface Context {
  readonly declared: DeclaredState
  readonly drivers: (method: DeploymentMethod) => RuntimeDriver | null
  readonly stage: string | null
  /** The controller has brought this very revision to the tables. */
  readonly looked: boolean
  readonly signal: AbortSignal
}

async function unitStatus(context: Context, recorded: RecordedUnit): Promise<UnitStatus> {
  const { declared, stage } = context
  const unit = declared.units.get(recorded.model)
  const errors = diagnosticsOf(declared, recorded.model).filter(({ severity }) => severity === 'error')
  // A version that was changed, or a number used before, is seen only beside what is recorded.
  const faults = unit === undefined ? [] : planRecords(unit, recorded).diagnostics
  const problems = [...new Set([...(unit?.blocked === true ? errors : []), ...faults].map(problemText))]
  const condition = asSeen(context, recorded, unitCondition(unit, recorded, { problems }))
  const names = new Set([...(unit?.deployments.keys() ?? []), ...activeNames(recorded)])
  const deployments: DeploymentStatus[] = []
  for (const name of [...names].sort()) {
    const status = await deploymentStatus(context, recorded, name, unit?.deployments.get(name))
    if (stage === null || status.stage === stage) deployments.push(status)
  }
  const lost = deployments.find(({ health }) => health === 'Degraded' || health === 'Unknown')
  const health = condition.health === 'Healthy' && lost !== undefined ? lost.health : condition.health
  const reason = condition.reason === '' && lost !== undefined ? 'NotRunning' : condition.reason
  return {
    unit: recorded.model,
    ...condition,
    health,
    reason,
    message: condition.message || (lost?.reason ?? ''),
    deployments,
  }
}

/** What only the controller could see: faults in the bytes of artifacts, and drift that it leaves alone. */
function asSeen({ declared, looked }: Context, { status }: RecordedUnit, condition: Condition): Condition {
  if (status === null || condition.reason !== '') return condition
  if (!looked && status.observed_revision !== declared.revision) return condition
  const told = { reason: String(status.reason), message: String(status.message) }
  if (told.reason === 'Blocked' && condition.sync === 'OutOfSync') return { ...condition, ...told }
  return told.reason === 'Drifted' ? { ...condition, ...told, sync: 'OutOfSync' } : condition
}

function activeNames({ deployments }: RecordedUnit): string[] {
  return deployments.filter(({ status }) => !isEnded(status)).map(({ name }) => name)
}

async function deploymentStatus(
  context: Context,
  recorded: RecordedUnit,
  name: string,
  declared: DeclaredDeployment | undefined,
): Promise<DeploymentStatus> {
  const { live, newest } = standingOf(recorded, name)
  const rollout = recorded.rollouts.get(name)
  const own = newest !== null && rollout?.deploymentId === newest.id ? rollout : undefined
  const condition = deploymentCondition(declared, recorded, name)
  const running = await observed(context, recorded, name)
  const state = newest?.status ?? null
  const item = live?.item ?? newest?.item
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  return {
    name,
    stage: declared?.stage ?? newest?.stage ?? name,
    deployment_method: declared?.method ?? text(item?.deployment_method) ?? '',
    runtime: declared?.runtime?.name ?? text(item?.runtime) ?? '',
    mode: declared?.mode ?? text(item?.mode) ?? 'online',
    desired_version: declared?.modelVersion ?? null,
    live_version: live?.modelVersion ?? null,
    deployment_id: newest?.id ?? null,
    live_deployment_id: live?.id ?? null,
    state,
    weight: own?.weight ?? (state === 'live' ? 100 : 0),
    waiting_for: waitingFor(state, own),
    reason: own?.reason || text(newest?.item.reason) || running.reason,
    // The host may listen elsewhere since: what runs knows better than what is recorded.
    endpoint: running.endpoint ?? text(item?.endpoint),
    sync: condition.sync,
    health: condition.health === 'Healthy' && live !== null ? running.health : condition.health,
  }
}

/** Whether what is recorded as live really serves. */
async function observed(
  context: Context,
  recorded: RecordedUnit,
  name: string,
): Promise<{ health: Health; reason: string; endpoint: string | null }> {
  const { live } = standingOf(recorded, name)
  if (live === null) return { health: 'Unknown', reason: '', endpoint: null }
  if (!isDriven(methodOf(live))) return { health: 'Healthy', reason: '', endpoint: null }
  const driver = context.drivers(methodOf(live))
  if (driver === null) return { health: 'Unknown', reason: 'this version has no driver for it', endpoint: null }
  const runtime = runtimeOf(context.declared, String(live.item.runtime), live.item)
  try {
    const observation = await driver.observe({ key: deploymentKey(recorded.model, name), runtime }, context.signal)
    const set = observation?.sets.find(({ deploymentId }) => deploymentId === String(live.id))
    const endpoint = observation?.endpoint ?? null
    if (set === undefined) return { health: 'Degraded', reason: 'it does not run', endpoint }
    // Also of one that is ready for a moment in its crash loop, and of one replica of several.
    if (set.failure !== null || (set.ready === 0 && set.replicas > 0)) {
      return { health: 'Degraded', reason: set.failure ?? 'no replica is ready', endpoint }
    }
    return { health: 'Healthy', reason: '', endpoint }
  } catch (error) {
    if (!(error instanceof DriverError)) throw error
    return { health: 'Unknown', reason: error.message, endpoint: null }
  }
}
