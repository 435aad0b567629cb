import type { ChangedUnit } from '../plan/reviewed.ts'
import { diffLines } from './action-diff.ts'
import { verbOf } from './plan-comment.ts'
import { countText } from './diagnostics.ts'
import { code, fenced, folded, htmlText, link, sentence, table } from './markdown.ts'

/** One deployment that a merged pull request was about. */
export interface MergedDeployment {
  readonly key: string
  readonly stage: string
  /** Null where it is declared no more. */
  readonly wanted: number | null
  /** The version that serves. */
  readonly live: number | null
  readonly state: string | null
  /** Percent of the traffic that the newest rollout has. */
  readonly weight: number
  readonly waitsFor: string | null
  readonly reason: string
}

export interface MergedOutcome {
  readonly state: 'waiting' | 'applied' | 'failed'
  readonly deployments: readonly MergedDeployment[]
  /** What did not come to be, in words. */
  readonly problems: readonly string[]
  /** What is stopped, since its plan is not the one that was shown. */
  readonly stopped: readonly ChangedUnit[]
  /** What was applied although its plan had changed. */
  readonly changed: readonly ChangedUnit[]
  /** Commits after the reviewed plan that change the same models: why the plan is another one. */
  readonly causes: readonly { readonly commit: string; readonly subject: string; readonly url: string | null }[]
  /** Who has applied it: `daemon host:123`, `GitHub Action`. */
  readonly by: string
  readonly revision: string
}

const ROWS = 20
const REASON = 300

/** What became of a merged pull request: the title, what serves now, and what is waited for and from whom. */
export function mergedStatus(outcome: MergedOutcome): string {
  const { deployments, problems, stopped, changed, by, revision } = outcome
  const open = deployments.filter(({ waitsFor }) => waitsFor !== null)
  return [
    `### ${titleOf(outcome, open.length)}`,
    '',
    ...serving(deployments),
    ...(problems.length === 0 ? [] : ['> [!CAUTION]', ...problems.slice(0, 10).map(problemText), '']),
    ...open.slice(0, ROWS).map(({ key, waitsFor }) => `- ${code(key)} waits for ${sentence(waitsFor ?? '')}`),
    ...(open.length === 0 ? [] : ['']),
    ...explained('Stopped', stopped, outcome),
    ...explained('Applied with another plan than shown', changed, outcome),
    ...(stopped.length === 0 ? [] : [nextStep, '']),
    `<sub>${outcome.state === 'applied' ? 'applied' : 'seen'} by ${sentence(by)} at ${code(revision)}</sub>`,
  ].join('\n')
}

const nextStep =
  '**Next:** open a pull request that touches the model; its plan shows what would be done now, and merging it allows exactly that. A revert does as well.'

function titleOf({ state, stopped, problems }: MergedOutcome, open: number): string {
  if (stopped.length > 0) {
    const stages = [...new Set(stopped.map(({ stage }) => stage ?? 'catalog and registry'))].join(', ')
    return `Stopped: the plan for ${sentence(stages)} is not the one that was shown`
  }
  if (state === 'failed') return `Failed: ${countText(Math.max(1, problems.length), 'problem')}`
  if (state === 'waiting') return `Merged: waiting for ${countText(open, 'deployment')}`
  return 'Applied'
}

function problemText(problem: string): string {
  const text = problem.length > REASON ? `${problem.slice(0, REASON)}…` : problem
  return `> ${sentence(text)}  `
}

function serving(deployments: readonly MergedDeployment[]): string[] {
  if (deployments.length === 0) return []
  const rows = deployments.slice(0, ROWS).map(({ key, stage, wanted, live, state, weight, waitsFor }) => {
    const share = waitsFor !== null && weight > 0 ? ` at ${weight} %` : ''
    return [
      code(key),
      code(stage),
      wanted === null ? 'none' : `version ${wanted}`,
      live === null ? 'none' : `version ${live}`,
      state === null ? '' : `${sentence(state.replaceAll('_', ' '))}${share}`,
    ]
  })
  const more = deployments.length - rows.length
  return [
    ...table(['deployment', 'stage', 'declared', 'serves now', 'newest rollout'], rows),
    ...(more > 0 ? ['', `and ${countText(more, 'more deployment')}`] : []),
    '',
  ]
}

function explained(title: string, units: readonly ChangedUnit[], { causes }: MergedOutcome): string[] {
  if (units.length === 0) return []
  const parts = units.slice(0, 10).flatMap(({ unit, stage, planned, now }) => {
    const what = `${htmlText(unit)}${stage === null ? '' : ` in ${htmlText(stage)}`}`
    const why = planned ? 'Shown was something else. Now it would be:' : 'The plan did not show it. It would be:'
    const actions = now.slice(0, 5).flatMap((action) => {
      return [`${verbOf(action)} ${code(action.key)}`, '', ...fenced('diff', diffLines(action)), '']
    })
    return [...folded(what, [why, '', ...actions], units.length === 1), '']
  })
  const because = causes.slice(0, 10).map(({ commit, subject, url }) => {
    const short = code(commit.slice(0, 7))
    return `- ${url === null ? short : link(short, url)} ${sentence(subject)}`
  })
  return [
    `**${title}:**`,
    '',
    ...parts,
    ...(because.length === 0 ? ['What is recorded has changed since the plan was shown.', ''] : []),
    ...(because.length === 0
      ? []
      : ['Since the plan was shown these commits changed the same models:', ...because, '']),
  ]
}
