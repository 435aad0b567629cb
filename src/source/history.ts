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
  /** The commits after `from` up to `to`, the oldest first; with `from` null only `to` itself. */
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
  /** The commit that merging `head` into `base` gives, made without a work tree; null where they conflict. */
  mergeOf(base: string, head: string): Promise<string | null>
  /** The address of `origin`; null without one. */
  originUrl(): Promise<string | null>
}

const OID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

export function openHistory(gitDir: string, root: string): History {
  const git = (...words: string[]): Promise<string> => runGit(gitDir, words)
  const isShallow = async (): Promise<boolean> => (await git('rev-parse', '--is-shallow-repository')).trim() === 'true'
  return {
    commits: async (from, to) => {
      const range = from === null ? ['--max-count=1', checked(to)] : [`${checked(from)}..${to}`]
      const shown = ['--first-parent', '-m', '--name-only', '--no-renames', '--format=%x01%H %s']
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
      await git('fetch', '--quiet', '--no-tags', ...depth, 'origin', commit).catch(() => '')
      return git('cat-file', '-e', `${commit}^{commit}`).then(
        () => true,
        () => false,
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
    throw error
  }
}

function parseLog(listed: string, root: string): HistoryCommit[] {
  return listed.split('\u0001').flatMap((block) => {
    const [first = '', ...paths] = block.split('\n')
    const [, commit, subject = ''] = /^([0-9a-f]{40,64}) (.*)$/.exec(first) ?? []
    return commit === undefined ? [] : [{ commit, subject, paths: paths.filter((path) => path.startsWith(`${root}/`)) }]
  })
}
