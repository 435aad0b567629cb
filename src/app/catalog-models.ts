import { unitOf } from '../declared/catalog/layout.ts'
import type { DeclaredState } from '../declared/declared-state.ts'
import type { ModelId } from '../domain/names.ts'
import { commitOf } from '../domain/revisions.ts'
import { readCheckpoint } from '../recorded/checkpoint.ts'
import type { Item, Tables } from '../recorded/tables.ts'
import { entriesBelow } from '../source/folders.ts'
import type { Repository } from '../source/repository.ts'
import type { Source } from '../source/source.ts'

export interface KnownModels {
  readonly models: readonly ModelId[]
  /** Revisions of the checkpoint that this repository does not have: a model that only they had is not among them. */
  readonly unknown: readonly string[]
}

/**
 * The models of a revision, those of the revisions that were applied last, and those that the history took away. Git
 * says which there were, so that no table has to be scanned.
 */
export async function knownModels(
  { source, deletedPaths }: Pick<Repository, 'source' | 'deletedPaths'>,
  tables: Tables,
  declared: DeclaredState,
  signal: AbortSignal,
): Promise<KnownModels> {
  const applied = await appliedModels(source, declared.root, await readCheckpoint(tables, declared.root, signal))
  const models = new Set<ModelId>([...declared.units.keys(), ...applied.models])
  const from = commitOf(declared.revision) || (await source.resolve('HEAD'))
  if (from !== null) for (const path of await deletedPaths(from)) addModel(models, path, declared.root)
  return { models: [...models].sort(), unknown: applied.unknown }
}

/** The models of the revisions that a checkpoint names, by their paths alone. */
export async function appliedModels(source: Source, root: string, checkpoint: Item | null): Promise<KnownModels> {
  const revisions = [checkpoint?.revision, checkpoint?.last_applied_revision].filter((name) => typeof name === 'string')
  const models = new Set<ModelId>()
  const unknown: string[] = []
  for (const revision of new Set(revisions)) {
    const commit = commitOf(revision)
    const folder = commit === '' ? null : await source.folderAt(commit)
    if (folder === null) unknown.push(revision)
    else for (const { path } of entriesBelow(folder)) addModel(models, path, root)
  }
  return { models: [...models].sort(), unknown }
}

/** The names of a model's documents, by which its items are found. */
export interface DocumentNames {
  readonly versions: ReadonlySet<number>
  readonly deployments: ReadonlySet<string>
}

/** What the revisions of a checkpoint had of each model: it may still be recorded though it is declared no more. */
export async function appliedNames(
  source: Source,
  root: string,
  checkpoint: Item | null,
): Promise<ReadonlyMap<string, DocumentNames>> {
  const names = new Map<string, { versions: Set<number>; deployments: Set<string> }>()
  const revisions = [checkpoint?.revision, checkpoint?.last_applied_revision].map(commitOf)
  for (const commit of new Set(revisions.filter((each) => each !== ''))) {
    const folder = await source.folderAt(commit)
    for (const { path } of folder === null ? [] : entriesBelow(folder)) {
      const match = /^(\/.+)\/(versions|deployments)\/([^/]+)\.yaml$/.exec(path.slice(root.length))
      const [, model = '', kind, name = ''] = match ?? []
      if (match === null) continue
      const known = names.get(model) ?? { versions: new Set(), deployments: new Set() }
      if (kind === 'deployments') known.deployments.add(name)
      else if (/^[1-9]\d*$/.test(name)) known.versions.add(Number(name))
      names.set(model, known)
    }
  }
  return names
}

function addModel(models: Set<ModelId>, path: string, root: string): void {
  const segments = path.slice(root.length + 1).split('/')
  const hidden = segments.some((segment) => /^[_.]/.test(segment))
  const model = hidden || segments.at(-1) !== 'model.yaml' ? null : unitOf(segments)
  if (model !== null) models.add(model)
}
