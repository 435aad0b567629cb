import { errorMessage, StewardError } from '../domain/errors.ts'
import { tipOf } from '../github/change-request.ts'
import type { Step } from './context.ts'
import type { ActionEvent } from './event.ts'

type PullRequestEvent = Extract<ActionEvent, { kind: 'pull_request' }>

/** What is looked at: a commit, and the one that it is compared with. */
export interface Revisions {
  readonly commit: string
  /** Null where there is nothing before. */
  readonly base: string | null
  /** Of a pull request, the commit that was merged into its base; else the commit itself. */
  readonly head: string
}

/**
 * The commit that the event is about, with its base. Of a pull request it is the merge of head into base: the one that
 * GitHub has checked out, or one made here where another commit is checked out.
 */
export async function revisionsOf(step: Step): Promise<Revisions> {
  const { event } = step
  const repository = await step.app.repository()
  const checkedOut = await repository.source.resolve('HEAD')
  if (checkedOut === null) throw noCheckout()
  if (event.kind === 'pull_request') return mergeOf(step, checkedOut, event)
  const [parent = null] = await repository.history.parents(checkedOut)
  const named = event.kind === 'merge_group' ? event.base : event.kind === 'push' ? event.before : null
  const base = named ?? parent
  return { commit: checkedOut, base: base !== null && (await isHere(step, base)) ? base : null, head: checkedOut }
}

async function mergeOf(step: Step, checkedOut: string, event: PullRequestEvent): Promise<Revisions> {
  const { history } = await step.app.repository()
  const [base, second] = await history.parents(checkedOut)
  // What GitHub has merged may be of a newer head than the event's: then that one is looked at.
  const head = second ?? event.head
  const wanted = (await newestBase(step, event)) ?? (second === undefined ? event.base : base) ?? event.base
  if (base === wanted && second !== undefined) {
    if (!(await isHere(step, base))) throw tooShort()
    return { commit: checkedOut, base, head }
  }
  if (!(await isHere(step, wanted)) || !(await isHere(step, head))) throw tooShort()
  if (await history.isShallow()) await history.complete([wanted, head])
  const merge = await history.mergeOf(wanted, head)
  if (merge !== null) return { commit: merge, base: wanted, head }
  throw new StewardError(`pull request #${event.number} conflicts with its base`, {
    code: 'merge_conflict',
    kind: 'user',
    hint: 'Merge the base branch into it, or rebase it: a plan is made on the merge.',
  })
}

/**
 * Where the base branch is now. GitHub makes its merge anew only when the head moves, or after hours
 * (github.blog/changelog, 2026-02-19), and an old run that is started again has an old one. Null where nobody may ask.
 */
async function newestBase({ github, inputs, runner }: Step, { baseBranch }: PullRequestEvent): Promise<string | null> {
  if (github === null || inputs.command === 'validate' || baseBranch === '') return null
  return tipOf(github, baseBranch).catch((error: unknown) => {
    runner.warning(`where ${baseBranch} is now is not known: ${errorMessage(error)}`)
    return null
  })
}

async function isHere(step: Step, commit: string): Promise<boolean> {
  const { source, history } = await step.app.repository()
  return (await source.resolve(commit)) !== null || history.fetch(commit)
}

function tooShort(): StewardError {
  return new StewardError('the checkout is too short: the base of the pull request is not there', {
    code: 'history_missing',
    kind: 'user',
    hint: 'Give actions/checkout `fetch-depth: 2` for pull requests, `fetch-depth: 0` for `apply`.',
  })
}

function noCheckout(): StewardError {
  return new StewardError('there is no commit: the repository is not checked out', {
    code: 'repository_missing',
    kind: 'user',
    hint: 'Put actions/checkout before this step; `working-directory` names its folder.',
  })
}
