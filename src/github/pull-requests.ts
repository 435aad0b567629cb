import type { Connection } from './connection.ts'
import { statusOf } from './connection.ts'

export interface PullRequest {
  readonly number: number
  readonly url: string
  readonly state: 'open' | 'closed'
  readonly merged: boolean
  readonly head: string
  readonly headBranch: string
  readonly base: string
  readonly baseBranch: string
  readonly mergeCommit: string | null
  readonly body: string
  /** Its branch is one of the repository itself, not of a fork. */
  readonly own: boolean
  /** ISO 8601; null while it is open. */
  readonly closedAt: string | null
}

interface RawSide {
  readonly sha: string
  readonly ref: string
  /** Null where the fork was deleted. */
  readonly repo?: { readonly full_name: string } | null
}

interface RawPull {
  readonly number: number
  readonly html_url: string
  readonly state: string
  readonly merged_at: string | null
  readonly closed_at?: string | null
  readonly head: RawSide
  readonly base: RawSide
  readonly merge_commit_sha?: string | null
  readonly body?: string | null
}

const PAGE = 100
const SINGLE_QUESTIONS = 3

/** One pull request as it is now, whatever the event said. */
export async function pullRequest(connection: Connection, number: number): Promise<PullRequest> {
  const { data } = await connection.call(`pull request #${number}`, ({ pulls }, place) =>
    pulls.get({ ...place, pull_number: number }),
  )
  return pullOf(data)
}

/** The last hundred pull requests into a branch that were closed, merged or not. */
export async function closedPulls(connection: Connection, branch: string): Promise<readonly PullRequest[]> {
  const { data } = await connection.call('the closed pull requests', ({ pulls }, place) =>
    pulls.list({ ...place, state: 'closed', base: branch, sort: 'updated', direction: 'desc', per_page: PAGE }),
  )
  return data.map(pullOf)
}

/**
 * The pull requests that were merged as one of these commits, by commit. One that is not among the last hundred is asked
 * for by itself, if it is one of the newest.
 */
export async function mergedAs(
  connection: Connection,
  closed: readonly PullRequest[],
  commits: readonly string[],
): Promise<ReadonlyMap<string, PullRequest>> {
  const found = new Map<string, PullRequest>()
  const wanted = new Set(commits)
  for (const pull of closed) {
    const { merged, mergeCommit } = pull
    if (merged && mergeCommit !== null && wanted.has(mergeCommit)) found.set(mergeCommit, pull)
  }
  if (closed.length < PAGE) return found
  const missing = commits.filter((commit) => !found.has(commit)).slice(-SINGLE_QUESTIONS)
  for (const commit of missing) {
    const pull = await mergedAsOne(connection, commit)
    if (pull !== null) found.set(commit, pull)
  }
  return found
}

async function mergedAsOne(connection: Connection, commit: string): Promise<PullRequest | null> {
  try {
    const { data } = await connection.call(`the pull request of ${commit}`, ({ repos }, place) =>
      repos.listPullRequestsAssociatedWithCommit({ ...place, commit_sha: commit }),
    )
    return data.map(pullOf).find(({ merged, mergeCommit }) => merged && mergeCommit === commit) ?? null
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 422) return null
    throw error
  }
}

/** The pull requests whose head is this branch of the repository itself, the newest first. */
export async function pullsFrom(connection: Connection, branch: string): Promise<readonly PullRequest[]> {
  const { data } = await connection.call(`the pull requests of ${branch}`, ({ pulls }, { owner, repo }) =>
    pulls.list({ owner, repo, state: 'all', head: `${owner}:${branch}`, per_page: PAGE }),
  )
  return data
    .map(pullOf)
    .filter(({ headBranch, own }) => own && headBranch === branch)
    .sort((a, b) => b.number - a.number)
}

function pullOf(raw: RawPull): PullRequest {
  return {
    number: raw.number,
    url: raw.html_url,
    state: raw.state === 'open' ? 'open' : 'closed',
    merged: raw.merged_at !== null,
    head: raw.head.sha,
    headBranch: raw.head.ref,
    base: raw.base.sha,
    baseBranch: raw.base.ref,
    mergeCommit: raw.merge_commit_sha ?? null,
    body: raw.body ?? '',
    own: raw.head.repo?.full_name !== undefined && raw.head.repo.full_name === raw.base.repo?.full_name,
    closedAt: raw.closed_at ?? null,
  }
}
