import type { Connection } from './connection.ts'
import { statusOf } from './connection.ts'
import { pullsFrom, type PullRequest } from './pull-requests.ts'

/** One commit on a branch of its own, with its pull request. */
export interface ChangeRequest {
  readonly branch: string
  readonly baseBranch: string
  /** The commit that it is made on, and the tree of that one. */
  readonly base: string
  readonly baseTree: string
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly message: string
  readonly title: string
  /** The body, given the commit: it names it. */
  readonly body: (commit: string) => string
}

/** The branch that pull requests of this kind go into, and where it stands. */
export async function defaultBranch(
  connection: Connection,
): Promise<{ readonly name: string; readonly commit: string }> {
  const { data } = await connection.call('the repository', ({ repos }, place) => repos.get(place))
  const name = data.default_branch
  return { name, commit: await tipOf(connection, name) }
}

/** The commit at the end of a branch. */
export async function tipOf(connection: Connection, branch: string): Promise<string> {
  const { data } = await connection.call(`the branch ${branch}`, ({ git }, place) =>
    git.getRef({ ...place, ref: `heads/${branch}` }),
  )
  return data.object.sha
}

/**
 * Makes the commit through the Git data API, without a clone that is pushed. Neither author nor committer is named: then
 * GitHub signs it for an App (docs.github.com, "Signature verification for bots").
 */
async function commitOf(connection: Connection, request: ChangeRequest): Promise<string> {
  const { base, baseTree, files, message } = request
  const tree = files.map(({ path, text }) => ({ path, mode: '100644' as const, type: 'blob' as const, content: text }))
  const made = await connection.call('the tree of the commit', ({ git }, place) =>
    git.createTree({ ...place, base_tree: baseTree, tree }),
  )
  const commit = await connection.call('the commit', ({ git }, place) =>
    git.createCommit({ ...place, message, tree: made.data.sha, parents: [base] }),
  )
  return commit.data.sha
}

/** Opens the pull request, or brings the open one of the same branch to this. */
export async function putChangeRequest(
  connection: Connection,
  request: ChangeRequest,
  open: PullRequest | null,
): Promise<{ readonly number: number; readonly url: string; readonly commit: string }> {
  const { branch, baseBranch, title, body } = request
  const commit = await commitOf(connection, request)
  await putBranch(connection, branch, commit)
  const text = { title, body: body(commit) }
  const found = open ?? (await createPull(connection, { branch, baseBranch, ...text }))
  if (open !== null) {
    await connection.call(`pull request #${open.number}`, ({ pulls }, place) =>
      pulls.update({ ...place, pull_number: open.number, ...text }),
    )
  }
  return { number: found.number, url: found.url, commit }
}

async function putBranch(connection: Connection, branch: string, commit: string): Promise<void> {
  try {
    await connection.call(`the branch ${branch}`, ({ git }, place) =>
      git.createRef({ ...place, ref: `refs/heads/${branch}`, sha: commit }),
    )
  } catch (error) {
    // It is there already, of an earlier proposal or of a call whose answer was lost.
    if (statusOf(error) !== 422) throw error
    await connection.call(`the branch ${branch}`, ({ git }, place) =>
      git.updateRef({ ...place, ref: `heads/${branch}`, sha: commit, force: true }),
    )
  }
}

/** GitHub allows one open pull request a branch: where the answer is lost, the second try finds the first. */
async function createPull(
  connection: Connection,
  { branch, baseBranch, title, body }: { branch: string; baseBranch: string; title: string; body: string },
): Promise<Pick<PullRequest, 'number' | 'url'>> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { data } = await connection.call('the pull request', ({ pulls }, place) =>
        pulls.create({ ...place, head: branch, base: baseBranch, title, body, request: { retries: 0 } }),
      )
      return { number: data.number, url: data.html_url }
    } catch (error) {
      const status = statusOf(error)
      if (status !== null && status !== 422 && status < 500) throw error
      const found = (await pullsFrom(connection, branch)).find(({ state }) => state === 'open')
      if (found !== undefined) return found
      if (status === 422 || tries > 1) throw error
    }
  }
}
