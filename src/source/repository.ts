import { resolve } from 'node:path'
import type { SimpleGit } from 'simple-git'
import { errorMessage, StewardError } from '../domain/errors.ts'
import { GitSource } from './git-source.ts'
import type { Source } from './source.ts'
import { WorktreeSource } from './worktree-source.ts'

export interface Repository {
  /** Absolute path of the work tree's top folder; the git folder itself for a bare repository. */
  readonly top: string
  readonly gitDir: string
  readonly source: Source
}

interface Place {
  readonly top: string
  readonly gitDir: string
  readonly bare: boolean
  readonly algorithm: 'sha1' | 'sha256'
}

async function locate(git: SimpleGit, folder: string): Promise<Place> {
  try {
    const ask = async (...flags: string[]): Promise<string> =>
      (await git.raw(['rev-parse', ...flags])).replace(/\r?\n$/, '')
    const [facts, gitDir] = await Promise.all([
      ask('--is-bare-repository', '--show-object-format'),
      ask('--absolute-git-dir'),
    ])
    const [bare, format] = facts.split(/\r?\n/)
    const isBare = bare === 'true'
    const algorithm = format === 'sha256' ? 'sha256' : 'sha1'
    return { top: isBare ? gitDir : await ask('--show-toplevel'), gitDir, bare: isBare, algorithm }
  } catch (error) {
    const text = errorMessage(error).trim()
    throw new StewardError(`${folder} is in no Git repository that can be read: ${text}`, {
      code: 'repository_missing',
      kind: 'user',
      hint: 'Run `git init` there, or name a repository with --repo.',
      cause: error,
    })
  }
}

/** Opens the local repository that holds `folder`. `root` is the catalog's folder within it. */
export async function openRepository(folder: string, root: string): Promise<Repository> {
  const git = await openGit(resolve(folder))
  const { top, gitDir, bare, algorithm } = await locate(git, folder)
  const topGit = bare ? git : await openGit(top)
  const headBranch = async (): Promise<string | null> => {
    const name = await topGit.raw(['symbolic-ref', '-q', '--short', 'HEAD']).catch(() => '')
    return name.trim() === '' ? null : name.trim()
  }
  const gitSource = new GitSource({ gitDir, root, headBranch })
  const listFiles = async (below: string): Promise<string[]> => {
    if (bare) throw noWorktree(top)
    const arguments_ = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', below]
    const listed = await topGit.raw(['--literal-pathspecs', ...arguments_])
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
    isAncestor: async (ancestor, descendant) => (await mergeBase(topGit, ancestor, descendant)) === ancestor,
    mergeBase: (a, b) => mergeBase(topGit, a, b),
    close: () => gitSource.close(),
  }
  return { top, gitDir, source }
}

/** Git fails where one of the two is unknown, and where they have no common ancestor. */
async function mergeBase(git: SimpleGit, a: string, b: string): Promise<string | null> {
  const base = await git.raw(['merge-base', a, b]).catch(() => '')
  return base.trim() === '' ? null : base.trim()
}

function noWorktree(top: string): StewardError {
  return new StewardError(`${top} is a bare repository and has no work tree`, {
    code: 'worktree_missing',
    kind: 'user',
    hint: 'Name a revision with --rev.',
  })
}

async function openGit(folder: string): Promise<SimpleGit> {
  const { simpleGit } = await import('simple-git')
  try {
    return simpleGit({ baseDir: folder })
  } catch (error) {
    throw new StewardError(`there is no folder ${folder}`, {
      code: 'repository_missing',
      kind: 'user',
      hint: 'Name a Git repository with --repo.',
      cause: error,
    })
  }
}
