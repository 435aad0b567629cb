import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeclaredState } from '../declared/declared-state.ts'
import type { ModelId } from '../domain/names.ts'
import { StewardError } from '../domain/errors.ts'
import { findFolder } from '../source/folders.ts'
import type { Source, SourceFolder } from '../source/source.ts'
import type { App } from './app.ts'

/** Where versions of others may be that this work tree has not: what is merged must not be numbered again. */
const revisions = ['HEAD', 'origin/HEAD', 'origin/main', 'main']

/** The numbers of the model's version files in the work tree, at HEAD and on the main branch, here and at the origin. */
export async function usedVersions(app: App, model: ModelId, signal?: AbortSignal): Promise<readonly number[]> {
  const { source } = await app.repository()
  const path = `${app.options.root}${model}/versions`
  const numbers = new Set<number>()
  for (const folder of await foldersOf(source, signal)) {
    for (const entry of findFolder(folder, path)?.entries ?? []) {
      const number = /\/([1-9][0-9]{0,5})\.yaml$/.exec(entry.path)?.[1]
      if (number !== undefined) numbers.add(Number(number))
    }
  }
  return [...numbers]
}

/**
 * The numbers that the embedded tables of this machine know, where there are any: what was applied from the work tree
 * stands in no commit.
 */
export async function recordedVersions(
  app: App,
  { settings }: DeclaredState,
  model: ModelId,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const embedded = settings?.tables.backend === 'embedded' && app.options.environment.dynamodbEndpoint === undefined
  if (!embedded || (await stat(join(await app.stateDir(), 'store')).catch(() => null)) === null) return []
  const tables = await app.tables(settings)
  const partition = { attribute: 'model', value: model }
  const items = await tables.query('model-registry', { partition }, signal)
  return items.map(({ model_version: number }) => Number(number))
}

/** A revision that does not exist, or has no catalog, has no versions. */
async function foldersOf(source: Source, signal?: AbortSignal): Promise<readonly SourceFolder[]> {
  const folders = await Promise.all(revisions.map((revision) => source.folderAt(revision)))
  const worktree = await source.open({ kind: 'worktree' }, signal).catch((error: unknown) => {
    if (error instanceof StewardError && error.code === 'root_missing') return null
    throw error
  })
  return [...folders, worktree?.folder ?? null].filter((folder) => folder !== null)
}
