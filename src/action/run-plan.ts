import { join } from 'node:path'
import { errorsOf, planMerge, type MergePlan } from '../app/pull-requests/plan-merge.ts'
import { gatesOf } from '../app/pull-requests/gates.ts'
import { plannedComment } from '../app/pull-requests/planned-comment.ts'
import { nextBody } from '../app/pull-requests/report-merged.ts'
import { errorMessage } from '../domain/errors.ts'
import { reportCheck } from '../github/checks.ts'
import { PlanComments } from '../github/comments.ts'
import type { Connection } from '../github/connection.ts'
import { pullRequest } from '../github/pull-requests.ts'
import { code, link } from '../report/markdown.ts'
import { prettyDiagnostic } from '../report/diagnostics.ts'
import { prettyPlan } from '../report/plan.ts'
import { planBody, planTitle, type ShownPlan } from '../report/plan-comment.ts'
import { writeFileAtomically } from '../system/files.ts'
import type { Step } from './context.ts'
import { revisionsOf, type Revisions } from './merge-commit.ts'
import { isFailing, type StepResult } from './result.ts'
import { changedFirst, linksAt, runValidate } from './run-validate.ts'

/** The whole plan has more room in the job summary than in a comment. */
const SUMMARY_BUDGET = 900_000

/** What merging would do: in the log, the summary, a file, the comment and a check. */
export async function runPlan(step: Step): Promise<StepResult> {
  const { event } = step
  if (event.kind === 'pull_request' && event.fork) {
    const note = 'A plan is not made for pull requests of forks: they have no credentials. Everything else is checked.'
    return runValidate(step, note)
  }
  const revisions = await revisionsOf(step)
  try {
    return await plan(step, revisions)
  } catch (error) {
    await withdrawOldPlan(step, error)
    throw error
  }
}

async function plan(step: Step, revisions: Revisions): Promise<StepResult> {
  const { app, runner, signal, inputs, temp } = step
  const governing = inputs.settingsRef ?? revisions.base
  const made = await planMerge(app, { merge: revisions.commit, governing, signal })
  const diagnostics = await changedFirst(step, revisions, made.plan.diagnostics)
  const text = await made.frame(diagnostics)
  if (diagnostics.length > 0) runner.log(diagnostics.map((each) => prettyDiagnostic(each, text, false)).join('\n\n'))
  runner.log(prettyPlan(made.plan, false))
  for (const { guard, message } of made.refusals) runner.warning(`guard ${guard} will refuse this: ${message}`)
  const planPath = join(temp, 'steward-plan.json')
  await writeFileAtomically(planPath, `${JSON.stringify(made.plan, null, 1)}\n`, 0o644)
  const shown = shownPlan(step, revisions, { ...made, plan: { ...made.plan, diagnostics } })
  const title = planTitle(shown)
  await tell(step, { revisions, made, shown, title })
  return {
    result: errorsOf(made.plan) > 0 ? 'problems' : hasChanges(made) ? 'planned' : 'nothing',
    summary: `### ${title}\n\n${planBody(shown, SUMMARY_BUDGET)}`,
    failed: isFailing(diagnostics, inputs.failOn),
    errors: errorsOf(made.plan),
    changes: made.plan.units.flatMap(({ actions }) => actions).length,
    planDigest: made.plan.digest,
    planPath,
  }
}

function hasChanges({ plan: { units }, held }: MergePlan): boolean {
  return held.length > 0 || units.some(({ actions, blocked }) => actions.length > 0 || blocked)
}

function shownPlan(step: Step, revisions: Revisions, made: MergePlan): ShownPlan {
  const { plan, refusals, metrics, held, declared } = made
  const { settings } = declared
  return {
    ...{ plan, refusals, metrics, held },
    protectedStages: settings?.guards.protectedStages ?? [],
    gates: gatesOf([...plan.units, ...held], declared),
    applyBy: settings?.applyBy ?? null,
    linkTo: linksAt(step, revisions.head),
    footer: footer(step, revisions, plan.digest),
  }
}

function footer({ event, repositoryUrl, runUrl }: Step, { base, head }: Revisions, digest: string): string {
  const short = (sha: string): string => link(code(sha.slice(0, 7)), `${repositoryUrl}/commit/${sha}`)
  const parts = [
    `head ${short(head)}`,
    ...(base === null ? [] : [`base ${short(base)}`]),
    `plan ${code(digest)}`,
    ...(runUrl === null ? [] : [link('run', runUrl)]),
    ...(event.kind === 'pull_request' ? [`here: ${code(localCommand(event.number))}`] : []),
  ]
  return `<sub>${parts.join(' · ')}</sub>`
}

function localCommand(number: number): string {
  return `git fetch origin pull/${number}/merge && steward plan --rev FETCH_HEAD`
}

interface Told {
  readonly revisions: Revisions
  readonly made: MergePlan
  readonly shown: ShownPlan
  readonly title: string
}

/** Comment and check. Whatever goes wrong with them is a warning: what counts is the exit code. */
async function tell(step: Step, told: Told): Promise<void> {
  const { event, github, runner, runUrl, app } = step
  if (github === null || event.kind !== 'pull_request' || event.closed) return
  if (step.inputs.comment === 'auto') {
    await comment(step, github, event, told).catch((error: unknown) => {
      runner.warning(`the comment could not be written: ${errorMessage(error)}`)
    })
  }
  const root = app.options.root === 'models' ? '' : ` (${app.options.root})`
  const how = await reportCheck(github, {
    name: `steward plan${root}`,
    sha: told.revisions.head,
    conclusion: errorsOf(told.made.plan) > 0 ? 'failure' : told.made.refusals.length > 0 ? 'neutral' : 'success',
    title: told.title,
    summary: planBody({ ...told.shown, footer: '' }, 50_000),
    diagnostics: told.shown.plan.diagnostics,
    detailsUrl: runUrl,
  }).catch((error: unknown) => {
    runner.warning(`the check could not be written: ${errorMessage(error)}`)
    return null
  })
  if (how === null) runner.log('no check and no status was written: `checks: write` or `statuses: write` is missing')
}

async function comment(
  step: Step,
  github: Connection,
  { number, base }: { readonly number: number; readonly base: string },
  { revisions, made, shown }: Told,
): Promise<void> {
  const { root } = step.app.options
  const comments = new PlanComments(github, root)
  const { head } = revisions
  const now = await pullRequest(github, number)
  if (now.head !== head) {
    step.runner.log(`the head has moved to ${now.head}: its own run writes the comment`)
    return
  }
  const standing = await comments.of(number)
  if (!hasChanges(made) && made.plan.diagnostics.length === 0 && standing.length === 0) return
  const place = { root, head, base: revisions.base ?? base, before: standing[0]?.comment ?? null }
  const body = plannedComment(shown, place)
  const done = await comments.put(number, body, standing)
  step.runner.log(
    done === 'written' ? `the comment of #${number} shows the plan` : 'the comment shows this plan already',
  )
}

/** A plan that could not be made leaves no older one standing as if it were of this head. */
async function withdrawOldPlan(step: Step, error: unknown): Promise<void> {
  const { event, github, inputs, app, runner } = step
  if (github === null || event.kind !== 'pull_request' || inputs.comment === 'never') return
  try {
    const comments = new PlanComments(github, app.options.root)
    const [standing] = await comments.of(event.number)
    if (standing === undefined || standing.comment.state !== 'planned') return
    const status = [
      '### Model plan: superseded',
      '',
      `No plan could be made for ${code(event.head.slice(0, 7))}: ${code(errorMessage(error).split('\n')[0] ?? '')}`,
    ].join('\n')
    await comments.edit(standing, nextBody(standing.comment, 'superseded', status))
  } catch (second) {
    runner.warning(`the comment could not be written: ${errorMessage(second)}`)
  }
}
