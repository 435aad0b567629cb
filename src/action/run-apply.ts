import { apply, type ApplyEnd } from '../app/apply.ts'
import {
  judge,
  nothingJudged,
  readMergedPlans,
  type Judgement,
  type MergedPlans,
} from '../app/pull-requests/merged-plans.ts'
import { requireShared } from '../app/pull-requests/plan-merge.ts'
import { recordRejections } from '../app/pull-requests/rejections.ts'
import { reportMerged } from '../app/pull-requests/report-merged.ts'
import type { DeclaredState } from '../declared/declared-state.ts'
import { isError } from '../domain/diagnostics.ts'
import { errorMessage, StewardError } from '../domain/errors.ts'
import type { ModelId } from '../domain/names.ts'
import { commitOf } from '../domain/revisions.ts'
import { changedText } from '../plan/reviewed.ts'
import { planDifference, prettyPlan } from '../report/plan.ts'
import { planBody, planTitle } from '../report/plan-comment.ts'
import { progressLines } from '../report/progress.ts'
import { code, sentence } from '../report/markdown.ts'
import { gatesOf } from '../app/pull-requests/gates.ts'
import type { Step } from './context.ts'
import { tipOf } from '../github/change-request.ts'
import { isFailing, type StepResult } from './result.ts'
import { linksAt } from './run-validate.ts'

interface Seen {
  plans: MergedPlans | null
  judgement: Judgement
}

/** Brings what the branch declares to the tables and the runtimes: level-triggered, safe to run twice or to be cancelled. */
export async function runApply(step: Step): Promise<StepResult> {
  const { app, runner, signal, inputs, github } = step
  const branch = branchOf(step)
  const revision = await newest(step, branch)
  const { state: declared } = await app.declared({ kind: 'git', revision }, signal)
  if (declared.settings === null) {
    throw new StewardError('the settings are broken; nothing was changed', {
      code: 'settings_broken',
      kind: 'user',
      hint: 'Mend _platform/settings.yaml; `validate` shows where.',
    })
  }
  requireShared(app, declared)
  const tables = await app.tables(declared.settings)
  const seen: Seen = { plans: null, judgement: nothingJudged }
  const lines = progressLines()
  const end = await apply(app, {
    ...{ declared, saved: null, wait: inputs.waitMs > 0, timeoutMs: inputs.waitMs, allowDeletes: inputs.allowDeletes },
    ...{ leaseMs: null, signal, as: 'action' },
    confirm: async (plan) => {
      runner.log(prettyPlan(plan, false))
      return true
    },
    judge: async ({ plan }) => {
      if (github === null) return nothingJudged.stops
      seen.plans = await readMergedPlans(app, github, { declared, tables, branch, plan })
      seen.judgement = await judge(app, seen.plans, plan)
      for (const changed of seen.judgement.stopped) runner.error(`${changed.unit}: ${changedText(changed)}`)
      for (const { unit, pull } of seen.judgement.proceeding) {
        runner.warning(`${unit}: applied with another plan than pull request #${pull} showed`)
      }
      return seen.judgement.stops
    },
    events: {
      onUnit: (model, result) => lines(model, result).forEach((line) => runner.log(line)),
      onError: (model, error) => runner.log(`${model}: ${errorMessage(error)}; trying again`),
    },
    onWaitingForLease: ({ holder }) => runner.log(`waiting: ${holder} holds the lease`),
  })
  if (signal.aborted) throw new StewardError('interrupted: the next run goes on', { code: 'interrupted' })
  await tellPullRequests(step, { declared, end, seen, branch, tables })
  return resultOf(step, declared, end, seen)
}

/** Only the default branch is applied: anything else would undo what it declares. */
function branchOf({ event, ref, defaultBranch }: Step): string {
  const branch = ref.replace(/^refs\/heads\//, '')
  const known = defaultBranch ?? branch
  if ((event.kind === 'push' || event.kind === 'other') && ref.startsWith('refs/heads/') && branch === known)
    return branch
  throw new StewardError(`apply runs on the default branch ${known}, not on ${ref || 'this event'}`, {
    code: 'event_refused',
    kind: 'user',
    hint: `Start it by \`push\` with \`branches: [${known}]\`, by \`schedule\` or by hand on ${known}.`,
  })
}

/**
 * What is applied is always the newest (I12): a run that waited, or that was started again, was checked out at the commit
 * of its event, and would take back what came after it.
 */
async function newest({ app, github, runner }: Step, branch: string): Promise<string> {
  const { source, history } = await app.repository()
  const here = await source.resolve('HEAD')
  if (github === null || here === null) return 'HEAD'
  const tip = await tipOf(github, branch)
  // One that lags behind is no reason to go back.
  if (tip === here || (await source.isAncestor(tip, here))) return 'HEAD'
  runner.log(`${branch} has moved on to ${tip}: that is applied`)
  if ((await source.resolve(tip)) !== null || (await history.fetch(tip))) return tip
  throw new StewardError(`${branch} has moved on to ${tip.slice(0, 12)}, which can not be fetched`, {
    code: 'history_missing',
    kind: 'user',
    hint: 'Check out with `ref: ${{ github.ref }}` and `fetch-depth: 0`.',
  })
}

async function tellPullRequests(
  step: Step,
  work: {
    readonly declared: DeclaredState
    readonly end: ApplyEnd
    readonly seen: Seen
    readonly branch: string
    readonly tables: Awaited<ReturnType<Step['app']['tables']>>
  },
): Promise<void> {
  const { app, github, runner, inputs } = step
  const { declared, end, seen, branch, tables } = work
  if (github === null || !('planned' in end)) return
  const { plan, recorded } = end.planned
  try {
    const plans = seen.plans ?? (await readMergedPlans(app, github, { declared, tables, branch, plan }))
    const log = (text: string): void => runner.log(text)
    await recordRejections(app, { tables, declared, closed: plans.closed, signal: step.signal, log })
    if (inputs.comment === 'never') return
    const results = end.kind === 'applied' || end.kind === 'timeout' ? [...end.results] : []
    const refused = end.kind === 'refused' ? end.refusals.map(({ message }) => `refused: ${message}`) : []
    const blocked = plan.units.filter((unit) => unit.blocked || end.kind === 'refused').map(({ unit }) => unit)
    await reportMerged(
      github,
      plans,
      {
        declared,
        recorded: new Map([...recorded.units, ...results.map(([model, { recorded: now }]) => [model, now] as const)]),
        problems: new Map<ModelId, readonly string[]>([
          ...blocked.map((unit) => [unit, refused.length > 0 ? refused : ['blocked by errors']] as const),
          ...results.map(([model, { problems }]) => [model, problems] as const),
        ]),
        touched: new Set(results.length === 0 ? [] : plan.units.map(({ unit }) => unit)),
        judgement: seen.judgement,
        by: 'the GitHub Action',
      },
      log,
    )
  } catch (error) {
    runner.warning(`the pull requests were not told: ${errorMessage(error)}`)
  }
}

function resultOf(step: Step, declared: DeclaredState, end: ApplyEnd, { judgement }: Seen): StepResult {
  const { inputs, runner } = step
  const plan = 'planned' in end ? end.planned.plan : null
  const diagnostics = plan?.diagnostics ?? declared.diagnostics
  const said = sayEnd(end)
  for (const line of said.lines) {
    if (said.failed) runner.error(line)
    else runner.log(line)
  }
  const stopped = judgement.stopped.length > 0
  return {
    result: stopped ? 'stopped' : said.result,
    summary: [
      `### Apply: ${stopped ? 'stopped' : said.result.replaceAll('_', ' ')}`,
      '',
      ...judgement.stopped.map((changed) => `- ${code(changed.unit)}: ${sentence(changedText(changed))}`),
      ...said.lines.map((line) => `- ${sentence(line)}`),
      '',
      ...(plan === null
        ? []
        : [
            `#### ${planTitle({ plan, held: [], protectedStages: protectedOf(declared) })}`,
            '',
            bodyOf(step, declared, plan),
          ]),
    ].join('\n'),
    failed: said.failed || stopped || isFailing(diagnostics, inputs.failOn),
    errors: diagnostics.filter(isError).length,
    changes: plan === null ? null : plan.units.flatMap(({ actions }) => actions).length,
    planDigest: plan?.digest ?? null,
    planPath: null,
  }
}

function protectedOf({ settings }: DeclaredState): readonly string[] {
  return settings?.guards.protectedStages ?? []
}

function bodyOf(step: Step, declared: DeclaredState, plan: Parameters<typeof prettyPlan>[0]): string {
  const shown = { refusals: [], metrics: [], held: [], footer: `<sub>plan ${code(plan.digest)}</sub>`, plan }
  return planBody(
    {
      ...shown,
      protectedStages: protectedOf(declared),
      gates: gatesOf(plan.units, declared),
      applyBy: declared.settings?.applyBy ?? null,
      linkTo: linksAt(step, commitOf(declared.revision)),
    },
    900_000,
  )
}

interface Said {
  readonly result: string
  readonly failed: boolean
  readonly lines: readonly string[]
}

function sayEnd(end: ApplyEnd): Said {
  switch (end.kind) {
    case 'nothing':
      return {
        result: 'nothing',
        failed: end.failed.length > 0,
        lines: end.failed.map((each) => `not deployed: ${each}`),
      }
    case 'refused': {
      const lines = end.refusals.map(({ guard, message }) => `refused by guard ${guard}: ${message}`)
      const help = `to allow exactly this plan: allow-deletes: ${end.planned.plan.digest}`
      return { result: 'refused', failed: true, lines: [...lines, help] }
    }
    case 'stale':
      return {
        ...{ result: 'stale', failed: true },
        lines: ['somebody else has written meanwhile; run it again', ...planDifference(end.saved, end.planned.plan)],
      }
    case 'other_applier':
      return { result: 'other_applier', failed: true, lines: [`settings name ${end.by} as the one who applies`] }
    case 'held':
      return { result: 'held', failed: true, lines: [`${end.by.holder} holds the lease`] }
    case 'followed':
      return { result: 'applied', failed: false, lines: [`${end.by.holder} has applied this revision`] }
    case 'no_terminal':
    case 'declined':
      return { result: 'declined', failed: true, lines: ['nothing was changed'] }
    case 'timeout':
      return {
        ...{ result: 'waiting', failed: false },
        lines: end.waiting.length === 0 ? ['it takes longer; the next run goes on'] : end.waiting.map(onItsWay),
      }
    case 'applied':
      return {
        result: end.waiting.length > 0 ? 'waiting' : end.failed.length > 0 ? 'failed' : 'applied',
        failed: end.failed.length > 0,
        lines: [...end.failed.map((each) => `failed: ${each}`), ...end.waiting.map(onItsWay)],
      }
  }
}

function onItsWay(rollout: string): string {
  return `on its way: ${rollout}; the next run goes on`
}
