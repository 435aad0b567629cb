import { StewardError } from '../domain/errors.ts'
import type { ModelId } from '../domain/names.ts'
import type { RevisionRequest } from '../source/source.ts'
import type { App } from './app.ts'

/** Where versions of others may be that this work tree has not: what is merged must not be numbered again. */
const revisions: readonly RevisionRequest[] = [
  { kind: 'worktree' },
  ...['HEAD', 'origin/HEAD', 'origin/main', 'main'].map((revision) => ({ kind: 'git' as const, revision })),
]

/** The numbers of the model's version files in the work tree, at HEAD and on the main branch, here and at the origin. */
export async function usedVersions(app: App, model: ModelId, signal?: AbortSignal): Promise<readonly number[]> {
  const { source } = await app.repository()
  const folder = `${app.options.root}${model}/versions/`
  const numbers = new Set<number>()
  for (const revision of revisions) {
    const paths = await pathsAt(source.open(revision, signal))
    for (const path of paths) {
      const number = /^([1-9][0-9]{0,5})\.yaml$/.exec(path.startsWith(folder) ? path.slice(folder.length) : '')?.[1]
      if (number !== undefined) numbers.add(Number(number))
    }
  }
  return [...numbers]
}

/** Empty where the revision does not exist or has no catalog. */
async function pathsAt(opened: Promise<{ readonly entries: readonly { readonly path: string }[] }>) {
  try {
    return (await opened).entries.map(({ path }) => path)
  } catch (error) {
    if (error instanceof StewardError && ['revision_unknown', 'root_missing'].includes(error.code)) return []
    throw error
  }
}
