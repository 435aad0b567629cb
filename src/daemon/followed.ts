import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { errorMessage } from '../domain/errors.ts'
import type { RevisionRequest } from '../source/source.ts'

/** Editors write in several steps: a change is told when nothing followed for so long. */
const QUIET_MS = 100

/** What a daemon follows. Looking is the guarantee; a change that is told only makes it look at once. */
export interface Followed {
  readonly request: RevisionRequest
  /** Names what is there now: equal marks, nothing new. Null where there is nothing yet. */
  mark(): Promise<string | null>
  /** Aborted at the next change that is told; at once where one was told since the last mark. */
  nextChange(): AbortSignal
  close(): Promise<void>
}

/** A branch: one read of a ref at each look. */
export function followBranch(app: App, branch: string): Followed {
  return {
    request: { kind: 'git', revision: branch },
    mark: async () => (await app.repository()).source.resolve(branch),
    nextChange: () => new AbortController().signal,
    close: async () => undefined,
  }
}

/** The work tree as it is, for local work: files are read again where they changed. */
export async function followWorktree(app: App, log: (text: string) => void): Promise<Followed> {
  const { watch } = await import('chokidar')
  const { top, source } = await app.repository()
  const folder = join(top, app.options.root)
  let changed = new AbortController()
  let quiet: NodeJS.Timeout | undefined
  const watcher = watch(folder, { ignoreInitial: true, followSymlinks: false })
  watcher.on('all', () => {
    clearTimeout(quiet)
    quiet = setTimeout(() => changed.abort(), QUIET_MS)
  })
  watcher.on('error', (error) => log(`watching ${folder}: ${errorMessage(error)}; it is looked at in intervals`))
  return {
    request: { kind: 'worktree' },
    mark: async () => {
      if (changed.signal.aborted) changed = new AbortController()
      // HEAD is what the documents are compared with.
      return `${(await source.open({ kind: 'worktree' })).revision} ${(await source.resolve('HEAD')) ?? ''}`
    },
    nextChange: () => changed.signal,
    close: async () => {
      clearTimeout(quiet)
      await watcher.close()
    },
  }
}
