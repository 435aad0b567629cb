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

export interface PullRequestsOptions {
  readonly app: App
  readonly connection: Connection
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
    const { app, connection, tables, branch, log } = this.#options
    for (const [model, unit] of recorded) this.#recorded.set(model, unit)
    this.#declared = declared
    const changed = plan.units.filter(({ actions }) => actions.length > 0)
    try {
      // Asked with every comparison: what was closed or written since is known then, whatever the revision.
      this.#plans = await readMergedPlans(app, connection, { declared, tables, branch, plan })
      if (declared.revision !== this.#revision) this.#touched = new Set()
      this.#revision = declared.revision
      for (const { unit } of changed) this.#touched.add(unit)
      this.#judgement = await judge(app, this.#plans, { declared, tables, plan })
      this.#said = ''
      return this.#judgement
    } catch (error) {
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

  /** Tells merged pull requests how they stand; asks nothing of GitHub while that has not changed. */
  async report(results: ReadonlyMap<ModelId, UnitResult>): Promise<void> {
    const { connection, log } = this.#options
    if (this.#plans === null || this.#declared === null) return
    if (this.#plans.pulls.length === 0 && this.#touched.size === 0) return
    const now = [...results].map(([model, { recorded }]) => [model, recorded] as const)
    this.#plans = await reportMerged(
      connection,
      this.#plans,
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
  }
}
