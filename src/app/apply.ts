import type { DeclaredState, ResolvedSettings } from '../declared/declared-state.ts'
import { isError } from '../domain/diagnostics.ts'
import { deploymentKey, type ModelId } from '../domain/names.ts'
import { commitOf } from '../domain/revisions.ts'
import { isOpen } from '../domain/rollout-states.ts'
import { isFailure, standingOf } from '../plan/standing.ts'
import { checkGuards, type GuardRefusal } from '../plan/guards.ts'
import { removes, type Plan } from '../plan/plan.ts'
import type { Stops } from '../plan/reviewed.ts'
import { acquireLease, DEFAULT_LEASE_MS, type Lease, type LeaseHolder } from '../recorded/lease.ts'
import { fenceCheckpoint, readCheckpoint } from '../recorded/checkpoint.ts'
import type { RecordedState, RecordedUnit } from '../recorded/recorded-state.ts'
import type { Item, Tables } from '../recorded/tables.ts'
import { Controller, type ControllerEvents } from '../reconcile/controller.ts'
import type { UnitResult } from '../reconcile/reconcile-unit.ts'
import type { App } from './app.ts'
import { makePlan, type Planned } from './make-plan.ts'
import { reconcilePorts } from './reconcile-ports.ts'
import { isCheckpointBehind, writeRevision } from './write-revision.ts'

export type ApplyEnd =
  | { readonly kind: 'nothing'; readonly planned: Planned; readonly failed: readonly string[] }
  | { readonly kind: 'refused'; readonly planned: Planned; readonly refusals: readonly GuardRefusal[] }
  | { readonly kind: 'stale'; readonly planned: Planned; readonly saved: Plan }
  | { readonly kind: 'other_applier'; readonly by: string }
  | { readonly kind: 'held'; readonly by: LeaseHolder; readonly planned: Planned }
  | { readonly kind: 'declined'; readonly planned: Planned }
  | { readonly kind: 'no_terminal'; readonly planned: Planned }
  | { readonly kind: 'followed'; readonly by: LeaseHolder }
  | {
      readonly kind: 'timeout'
      readonly planned: Planned
      readonly results: ReadonlyMap<ModelId, UnitResult>
      readonly waiting: readonly string[]
    }
  | {
      readonly kind: 'applied'
      readonly planned: Planned
      readonly results: ReadonlyMap<ModelId, UnitResult>
      readonly failed: readonly string[]
      /** Rollouts that are still on their way. */
      readonly waiting: readonly string[]
    }

export interface ApplyRequest {
  readonly declared: DeclaredState
  /** Who applies, for `settings.apply.by`; the command line where it is not said. */
  readonly as?: 'cli' | 'action'
  readonly saved: Plan | null
  readonly wait: boolean
  readonly timeoutMs: number
  readonly allowDeletes: string | null
  readonly leaseMs: number | null
  readonly signal: AbortSignal
  /** Shows the plan and asks; null where there is nobody to ask. */
  confirm(plan: Plan): Promise<boolean | null>
  /** What is left as it is, since it is not what people have seen; asked when the plan is made. */
  judge?(planned: Planned): Promise<Stops>
  readonly events: ControllerEvents
  onWaitingForLease?(by: LeaseHolder): void
}

/** Plan, ask, take the lease, and carry the plan out: docs/architecture.md, "Apply". */
export async function apply(app: App, request: ApplyRequest): Promise<ApplyEnd> {
  const { declared, saved, signal } = request
  const by = declared.settings?.applyBy ?? null
  if (by !== null && by !== (request.as ?? 'cli')) return { kind: 'other_applier', by }
  const tables = await app.tables(declared.settings)
  const planned = await makePlan(app, tables, declared, { artifacts: 'bytes', signal })
  if (saved !== null && saved.digest !== planned.plan.digest) return { kind: 'stale', planned, saved }
  const refusals = await guardsOf(app, tables, declared, planned, request.allowDeletes)
  if (refusals.length > 0) return { kind: 'refused', planned, refusals }
  const finished = isFinished(planned)
  const checkpoint = await readCheckpoint(tables, declared.root, signal)
  if (finished && !isCheckpointBehind(checkpoint, declared, planned.recorded)) {
    const failed = [...planned.recorded.units.values()].flatMap((unit) => endedOtherwise(declared, unit))
    return { kind: 'nothing', planned, failed }
  }
  // Only the checkpoint is left to write: nobody has to be asked.
  const sure = finished || (await request.confirm(planned.plan))
  if (sure === null) return { kind: 'no_terminal', planned }
  if (!sure) return { kind: 'declined', planned }
  const hasActions = planned.plan.units.some(({ actions }) => actions.length > 0)
  const stops = hasActions ? await request.judge?.(planned) : undefined
  const kept = stops === undefined ? null : onlyStopped(planned, stops)
  if (kept !== null) return { kind: 'nothing', planned, failed: kept }
  const deadline = AbortSignal.timeout(request.timeoutMs)
  const bounded = AbortSignal.any([signal, deadline])
  try {
    return await applyUnderLease(app, tables, { ...request, signal: bounded, ...(stops && { stops }) }, planned)
  } catch (error) {
    if (!deadline.aborted || signal.aborted) throw error
    return { kind: 'timeout', planned, results: new Map(), waiting: [] }
  }
}

/** What is stopped, where all that there is to do is that, and the tables say so already (I10); else null. */
function onlyStopped({ plan, recorded, unsettled }: Planned, stops: Stops): readonly string[] | null {
  const left = plan.units.filter(({ actions }) => actions.length > 0)
  const reasonOf = ({ unit, stage }: Plan['units'][number]): string | undefined =>
    stops.get(unit)?.get(null) ?? stops.get(unit)?.get(stage)
  const isTold = (unit: Plan['units'][number]): boolean => {
    const reason = reasonOf(unit)
    return reason !== undefined && String(recorded.units.get(unit.unit)?.status?.message ?? '').includes(reason)
  }
  const stopped = new Set(left.map(({ unit }) => unit))
  const open = unsettled.some((model) => !stopped.has(model) || hasOpenRollout(recorded, model))
  if (open || !left.every(isTold)) return null
  return left.map((unit) => `${unit.unit}: ${reasonOf(unit) ?? ''}`)
}

function hasOpenRollout({ units }: RecordedState, model: ModelId): boolean {
  return units.get(model)?.deployments.some(({ status }) => isOpen(status)) === true
}

/**
 * No action, no open rollout, no drift that is to be corrected: nothing is written (I10), unless the checkpoint says
 * that a run ended before it was through.
 */
function isFinished({ plan, unsettled }: Planned): boolean {
  return plan.units.every(({ actions }) => actions.length === 0) && unsettled.length === 0
}

/**
 * The guards as they were before the change that they judge (I15): those of the revision that was applied last, this
 * revision's own at the first apply. Only the list of allowed digests is taken from the new settings too.
 */
export async function guardsOf(
  app: App,
  tables: Tables,
  declared: DeclaredState,
  { plan, recorded }: Planned,
  allowDeletes: string | null,
): Promise<GuardRefusal[]> {
  if (declared.settings === null || !plan.units.some(({ actions }) => actions.some(removes))) return []
  const own = declared.settings.guards
  const before = (await settingsBefore(app, tables, declared))?.guards ?? own
  const guards = { ...before, allowDeletes: own.allowDeletes }
  return checkGuards({ plan, recorded, guards, declaredUnits: declared.units.size, allowDeletes })
}

/** The settings of the revision that was applied last as a whole; null where there is none, or it is not here. */
async function settingsBefore(app: App, tables: Tables, declared: DeclaredState): Promise<ResolvedSettings | null> {
  const checkpoint = await readCheckpoint(tables, declared.root)
  const commit = commitOf(checkpoint?.last_applied_revision ?? checkpoint?.revision)
  const { source } = await app.repository()
  if (commit === '' || (await source.resolve(commit)) === null) return null
  return (await app.declared({ kind: 'git', revision: commit })).state.settings
}

export function leaseOptions(app: App, tables: Tables, leaseMs: number | null) {
  const { identity, livenessOf } = app.options
  return { tables, clock: app.clock, identity, livenessOf, lengthMs: leaseMs ?? DEFAULT_LEASE_MS }
}

type JudgedRequest = ApplyRequest & { readonly stops?: Stops }

async function applyUnderLease(app: App, tables: Tables, request: JudgedRequest, planned: Planned): Promise<ApplyEnd> {
  const outcome = await acquireOrFollow(app, tables, request)
  if (outcome.kind !== 'acquired') return outcome.kind === 'held' ? { ...outcome, planned } : outcome
  const { lease } = outcome
  lease.start()
  try {
    return await applyAsHolder(app, tables, lease, request, planned)
  } finally {
    await lease.release()
  }
}

type Acquired =
  | { readonly kind: 'acquired'; readonly lease: Lease }
  | { readonly kind: 'held'; readonly by: LeaseHolder }
  | { readonly kind: 'followed'; readonly by: LeaseHolder }

/**
 * With `--wait` another controller may do the work: then we follow its checkpoint instead of taking the lease. One that
 * neither works nor renews, say because it is stopped, is succeeded when its lease has run out.
 */
async function acquireOrFollow(app: App, tables: Tables, request: ApplyRequest): Promise<Acquired> {
  const { declared, wait, signal } = request
  const options = leaseOptions(app, tables, request.leaseMs)
  if (!wait) return acquireLease(options, { wait, signal })
  const onWait = async (by: LeaseHolder): Promise<boolean> => {
    request.onWaitingForLease?.(by)
    const checkpoint = await readCheckpoint(tables, declared.root, signal)
    // One of an epoch that is over says nothing of what the holder is about to bring.
    const settled = checkpoint?.settled === true && Number(checkpoint.fence) === by.epoch
    return !settled || !(await holds(app, checkpoint, declared))
  }
  const outcome = await acquireLease(options, { wait, signal, onWait })
  return outcome.kind === 'held' ? { kind: 'followed', by: outcome.by } : outcome
}

/** Whether what a checkpoint says was applied is our tree, or that of a commit after ours. */
async function holds(app: App, checkpoint: Item, declared: DeclaredState): Promise<boolean> {
  if (checkpoint.tree === declared.tree) return true
  const { source } = await app.repository()
  return source.isAncestor(commitOf(declared.revision), commitOf(checkpoint.revision))
}

async function applyAsHolder(
  app: App,
  tables: Tables,
  lease: Lease,
  request: JudgedRequest,
  shown: Planned,
): Promise<ApplyEnd> {
  const { declared, signal } = request
  // What was shown is what is applied (I3): someone may have written between the plan and the lease.
  const planned = await makePlan(app, tables, declared, { artifacts: shown.found, signal })
  if (planned.plan.digest !== shown.plan.digest) return { kind: 'stale', planned, saved: shown.plan }
  await fenceCheckpoint(tables, lease, declared.root)
  const ports = await reconcilePorts(app, tables, declared, lease)
  const { stops } = request
  const intent = { declared, planDigest: shown.plan.digest, allowDeletes: true, ...(stops && { stops }) }
  const controller = new Controller(ports, intent, { ...request.events, randomness: app.randomness })
  controller.aim(intent, planned.recorded.units)
  const models = workOf(shown)
  if (request.wait) {
    controller.enqueue(models, 'change')
    await controller.untilIdle(signal)
  } else {
    await controller.once(models, signal)
  }
  const { results } = controller
  const waiting = openWork(results)
  if (signal.aborted) return { kind: 'timeout', planned, results, waiting }
  const whole = [...failedUnits(declared, planned.recorded)].every((model) => results.has(model))
  const complete = whole && isComplete(declared, results)
  await writeRevision(tables, lease, declared, { settled: waiting.length === 0, complete, nextDue: null })
  return { kind: 'applied', planned: shown, results, failed: failures(declared, results), waiting }
}

function workOf({ plan, unsettled }: Planned): ModelId[] {
  return [...new Set([...plan.units.map(({ unit }) => unit), ...unsettled])].sort()
}

function openWork(results: ReadonlyMap<ModelId, UnitResult>): string[] {
  return [...results].flatMap(([model, { recorded }]) =>
    recorded.deployments
      .filter(({ status }) => isOpen(status))
      .map(({ name, status, modelVersion }) => `${model}#${name} version ${modelVersion}: ${status}`),
  )
}

/** Whether everything that was declared came to be: no error in a document, no unit blocked, no rollout failed. */
export function isComplete(declared: DeclaredState, results: ReadonlyMap<ModelId, UnitResult>): boolean {
  return !declared.diagnostics.some(isError) && failures(declared, results).length === 0
}

/** What did not come to be, in words: blocked units, and targets that failed. */
function failures(declared: DeclaredState, results: ReadonlyMap<ModelId, UnitResult>): string[] {
  return [...results].flatMap(([model, { problems, recorded }]) => [
    ...problems.map((problem) => `${model}: ${problem}`),
    ...endedOtherwise(declared, recorded),
  ])
}

/** Models with a declared deployment whose last rollout ended another way. */
export function failedUnits(declared: DeclaredState, { units }: RecordedState): ReadonlySet<ModelId> {
  const failed = [...units.values()].filter((unit) => endedOtherwise(declared, unit).length > 0)
  return new Set(failed.map(({ model }) => model))
}

/** Declared deployments whose last rollout ended another way: they are not tried again until the intent changes. */
function endedOtherwise(declared: DeclaredState, recorded: RecordedUnit): string[] {
  const deployments = declared.units.get(recorded.model)?.deployments.values() ?? []
  return [...deployments].flatMap(({ name, specDigest }) => {
    const newest = standingOf(recorded, name).newest
    if (newest === null || !isFailure(newest) || newest.specDigest !== specDigest) return []
    const reason = String(newest.item.reason ?? '')
    return [`${deploymentKey(recorded.model, name)} version ${newest.modelVersion}: ${newest.status}: ${reason}`]
  })
}
