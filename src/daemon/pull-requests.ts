import type { App } from '../app/app.ts'
import {
  judge,
  nothingJudged,
  readMergedPlans,
  type Judgement,
  type MergedPlans,
} from '../app/pull-requests/merged-plans.ts'
import { rejectionsOf, unrecorded } from '../app/pull-requests/rejections.ts'
import { reportMerged } from '../app/pull-requests/report-merged.ts'
import type { DeclaredState } from '../declared/declared-state.ts'
import { errorMessage } from '../domain/errors.ts'
import type { ModelId } from '../domain/names.ts'
import type { Connection } from '../github/connection.ts'
import type { Plan } from '../plan/plan.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import type { Tables } from '../recorded/tables.ts'
import type { Intent, ReconcilePorts } from '../reconcile/ports.ts'
import { recordRejection } from '../reconcile/record-rejection.ts'
import type { UnitResult } from '../reconcile/reconcile-unit.ts'

/** After a comment that could not be written. */
const SILENT_MS = 300_000

export interface PullRequestsOptions {
  readonly app: App
  /** Reads the token or the key anew: they are renewed while a daemon runs. */
  readonly connect: () => Promise<Connection>
  readonly tables: Tables
  readonly branch: string
  readonly log: (text: string) => void
}

/** What a daemon has to do with pull requests: it carries out what they have shown, and tells them what became of it. */
export class PullRequests {
  readonly #options: PullRequestsOptions
  #revision = ''
  #plans: MergedPlans | null = null
  #judgement: Judgement = nothingJudged
  #declared: DeclaredState | null = null
  #recorded = new Map<ModelId, RecordedUnit>()
  #touched = new Set<ModelId>()
  #said = ''
  #connection: Connection | null = null
  #reporting: Promise<void> | null = null
  #silentUntil = 0

  constructor(options: PullRequestsOptions) {
    this.#options = options
  }

  /**
   * What of a plan may not be carried out. Null where GitHub does not answer: then nobody knows what was shown, and
   * what the plan would change waits.
   */
  async judge(
    declared: DeclaredState,
    plan: Plan,
    recorded: ReadonlyMap<ModelId, RecordedUnit>,
  ): Promise<Judgement | null> {
    const { app, connect, tables, branch, log } = this.#options
    for (const [model, unit] of recorded) this.#recorded.set(model, unit)
    this.#declared = declared
    const changed = plan.units.filter(({ actions }) => actions.length > 0)
    try {
      // Asked with every comparison: what was closed or written since is known then, whatever the revision.
      const connection = (this.#connection ??= await connect())
      this.#plans = await readMergedPlans(app, connection, { declared, tables, branch, plan })
      if (declared.revision !== this.#revision) this.#touched = new Set()
      this.#revision = declared.revision
      for (const { unit } of changed) this.#touched.add(unit)
      this.#judgement = await judge(app, this.#plans, plan)
      this.#said = ''
      return this.#judgement
    } catch (error) {
      this.#connection = null
      const text = errorMessage(error)
      if (this.#said !== text) log(`what pull requests have shown is not known: ${text}; changes wait`)
      this.#said = text
      return changed.length === 0 ? nothingJudged : null
    }
  }

  /** Records what people have turned down since. */
  async recordRejections(ports: ReconcilePorts, intent: Intent): Promise<void> {
    const { tables, log } = this.#options
    if (this.#plans === null) return
    try {
      const found = rejectionsOf(this.#plans.closed)
      for (const rejection of await unrecorded(tables, found, ports.writer.check())) {
        await recordRejection(ports, intent, rejection)
        log(`${rejection.model}@${rejection.version} was rejected for ${rejection.stage}: ${rejection.evidence}`)
      }
    } catch (error) {
      if (ports.writer.lost.aborted) throw error
      log(`rejections could not be recorded: ${errorMessage(error)}`)
    }
  }

  /**
   * Tells merged pull requests how they stand, beside the round: rollouts on their way do not wait for GitHub. Asks
   * nothing while that has not changed, and nothing for a while where a comment could not be written.
   */
  report(results: ReadonlyMap<ModelId, UnitResult>): void {
    const now = this.#options.app.clock.monotonic()
    if (this.#reporting !== null || now < this.#silentUntil) return
    this.#reporting = this.#report(results)
      .then((failed) => {
        if (failed) this.#silentUntil = this.#options.app.clock.monotonic() + SILENT_MS
      })
      .catch((error: unknown) => this.#options.log(`the pull requests were not told: ${errorMessage(error)}`))
      .finally(() => {
        this.#reporting = null
      })
  }

  /** Tells what is left to tell, and waits for it. */
  async finish(results: ReadonlyMap<ModelId, UnitResult>): Promise<void> {
    await this.#reporting
    this.report(results)
    await this.#reporting
  }

  async #report(results: ReadonlyMap<ModelId, UnitResult>): Promise<boolean> {
    const { log } = this.#options
    const plans = this.#plans
    if (plans === null || this.#declared === null || this.#connection === null) return false
    if (plans.pulls.length === 0 && this.#touched.size === 0) return false
    const now = [...results].map(([model, { recorded }]) => [model, recorded] as const)
    const told = await reportMerged(
      this.#connection,
      plans,
      {
        declared: this.#declared,
        recorded: new Map([...this.#recorded, ...now]),
        problems: new Map([...results].map(([model, { problems }]) => [model, problems])),
        touched: this.#touched,
        judgement: this.#judgement,
        by: 'the daemon',
      },
      log,
    )
    // What was read meanwhile is newer.
    if (this.#plans === plans) this.#plans = told.plans
    return told.failed
  }
}
