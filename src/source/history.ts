import { StewardError } from '../domain/errors.ts'
import { runGit } from './run-git.ts'

/** A commit of the first-parent history, with the paths below the root that it changes. */
export interface HistoryCommit {
  readonly commit: string
  readonly subject: string
  readonly paths: readonly string[]
}

/** What a repository tells about commits, beyond the content of one. Each question is one git process, or a few. */
export interface History {
  /** The commits after `from` up to `to`, the oldest first; with `from` null the last few hundred. */
  commits(from: string | null, to: string): Promise<readonly HistoryCommit[]>
  /** The paths below the root in which two commits differ. */
  changedPaths(from: string, to: string): Promise<readonly string[]>
  /** The parents of a commit; those that a shallow clone lacks are named all the same. */
  parents(commit: string): Promise<readonly string[]>
  /** The tree of a commit, that of the whole repository. */
  treeOf(commit: string): Promise<string>
  /** The clone was cut off: what is not there may be in the repository that it was cloned from. */
  isShallow(): Promise<boolean>
  /** Brings a commit from `origin` that the clone lacks; false where that does not give it. */
  fetch(commit: string): Promise<boolean>
  /** Brings the whole history of some commits, as far as `origin` gives it, into a clone that was cut off. */
  complete(commits: readonly string[]): Promise<void>
  /** The commit that merging `head` into `base` gives, made without a work tree; null where they conflict. */
  mergeOf(base: string, head: string): Promise<string | null>
  /** The address of `origin`; null without one. */
  originUrl(): Promise<string | null>
}

/** Commits that are looked at where nothing says what was applied last. */
const FIRST_COMMITS = 300

const OID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/** How to reach `origin` where the clone keeps no credentials: the whole environment of git, which has them. */
export interface GitAuthorization {
  readonly environment: Readonly<Record<string, string | undefined>>
}

export function openHistory(gitDir: string, root: string, authorization: GitAuthorization | null): History {
  const git = (...words: string[]): Promise<string> => runGit(gitDir, words)
  /** Without credentials of ours first: two of them in one request are refused. Fails in silence: what is there tells. */
  const transfer = async (...words: string[]): Promise<void> => {
    const plain = await git(...words).catch(() => null)
    if (plain !== null || authorization === null) return
    await runGit(gitDir, words, authorization.environment).catch(() => '')
  }
  const isShallow = async (): Promise<boolean> => (await git('rev-parse', '--is-shallow-repository')).trim() === 'true'
  return {
    commits: async (from, to) => {
      const range = from === null ? [`--max-count=${FIRST_COMMITS}`, checked(to)] : [`${checked(from)}..${to}`]
      const shown = ['--first-parent', '-m', '--name-only', '--no-renames', '--format=%x00%H%x00%s']
      const listed = await git('-c', 'core.quotePath=false', 'log', ...shown, ...range, '--')
      return parseLog(listed, root).reverse()
    },
    changedPaths: async (from, to) => {
      const words = ['diff-tree', '-r', '-z', '--no-renames', '--name-only', checked(from), checked(to), '--', root]
      return (await git(...words)).split('\0').filter((path) => path !== '')
    },
    parents: async (commit) => {
      const text = await git('cat-file', '-p', checked(commit))
      const [header = ''] = text.split('\n\n', 1)
      return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent]) => parent ?? '')
    },
    treeOf: async (commit) => (await git('rev-parse', '--verify', `${checked(commit)}^{tree}`)).trim(),
    isShallow,
    fetch: async (commit) => {
      if (!OID.test(commit)) return false
      // A depth given to a whole clone would cut it off.
      const depth = (await isShallow()) ? ['--depth=1'] : []
      await transfer('fetch', '--quiet', '--no-tags', ...depth, 'origin', commit)
      return git('cat-file', '-e', `${commit}^{commit}`).then(
        () => true,
        () => false,
      )
    },
    complete: async (commits) => {
      if (!(await isShallow())) return
      await transfer(
        'fetch',
        '--quiet',
        '--no-tags',
        '--unshallow',
        'origin',
        ...commits.filter((each) => OID.test(each)),
      )
    },
    mergeOf: async (base, head) => {
      const tree = await mergedTree(git, checked(base), checked(head))
      if (tree === null) return null
      const identity = ['-c', 'user.name=steward', '-c', 'user.email=steward@localhost', '-c', 'commit.gpgsign=false']
      const made = await git(...identity, 'commit-tree', tree, '-p', base, '-p', head, '-m', 'merge of a pull request')
      return made.trim()
    },
    originUrl: async () => (await git('remote', 'get-url', 'origin').catch(() => '')).trim() || null,
  }
}

/** Commits come from events and tables: none is taken for an option. */
function checked(revision: string): string {
  if (!revision.startsWith('-')) return revision
  throw new StewardError(`${revision} is no commit`, { code: 'revision_unknown', kind: 'user' })
}

/** `merge-tree --write-tree` (git 2.38) fails with what conflicts on its output. */
async function mergedTree(git: (...words: string[]) => Promise<string>, base: string, head: string) {
  try {
    return (await git('merge-tree', '--write-tree', base, head)).trim()
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: unknown } }
    if (cause?.code === 1) return null
    // The clone does not reach back to where they parted.
    throw new StewardError('the checkout is too short to merge the pull request into its base', {
      code: 'history_missing',
      kind: 'user',
      hint: 'Give actions/checkout `fetch-depth: 0`.',
      cause: error,
    })
  }
}

/** NUL, oid, NUL, subject and a line for each path: nothing in a commit can hold a NUL. */
function parseLog(listed: string, root: string): HistoryCommit[] {
  const [, ...parts] = listed.split('\0')
  const found: HistoryCommit[] = []
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [subject = '', ...paths] = (parts[at + 1] ?? '').split('\n')
    found.push({ commit: parts[at] ?? '', subject, paths: paths.filter((path) => path.startsWith(`${root}/`)) })
  }
  return found
}
