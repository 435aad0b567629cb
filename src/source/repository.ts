import { readFile, realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { errorMessage, StewardError } from '../domain/errors.ts'
import { GitSource } from './git-source.ts'
import { openHistory, type GitAuthorization, type History } from './history.ts'
import { runGit } from './run-git.ts'
import type { Source } from './source.ts'
import { WorktreeSource } from './worktree-source.ts'

export interface Repository {
  /** Absolute path of the work tree's top folder; the git folder itself for a bare repository. */
  readonly top: string
  readonly gitDir: string
  readonly source: Source
  readonly history: History
  /**
   * The paths below the root that a commit of the history took away, as far as this clone has it. Unlike everything
   * else here it costs what the history holds.
   */
  deletedPaths(revision: string): Promise<readonly string[]>
}

interface Place {
  readonly top: string
  readonly gitDir: string
  readonly bare: boolean
  readonly algorithm: 'sha1' | 'sha256'
}

const facts = [
  '--is-bare-repository',
  '--is-inside-work-tree',
  '--show-object-format',
  '--show-cdup',
  '--absolute-git-dir',
]

async function locate(folder: string): Promise<Place> {
  try {
    const answer = await runGit(folder, ['rev-parse', ...facts])
    const [bare, inside, format, ...rest] = answer.replace(/\r?\n$/, '').split('\n')
    // A bare repository has no way up. The folder comes last, since its name may hold anything.
    const up = bare === 'true' ? '' : (rest.shift() ?? '')
    const gitDir = rest.join('\n')
    if (bare !== 'true' && inside !== 'true') throw new Error('this folder is in no work tree')
    const algorithm = format === 'sha256' ? 'sha256' : 'sha1'
    return {
      top: bare === 'true' ? gitDir : await realpath(join(folder, up)),
      gitDir,
      bare: bare === 'true',
      algorithm,
    }
  } catch (error) {
    throw new StewardError(`${folder} is in no Git repository that can be read: ${errorMessage(error).trim()}`, {
      code: 'repository_missing',
      kind: 'user',
      hint: 'Run `git init` there, or name a repository with --repo.',
      cause: error,
    })
  }
}

/** Opens the local repository that holds `folder`. `root` is the catalog's folder within it. */
export async function openRepository(
  folder: string,
  root: string,
  authorization: GitAuthorization | null = null,
): Promise<Repository> {
  await requireFolder(folder)
  const { top, gitDir, bare, algorithm } = await locate(resolve(folder))
  const gitSource = new GitSource({ gitDir, root, headBranch: () => headBranch(gitDir) })
  const listFiles = async (below: string): Promise<string[]> => {
    if (bare) throw noWorktree(top)
    const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', below]
    const listed = await runGit(top, ['--literal-pathspecs', ...words])
    // Git writes an untracked repository inside this one with a slash at its end.
    return listed.split('\0').flatMap((path) => (path === '' ? [] : [path.replace(/\/$/, '')]))
  }
  const worktree = new WorktreeSource({ top, root, algorithm, listFiles })
  const source: Source = {
    open: (request) => (request.kind === 'git' ? gitSource.open(request.revision) : worktree.open()),
    resolve: (revision) => gitSource.resolve(revision),
    folderAt: (revision) => gitSource.folderAt(revision),
    read: (entries, take) => gitSource.read(entries, take),
    // `merge-base` names the best common ancestor: an ancestor is its own.
    isAncestor: async (ancestor, descendant) => (await mergeBase(gitDir, ancestor, descendant)) === ancestor,
    mergeBase: (a, b) => mergeBase(gitDir, a, b),
    close: () => gitSource.close(),
  }
  const history = openHistory(gitDir, root, authorization)
  return { top, gitDir, source, history, deletedPaths: (revision) => deletedPaths(gitDir, root, revision) }
}

async function deletedPaths(gitDir: string, root: string, revision: string): Promise<readonly string[]> {
  const words = ['log', '-z', '--format=', '--no-renames', '--name-only', '--diff-filter=D', '--end-of-options']
  const listed = await runGit(gitDir, ['--literal-pathspecs', ...words, revision, '--', root])
  return [...new Set(listed.split('\0'))].filter((path) => path !== '')
}

/** The branch that HEAD names; null where it names a commit. Refs that are kept elsewhere are asked of git. */
async function headBranch(gitDir: string): Promise<string | null> {
  const head = await readFile(join(gitDir, 'HEAD'), 'utf8').catch(() => '')
  const branch = /^ref: refs\/heads\/(.+)\n$/.exec(head)?.[1]
  if (branch !== undefined && branch !== '.invalid') return branch
  const name = await runGit(gitDir, ['symbolic-ref', '-q', '--short', 'HEAD']).catch(() => '')
  return name.trim() === '' ? null : name.trim()
}

/** Git fails where one of the two is unknown, and where they have no common ancestor. */
async function mergeBase(gitDir: string, a: string, b: string): Promise<string | null> {
  const base = await runGit(gitDir, ['merge-base', a, b]).catch(() => '')
  return base.trim() === '' ? null : base.trim()
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null)
  if (found?.isDirectory() === true) return
  throw new StewardError(`there is no folder ${folder}`, {
    code: 'repository_missing',
    kind: 'user',
    hint: 'Name a Git repository with --repo.',
  })
}

function noWorktree(top: string): StewardError {
  return new StewardError(`${top} is a bare repository and has no work tree`, {
    code: 'worktree_missing',
    kind: 'user',
    hint: 'Name a revision with --rev.',
  })
}
