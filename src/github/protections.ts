import { errorMessage, StewardError } from '../domain/errors.ts'
import { isRefused, statusOf, type Api, type Connection } from './connection.ts'

/** What a branch asks of a change, whether rulesets or branch protection ask it. */
export interface Protections {
  readonly pullRequests: boolean
  readonly approvals: number
  readonly codeOwnerReview: boolean
  readonly staleReviewsDismissed: boolean
  readonly lastPushApproved: boolean
  readonly statusChecks: boolean
  readonly noForcePush: boolean
}

export interface BranchProtections {
  /** Null where neither rulesets nor branch protection tell. */
  readonly found: Protections | null
  /** Which of the two did not tell, though it may ask for more. */
  readonly unread: readonly ('rulesets' | 'branch protection')[]
}

export interface CodeOwnersError {
  readonly line: number
  readonly kind: string
  readonly suggestion: string | null
}

type Rule = Awaited<ReturnType<Api['repos']['getBranchRules']>>['data'][number]
type Protection = Awaited<ReturnType<Api['repos']['getBranchProtection']>>['data']

const PAGE = 100

const nothing: Protections = {
  ...{ pullRequests: false, approvals: 0, codeOwnerReview: false, staleReviewsDismissed: false },
  ...{ lastPushApproved: false, statusChecks: false, noForcePush: false },
}

const wanted: readonly (readonly [string, (found: Protections) => boolean])[] = [
  ['pull requests required', ({ pullRequests }) => pullRequests],
  ['one approval', ({ approvals }) => approvals > 0],
  ['code owner review', ({ codeOwnerReview }) => codeOwnerReview],
  ['stale reviews dismissed', ({ staleReviewsDismissed }) => staleReviewsDismissed],
  ['required status checks', ({ statusChecks }) => statusChecks],
  ['no force push', ({ noForcePush }) => noForcePush],
]

/** What a branch needs so that an approval is evidence of what was merged, and is lacking. */
export function missingProtections(found: Protections): readonly string[] {
  return wanted.flatMap(([text, holds]) => (holds(found) ? [] : [text]))
}

/** The repository's default branch. */
export async function defaultBranch(connection: Connection, signal: AbortSignal): Promise<string> {
  const { data } = await connection.call('the repository', ({ repos }, place) =>
    repos.get({ ...place, request: { signal } }),
  )
  // A server that is no GitHub may answer anything.
  if (typeof data?.default_branch === 'string') return data.default_branch
  throw new StewardError('the server does not answer as GitHub does', {
    code: 'github_unreachable',
    hint: 'Look at GITHUB_API_URL: https://api.github.com, or https://HOST/api/v3 of a GitHub Enterprise Server.',
  })
}

/**
 * What rulesets ask of a branch, and, unless they ask for everything, what its branch protection does: both apply.
 * Rulesets need `Metadata: read`, branch protection `Administration: read`.
 */
export async function branchProtections(
  connection: Connection,
  branch: string,
  signal: AbortSignal,
): Promise<BranchProtections> {
  const rules = await unlessRefused(rulesOf(connection, branch, signal))
  if (rules !== null && missingProtections(rules).length === 0) return { found: rules, unread: [] }
  const read = await unlessRefused(protectionOf(connection, branch, signal))
  // Whoever may not read branch protection may still see that there is none, which answers as "not found" otherwise.
  const isNone = read === null && rules !== null && (await isUnprotected(connection, branch, signal))
  const protection = isNone ? nothing : read
  if (rules === null) return { found: protection, unread: protection === null ? both : ['rulesets'] }
  if (protection !== null) return { found: together(rules, protection), unread: [] }
  // Branch protection that can not be read is the only one that asks anything: nothing is known.
  const asksNothing = missingProtections(rules).length === wanted.length
  return { found: asksNothing ? null : rules, unread: ['branch protection'] }
}

const both = ['rulesets', 'branch protection'] as const

/** What GitHub finds wrong in the CODEOWNERS of the default branch; null where it has none, or does not tell. */
export async function codeOwnersErrors(
  connection: Connection,
  signal: AbortSignal,
): Promise<readonly CodeOwnersError[] | null> {
  const asked = connection.call('the errors of CODEOWNERS', ({ repos }, place) =>
    repos.codeownersErrors({ ...place, request: { signal } }),
  )
  const answer = await unlessRefused(asked)
  if (answer === null) return null
  return (answer.data.errors ?? []).map(({ line, kind, suggestion }) => ({
    line,
    kind,
    suggestion: suggestion ?? null,
  }))
}

async function rulesOf(connection: Connection, branch: string, signal: AbortSignal): Promise<Protections> {
  const { data } = await connection.call(`the rules of ${branch}`, ({ repos }, place) =>
    repos.getBranchRules({ ...place, branch, per_page: PAGE, request: { signal } }),
  )
  return data.map(askedByRule).reduce(together, nothing)
}

function askedByRule(rule: Rule): Protections {
  switch (rule.type) {
    case 'pull_request':
      return {
        ...nothing,
        pullRequests: true,
        approvals: rule.parameters?.required_approving_review_count ?? 0,
        codeOwnerReview: rule.parameters?.require_code_owner_review === true,
        staleReviewsDismissed: rule.parameters?.dismiss_stale_reviews_on_push === true,
        lastPushApproved: rule.parameters?.require_last_push_approval === true,
      }
    case 'required_status_checks':
      return { ...nothing, statusChecks: (rule.parameters?.required_status_checks.length ?? 0) > 0 }
    // An organisation's workflows that must pass.
    case 'workflows':
      return { ...nothing, statusChecks: true }
    case 'non_fast_forward':
      return { ...nothing, noForcePush: true }
    default:
      return nothing
  }
}

async function protectionOf(connection: Connection, branch: string, signal: AbortSignal): Promise<Protections> {
  const { data } = await connection
    .call(`the protection of ${branch}`, ({ repos }, place) =>
      repos.getBranchProtection({ ...place, branch, request: { signal } }),
    )
    .catch((error: unknown) => {
      // Only who may read it is told that there is none, in these words.
      if (statusOf(error) === 404 && /branch not protected/i.test(errorMessage(error))) return { data: null }
      throw error
    })
  return data === null ? nothing : askedByProtection(data)
}

function askedByProtection(protection: Protection): Protections {
  const reviews = protection.required_pull_request_reviews ?? null
  const checks = protection.required_status_checks ?? null
  return {
    pullRequests: reviews !== null,
    approvals: reviews?.required_approving_review_count ?? 0,
    codeOwnerReview: reviews?.require_code_owner_reviews === true,
    staleReviewsDismissed: reviews?.dismiss_stale_reviews === true,
    lastPushApproved: reviews?.require_last_push_approval === true,
    statusChecks: (checks?.checks?.length ?? 0) + (checks?.contexts?.length ?? 0) > 0,
    // A protected branch refuses them unless it is said otherwise (docs.github.com, "About protected branches").
    noForcePush: protection.allow_force_pushes?.enabled !== true,
  }
}

async function isUnprotected(connection: Connection, branch: string, signal: AbortSignal): Promise<boolean> {
  const asked = connection.call(`the branch ${branch}`, ({ repos }, place) =>
    repos.getBranch({ ...place, branch, request: { signal } }),
  )
  return (await unlessRefused(asked))?.data.protected === false
}

function together(one: Protections, other: Protections): Protections {
  return {
    pullRequests: one.pullRequests || other.pullRequests,
    approvals: Math.max(one.approvals, other.approvals),
    codeOwnerReview: one.codeOwnerReview || other.codeOwnerReview,
    staleReviewsDismissed: one.staleReviewsDismissed || other.staleReviewsDismissed,
    lastPushApproved: one.lastPushApproved || other.lastPushApproved,
    statusChecks: one.statusChecks || other.statusChecks,
    noForcePush: one.noForcePush || other.noForcePush,
  }
}

/** What is not there, and what one may not see, look alike on GitHub. */
async function unlessRefused<Result>(asked: Promise<Result>): Promise<Result | null> {
  try {
    return await asked
  } catch (error) {
    if (isRefused(error)) return null
    throw error
  }
}
