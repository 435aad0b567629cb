import type { App } from '../app/app.ts'
import { failedUnits, guardsOf, isComplete } from '../app/apply.ts'
import { makePlan, type Planned } from '../app/make-plan.ts'
import { reconcilePorts } from '../app/reconcile-ports.ts'
import { identityOf, writeRevision } from '../app/write-revision.ts'
import type { DeclaredState, ResolvedSettings } from '../declared/declared-state.ts'
import { isError } from '../domain/diagnostics.ts'
import { errorMessage, StewardError } from '../domain/errors.ts'
import type { ModelId } from '../domain/names.ts'
import { isOpen } from '../domain/rollout-states.ts'
import { fenceCheckpoint, holdsFor, readCheckpoint } from '../recorded/checkpoint.ts'
import type { Lease } from '../recorded/lease.ts'
import type { Tables } from '../recorded/tables.ts'
import { removes } from '../plan/plan.ts'
import { changedText, type Stops } from '../plan/reviewed.ts'
import { Controller } from '../reconcile/controller.ts'
import type { ReconcilePorts } from '../reconcile/ports.ts'
import { problemText } from '../reconcile/problem-text.ts'
import { countText, plain } from '../report/diagnostics.ts'
import { progressLines } from '../report/progress.ts'
import { changedModels } from './changed-models.ts'
import type { Followed } from './followed.ts'
import type { PullRequests } from './pull-requests.ts'
import type { Telemetry } from './telemetry.ts'

/** A request that a paused predecessor has sent may still land this long after its lease has ended. */
const REQUEST_TIMEOUT_MS = 10_000

export interface LeaderOptions {
  readonly app: App
  readonly tables: Tables
  readonly lease: Lease
  readonly leaseMs: number
  readonly followed: Followed
  /** What the settings said of tables and of who applies when the term began. */
  readonly term: string
  readonly intervalMs: number
  readonly telemetry: Telemetry
  /** Null where it has nothing to do with GitHub. */
  readonly pulls: PullRequests | null
  readonly log: (text: string) => void
}

/** The daemon while it holds the lease: follows a branch or the work tree, and works until everything is as declared. */
export class Leader {
  readonly #options: LeaderOptions
  #controller: Controller | null = null
  #ports: ReconcilePorts | null = null
  #mark: string | null = null
  /** What the tables were last compared with. */
  #compared: DeclaredState | null = null
  #refused = false
  /** GitHub did not say what was reviewed: it is asked again at the next round. */
  #unjudged = false
  readonly #told = new Set<string>()
  /** Models whose rollouts had ended another way when all were compared. */
  #failed: ReadonlySet<ModelId> = new Set()
  #announcedMark: string | null = null
  /** The newest settings are broken: what is on its way waits. */
  #paused = false
  #nextFull = 0
  #firstRound = true
  #unwritten: DeclaredState | null = null
  /** The checkpoint says that something is on its way. */
  #unsettled = false
  #announced: ReadonlySet<string> = new Set()

  constructor(options: LeaderOptions) {
    this.#options = options
  }

  /** One round: look at what is followed, work until idle or the next poll, write the checkpoint. True when all is settled. */
  async round(signal: AbortSignal): Promise<boolean> {
    const { app, followed, intervalMs, telemetry } = this.#options
    await this.#look(signal)
    const controller = this.#controller
    if (controller === null || this.#paused) return false
    // What is held goes no further, but whether it still serves is looked at.
    controller.enqueue(waitingModels(controller), 'resync')
    const jitter = 0.9 + app.randomness.next() * 0.2
    const poll = AbortSignal.timeout(Math.round(intervalMs * jitter))
    await controller.untilIdle(AbortSignal.any([signal, poll, followed.nextChange()]))
    telemetry.queueDepth = controller.depth()
    const settled = controller.idle && this.#openRollouts() === 0
    this.#options.pulls?.report(controller.results)
    if (settled) await this.#checkpoint()
    else await this.#unsettle()
    return settled
  }

  /** Whether everything that was declared at the last look came to be. */
  get complete(): boolean {
    if (this.#controller === null) return false
    const { intent, results } = this.#controller
    return isComplete(intent.declared, results) && [...this.#failed].every((model) => results.has(model))
  }

  /** Tells GitHub what is left to tell. */
  async finish(): Promise<void> {
    await this.#options.pulls?.finish(this.#controller?.results ?? new Map())
  }

  /** Compares again if something has changed or everything is due; a branch that stands still costs one read of a ref. */
  async #look(signal: AbortSignal): Promise<void> {
    const { app, followed } = this.#options
    const mark = await followed.mark()
    const due = app.clock.monotonic() >= this.#nextFull
    if (mark === this.#mark && !due) return
    const { state } = await app.declared(followed.request, signal)
    if (mark !== this.#announcedMark) this.#announce(state)
    this.#announcedMark = mark
    this.#paused = state.settings === null
    if (state.settings === null) {
      this.#mark = mark
      this.#options.log('the settings are broken: nothing is written until they are mended')
      return
    }
    if (termOf(state.settings) !== this.#options.term) throw termOver()
    // What a guard refused is judged with all the rest, however little has changed since.
    const changed = due || this.#refused || this.#compared === null ? null : changedModels(this.#compared, state)
    // Those that had problems may be well now: what would be taken away of them has not been judged yet.
    const only = changed === null ? null : new Set([...changed, ...this.#troubled()])
    const idle = only?.size === 0 && (await this.#gate(state, signal))
    if (idle) this.#tellSynced(state)
    else await this.#aim(state, only, signal)
    this.#compared = state
    // Only now: a compare that failed is made again at the next round.
    this.#mark = this.#unjudged ? null : mark
    if (only === null) this.#scheduleFull(state.settings.drift.everyMs)
  }

  /**
   * The gate of the checkpoint: this very content was brought to the tables by this controller, and all had settled. One
   * read, instead of comparing.
   */
  async #gate(declared: DeclaredState, signal: AbortSignal): Promise<boolean> {
    const { tables, lease } = this.#options
    const checkpoint = await readCheckpoint(tables, declared.root, signal)
    return holdsFor(checkpoint, identityOf(declared), lease.epoch)
  }

  #troubled(): ModelId[] {
    const results = this.#controller?.results ?? new Map()
    return [...results].filter(([, { problems }]) => problems.length > 0).map(([model]) => model)
  }

  /** With `only`, of these models: deletes are judged by all (I6), and need all of them read. */
  async #plan(declared: DeclaredState, only: ReadonlySet<ModelId> | null, signal: AbortSignal): Promise<Planned> {
    const { app, tables } = this.#options
    if (only !== null) {
      const planned = await makePlan(app, tables, declared, { artifacts: 'stat', only, signal })
      if (!planned.plan.units.some(({ actions }) => actions.some(removes))) return planned
    }
    return makePlan(app, tables, declared, { artifacts: 'stat', signal })
  }

  async #aim(declared: DeclaredState, only: ReadonlySet<ModelId> | null, signal: AbortSignal): Promise<void> {
    const { app, tables, log } = this.#options
    const planned = await this.#plan(declared, only, signal)
    const refusals = await guardsOf(app, tables, declared, planned, null)
    for (const { guard, message } of refusals) {
      log(
        `refused by guard ${guard}: ${message}; to allow exactly this plan, name ${planned.plan.digest} in guards.allow_deletes`,
      )
    }
    const stops = await this.#stops(declared, planned)
    const allowDeletes = refusals.length === 0
    this.#refused = !allowDeletes || stops.size > 0
    const intent = { declared, planDigest: planned.plan.digest, allowDeletes, stops }
    const controller = this.#controller ?? (await this.#start(intent))
    controller.aim(intent, planned.recorded.units)
    if (this.#ports !== null) await this.#options.pulls?.recordRejections(this.#ports, intent)
    controller.enqueue(
      planned.plan.units.map(({ unit }) => unit),
      'change',
    )
    controller.enqueue(planned.unsettled, 'resync')
    if (only === null) this.#failed = failedUnits(declared, planned.recorded)
    this.#unwritten = declared
  }

  /** What is left as it is, since its plan is not the one that was shown, or nobody knows what was. */
  async #stops(declared: DeclaredState, { plan, recorded }: Planned): Promise<Stops> {
    const { pulls, log } = this.#options
    if (pulls === null) return new Map()
    const judgement = await pulls.judge(declared, plan, recorded.units)
    this.#unjudged = judgement === null
    if (judgement === null) {
      const changed = plan.units.filter(({ actions }) => actions.length > 0)
      return new Map(changed.map(({ unit }) => [unit, new Map([[null, 'waits until GitHub says what was reviewed']])]))
    }
    for (const each of judgement.stopped) {
      const text = `${each.unit}: ${changedText(each)}`
      if (!this.#told.has(text)) log(text)
      this.#told.add(text)
    }
    return judgement.stops
  }

  async #start(intent: Controller['intent']): Promise<Controller> {
    const { app, tables, lease, telemetry, log } = this.#options
    await fenceCheckpoint(tables, lease, intent.declared.root)
    const ports = await reconcilePorts(app, tables, intent.declared, lease)
    this.#ports = ports
    const lines = progressLines()
    this.#controller = new Controller(ports, intent, {
      randomness: app.randomness,
      onUnit: (model, result) => {
        telemetry.onUnit(model, result)
        // What the documents show was said when the revision was announced.
        const problems = result.problems.filter((problem) => !this.#announced.has(problem))
        lines(model, { ...result, problems }).forEach(log)
      },
      onError: (model, error) => log(`${model}: ${errorMessage(error)}; trying again`),
    })
    return this.#controller
  }

  /** Everything once at the beginning, once more when nothing of a predecessor can land any more, then as drift says. */
  #scheduleFull(everyMs: number): void {
    const { app, leaseMs } = this.#options
    const after = this.#firstRound ? Math.min(everyMs, leaseMs + REQUEST_TIMEOUT_MS) : everyMs
    this.#firstRound = false
    this.#nextFull = app.clock.monotonic() + after
  }

  async #checkpoint(): Promise<void> {
    const { tables, lease } = this.#options
    const declared = this.#unwritten
    if (declared === null) return
    await writeRevision(tables, lease, declared, { settled: true, complete: this.complete, nextDue: this.#nextDue() })
    this.#tellSynced(declared)
    this.#unwritten = null
    this.#unsettled = false
  }

  /** Something takes longer than a round: until it has ended nobody may take the last checkpoint for what is there. */
  async #unsettle(): Promise<void> {
    const { tables, lease } = this.#options
    if (this.#unwritten === null || this.#unsettled) return
    await writeRevision(tables, lease, this.#unwritten, { settled: false, complete: false, nextDue: this.#nextDue() })
    this.#unsettled = true
  }

  #tellSynced({ committedAt }: DeclaredState): void {
    if (committedAt !== null) this.#options.telemetry.syncedCommit = Date.parse(committedAt) / 1000
  }

  /** On the wall clock, for people: what decides is the monotonic one. */
  #nextDue(): string {
    const { clock } = this.#options.app
    return new Date(clock.now().getTime() + this.#nextFull - clock.monotonic()).toISOString()
  }

  #openRollouts(): number {
    const results = this.#controller?.results.values() ?? []
    return [...results].filter(({ recorded }) => recorded.deployments.some(({ status }) => isOpen(status))).length
  }

  #announce(declared: DeclaredState): void {
    const { log, telemetry } = this.#options
    telemetry.revision = declared.revision
    const errors = declared.diagnostics.filter(isError)
    this.#announced = new Set(errors.map(problemText))
    const count = countText(declared.units.size, 'model')
    log(`revision ${declared.revision}: ${count}${errors.length === 0 ? '' : `, ${countText(errors.length, 'error')}`}`)
    for (const { code, path, range, summary, help } of errors.slice(0, 20)) {
      log(
        plain(
          `error ${code} ${path}:${range.start.line}:${range.start.column} ${summary}${help === undefined ? '' : ` (${help})`}`,
        ),
      )
    }
  }
}

function waitingModels({ results }: Controller): ModelId[] {
  return [...results].filter(([, { outcome }]) => outcome.kind === 'waiting').map(([model]) => model)
}

/** Whether a failed round is worth another try. */
export function mayTryAgain(error: unknown): error is StewardError {
  return (
    error instanceof StewardError &&
    !['lease_lost', 'term_over', 'tables_denied', 'table_missing'].includes(error.code) &&
    error.kind !== 'bug'
  )
}

/** The settings that hold for a whole term: where the tables and artifacts are, and who applies. */
export function termOf({ tables, artifactsUri, applyBy }: ResolvedSettings): string {
  return JSON.stringify([tables, artifactsUri, applyBy])
}

function termOver(): StewardError {
  return new StewardError('the settings of tables, artifacts or who applies have changed', { code: 'term_over' })
}
