import type { DeclaredDeployment, DeclaredUnit } from '../declared/declared-state.ts'
import { isError } from '../domain/diagnostics.ts'
import { isDriven, type ModelId } from '../domain/names.ts'
import { isEnded, isOpen } from '../domain/rollout-states.ts'
import { isJsonObject } from '../domain/json.ts'
import { adjustedOf } from '../plan/standing.ts'
import { removes, type Action, type UnitPlan } from '../plan/plan.ts'
import { planAll } from '../plan/plan-all.ts'
import { usedVersions } from '../plan/used-versions.ts'
import type { RecordedDeployment, RecordedRollout, RecordedUnit } from '../recorded/recorded-state.ts'
import { UnitView } from '../recorded/unit-view.ts'
import { DriverError } from '../runtimes/driver.ts'
import { applyRecords } from './apply-records.ts'
import { correctRunning, type Corrected } from './correct-running.ts'
import { methodOf } from './deployment-change.ts'
import { adjustDeployment } from './adjust-deployment.ts'
import type { Outcome } from './outcome.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { problemText } from './problem-text.ts'
import { publishServices } from './publish-services.ts'
import { retireReplaced } from './retire-replaced.ts'
import { retireUndriven } from './retire-undriven.ts'
import { startRollout } from './start-rollout.ts'
import { stepRollout } from './step-rollout.ts'
import { unitCondition, writeUnitStatus } from './unit-status.ts'
import { withdrawFailed } from './withdraw-failed.ts'

/** How soon to look again at a rollout that waits for its target. */
const POLL_MS = 200
/** The same while it waits for the time, or for others. */
const WAIT_POLL_MS = 1_000

const BEGINS: ReadonlySet<string> = new Set(['deployment.create', 'deployment.rollout'])

export interface UnitResult {
  readonly outcome: Outcome
  /** Problems that kept the unit, or part of it, from being applied. */
  readonly problems: readonly string[]
  readonly recorded: RecordedUnit
}

/**
 * One look at one unit: level-triggered, so it may be called at any time and after any crash. Records first, then
 * every deployment one step, then the status.
 */
export async function reconcileUnit(
  ports: ReconcilePorts,
  intent: Intent,
  request: {
    readonly model: ModelId
    readonly checkRunning: boolean
    /** What a plan of the same term has just read of it. */
    readonly known?: RecordedUnit | undefined
  },
): Promise<UnitResult> {
  const { model, known = null } = request
  const view = new UnitView(ports.tables, model, known)
  const recorded = await view.read(ports.writer.check())
  const pass = new UnitPass({ ...ports, tables: view.tables }, intent, view, recorded)
  await pass.applyPlan()
  await pass.stepRollouts()
  await pass.prune()
  if (request.checkRunning) await pass.correct()
  return pass.finish()
}

class UnitPass {
  readonly #ports: ReconcilePorts
  readonly #intent: Intent
  readonly #view: UnitView
  readonly #model: ModelId
  readonly #unit: DeclaredUnit | undefined
  #recorded: RecordedUnit
  #problems: string[] = []
  #failure: string | null = null
  #stepped = false
  #running: Corrected = { changed: false, left: [], unwell: [] }
  #leaving: readonly Action[] = []
  #deletes: readonly Action[] = []

  constructor(ports: ReconcilePorts, intent: Intent, view: UnitView, recorded: RecordedUnit) {
    this.#ports = ports
    this.#intent = intent
    this.#view = view
    this.#model = recorded.model
    this.#unit = intent.declared.units.get(recorded.model)
    this.#recorded = recorded
  }

  /** Carries out what the plan says for this unit now. A blocked unit is left as it is (I1). */
  async applyPlan(): Promise<void> {
    const planned = await this.#plan()
    if (planned === null) return
    const plans = this.#notStopped(planned)
    const records = plans.find(({ stage }) => stage === null)?.actions ?? []
    const staged = plans.filter(({ stage }) => stage !== null).flatMap(({ actions }) => actions)
    const upserts = records.filter((action) => !isDelete(action))
    const deletes = records.filter(isDelete)
    await this.#records(upserts)
    const { allowDeletes } = this.#intent
    const begun = new Set(staged.filter(({ kind }) => BEGINS.has(kind)).map(({ key }) => key.split('#')[1] ?? ''))
    const answered = { unit: this.#unit, recorded: this.#recorded, begun }
    // A stop keeps what failed as it is: what the documents say instead has not been allowed.
    const isStopped = this.#intent.stops?.has(this.#model) === true
    if (!isStopped && (await withdrawFailed(this.#ports, this.#intent, answered))) await this.#reread()
    for (const action of staged) {
      if (!isDelete(action) && (allowDeletes || !removes(action))) await this.#deploy(action)
    }
    if (!allowDeletes) return this.#refuseDeletes([...staged, ...records].filter(removes).length)
    this.#leaving = staged.filter(isDelete)
    for (const action of this.#leaving) await this.#retire(action)
    this.#deletes = deletes
  }

  /** What was not shown as it is now is left out; why is told as long as there is something to do. */
  #notStopped(plans: readonly UnitPlan[]): readonly UnitPlan[] {
    const stops = this.#intent.stops?.get(this.#model)
    if (stops === undefined) return plans
    const whole = stops.get(null)
    const reasonOf = ({ stage }: UnitPlan): string | undefined => whole ?? stops.get(stage)
    const reasons = plans.flatMap((plan) => reasonOf(plan) ?? [])
    this.#problems.push(...new Set(reasons))
    return plans.filter((plan) => reasonOf(plan) === undefined)
  }

  /** Last: a record is taken away when nothing that was made of it runs, and nothing is being taken down. */
  async prune(): Promise<void> {
    const free = this.#deletes.filter((action) => !this.#isUsed(action))
    const open = this.#recorded.deployments.some(({ status }) => isOpen(status))
    const kept = this.#deletes.length - free.length
    // What a hold or a rollback keeps in use goes when that ends; nothing here brings it about.
    if (kept > 0 && !open) this.#problems.push(`deletes that wait for what still serves: ${kept}`)
    await this.#records(free)
  }

  #isUsed({ kind, key }: Action): boolean {
    const standing = this.#recorded.deployments.filter(({ status }) => !isEnded(status))
    if (standing.some(({ status }) => status === 'retiring')) return true
    const number = Number(key.split('@')[1])
    return kind === 'catalog.retire' ? standing.length > 0 : standing.some((each) => each.modelVersion === number)
  }

  async #plan(): Promise<readonly UnitPlan[] | null> {
    const { declared } = this.#intent
    const recorded = { units: new Map([[this.#model, this.#recorded]]) }
    const units = new Map(this.#unit === undefined ? [] : [[this.#model, this.#unit]])
    const plan = planAll({ declared: { ...declared, units }, recorded })
    const actions = plan.units.flatMap((unit) => unit.actions)
    const versions = usedVersions(this.#unit, actions)
    const found = await this.#ports.verifyArtifacts(declared, this.#model, versions)
    const faults = [...plan.diagnostics, ...found].filter((fault) => isError(fault) && this.#concerns(fault.path))
    if (plan.units.some(({ blocked }) => blocked) || faults.length > 0) {
      this.#problems = faults.map(problemText)
      if (this.#problems.length === 0) this.#problems = ['blocked by errors elsewhere']
      return null
    }
    return plan.units
  }

  #concerns(path: string): boolean {
    return path.startsWith(`${this.#intent.declared.root}${this.#model}/`) || this.#intent.declared.settings === null
  }

  async #records(actions: readonly Action[]): Promise<void> {
    if (actions.length === 0) return
    const work = { model: this.#model, unit: this.#unit, recorded: this.#recorded, actions }
    await applyRecords(this.#ports, this.#intent, work)
    await this.#reread()
  }

  async #deploy(action: Action): Promise<void> {
    const name = action.key.split('#')[1] ?? ''
    const declared = this.#unit?.deployments.get(name)
    if (declared === undefined) return
    const open = this.#recorded.deployments.findLast((item) => item.name === name && isOpen(item.status))
    if (action.kind === 'deployment.adjust') {
      await this.#guarded(() =>
        adjustDeployment(this.#ports, this.#intent, { recorded: this.#recorded, declared, action }),
      )
    } else if (open !== undefined) {
      const reason = `replaced by a newer intent: version ${declared.modelVersion}`
      await this.#step(open, open.status === 'retiring' ? null : { type: 'superseded', reason })
      this.#stepped = true // what replaces it starts when it has ended
    } else if (!isDriven(declared.method) && this.#isDrivenLive(name)) {
      await this.#retire(action) // what ran here ends before others are recorded in its place
      this.#stepped = true
    } else {
      await startRollout(this.#ports, this.#intent, { model: this.#model, declared, recorded: this.#recorded })
    }
    await this.#reread()
  }

  #isDrivenLive(name: string): boolean {
    const live = this.#recorded.deployments.filter((item) => item.name === name && !isEnded(item.status))
    return live.some((item) => isDriven(methodOf(item)))
  }

  async #retire(action: Action): Promise<void> {
    const name = action.key.split('#')[1] ?? ''
    const standing = (): RecordedDeployment | undefined => {
      const items = this.#recorded.deployments.filter((item) => item.name === name && !isEnded(item.status))
      return items.findLast(({ status }) => isOpen(status)) ?? items.at(-1)
    }
    // One after the other, the newest first: they share one target and one record.
    for (let item = standing(); item !== undefined && item.status !== 'retiring';) {
      const { id } = item
      await this.#step(item, { type: 'removed' })
      await this.#reread()
      item = standing()
      if (item?.id === id) return // the rest follows when it has ended
    }
  }

  #refuseDeletes(count: number): void {
    if (count > 0) this.#problems.push(`${count} deletes are refused by guard I6`)
  }

  async stepRollouts(): Promise<void> {
    if (await retireReplaced(this.#ports, this.#intent, this.#recorded)) await this.#reread()
    for (const item of this.#recorded.deployments.filter(({ status }) => isOpen(status))) await this.#step(item, null)
    await this.#reread()
    // What served under a rollout that has just been retired: before it is taken for drift and brought back.
    for (const action of this.#leaving) await this.#retire(action)
    if (await retireReplaced(this.#ports, this.#intent, this.#recorded)) await this.#reread()
  }

  async correct(): Promise<void> {
    await this.#guarded(async () => {
      this.#running = await correctRunning(this.#ports, this.#intent, this.#recorded)
      if (this.#running.changed) this.#stepped = true
    })
  }

  async #step(item: RecordedDeployment, event: Parameters<typeof stepRollout>[2]['event']): Promise<void> {
    // In a stopped stage the recorded hold holds, whatever the documents say by now.
    const stops = this.#intent.stops?.get(this.#model)
    const isStopped = stops !== undefined && (stops.has(null) || stops.has(item.stage))
    const declared = isStopped ? undefined : this.#unit?.deployments.get(item.name)
    await this.#guarded(async () => {
      if (!isDriven(methodOf(item))) {
        if (event?.type !== 'removed') return
        return retireUndriven(this.#ports, this.#intent, { recorded: this.#recorded, deployment: item })
      }
      const hold = holdOf(declared, item, this.#recorded.rollouts.get(item.name))
      await stepRollout(this.#ports, this.#intent, { recorded: this.#recorded, deployment: item, event, hold })
    })
  }

  /** A target that does not answer is a failure of the unit, tried again; it never ends the whole run. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof DriverError)) throw error
      this.#failure = error.message
      await this.#reread()
    }
  }

  async #reread(): Promise<void> {
    this.#recorded = await this.#view.read(this.#ports.writer.check())
  }

  async finish(): Promise<UnitResult> {
    const problems = this.#failure === null ? this.#problems : [...this.#problems, this.#failure]
    const condition = unitCondition(this.#unit, this.#recorded, { ...this.#running, problems })
    await publishServices(this.#ports, this.#recorded)
    await this.#reread()
    const work = { model: this.#model, recorded: this.#recorded, condition }
    await writeUnitStatus(this.#ports, this.#intent, work)
    await this.#reread()
    return { outcome: this.#outcome(), problems, recorded: this.#recorded }
  }

  #outcome(): Outcome {
    if (this.#failure !== null) return { kind: 'failed', reason: this.#failure }
    const open = this.#recorded.deployments.filter(({ status }) => isOpen(status))
    const moving = open.filter(({ status }) => status !== 'held')
    if (this.#stepped) return { kind: 'requeue', afterMs: POLL_MS }
    if (moving.length > 0) return { kind: 'requeue', afterMs: Math.min(...moving.map((item) => this.#pollAfter(item))) }
    if (this.#problems.length > 0) return { kind: 'stalled', reason: this.#problems.join('; ') }
    const [held] = open
    if (held === undefined) return { kind: 'done' }
    return { kind: 'waiting', reason: this.#recorded.rollouts.get(held.name)?.reason ?? '' }
  }

  #pollAfter({ name, status }: RecordedDeployment): number {
    const until = this.#recorded.rollouts.get(name)?.item.bake_until
    if (status === 'awaiting_capacity') return WAIT_POLL_MS
    if (status !== 'baking' || typeof until !== 'string') return POLL_MS
    const left = Date.parse(until) - this.#ports.clock.now().getTime()
    return Math.min(WAIT_POLL_MS, Math.max(POLL_MS, left))
  }
}

/** Why a rollout goes no further: as declared, which knows when a hold ends; of a document that can't be read, as recorded. */
function holdOf(
  declared: DeclaredDeployment | undefined,
  deployment: RecordedDeployment,
  rollout: RecordedRollout | undefined,
): string | null {
  if (declared !== undefined) return declared.held ? (declared.resolved.hold?.reason ?? '') : null
  const { hold } = adjustedOf(deployment, rollout)
  return isJsonObject(hold) ? String(hold.reason ?? '') : null
}

function isDelete({ kind }: Action): boolean {
  return kind.endsWith('.retire')
}
