import { StewardError } from '../domain/errors.ts'
import type { Step } from './context.ts'

/** What is looked at: a commit, and the one that it is compared with. */
export interface Revisions {
  readonly commit: string
  /** Null where there is nothing before. */
  readonly base: string | null
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
  return { commit: checkedOut, base: base !== null && (await isHere(step, base)) ? base : null }
}

async function mergeOf(
  step: Step,
  checkedOut: string,
  { head, base: named, number }: { readonly head: string; readonly base: string; readonly number: number },
): Promise<Revisions> {
  const { history } = await step.app.repository()
  const [base, second] = await history.parents(checkedOut)
  if (base !== undefined && second === head) {
    if (!(await isHere(step, base))) throw tooShort()
    return { commit: checkedOut, base }
  }
  if (!(await isHere(step, named)) || !(await isHere(step, head))) throw tooShort()
  const merge = await history.mergeOf(named, head)
  if (merge !== null) return { commit: merge, base: named }
  throw new StewardError(`pull request #${number} conflicts with its base`, {
    code: 'merge_conflict',
    kind: 'user',
    hint: 'Merge the base branch into it, or rebase it: a plan is made on the merge.',
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
