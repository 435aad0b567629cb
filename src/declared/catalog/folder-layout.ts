import { entriesBelow } from '../../source/folders.ts'
import type { SourceFolder } from '../../source/source.ts'
import { checkPaths, type CatalogLayout } from './path-rules.ts'

/** What one folder of namespaces holds, by the paths alone. */
export interface FolderLayout {
  /** What stands directly in it. */
  readonly own: CatalogLayout
  /** Each the folder of a model, or several whose names differ only by case and are looked at together. */
  readonly groups: readonly (readonly SourceFolder[])[]
  /** Folders of further namespaces and models. */
  readonly namespaces: readonly SourceFolder[]
}

const unitFiles = /^(?:model|training)\.ya?ml$/i
const unitFolders: ReadonlySet<string> = new Set(['versions', 'deployments', 'approvals'])

export function layoutOf(folder: SourceFolder, root: string): FolderLayout {
  const below = folder.folders.filter(({ path }) => !nameOf(path).startsWith('_'))
  const byFolded = Map.groupBy(below, ({ path }) => path.toLowerCase())
  const groups: SourceFolder[][] = []
  const namespaces: SourceFolder[] = []
  for (const alike of byFolded.values()) {
    const [first] = alike
    if (first !== undefined && alike.length === 1 && !isModelFolder(first)) namespaces.push(first)
    else groups.push(alike)
  }
  return { own: checkPaths(folder.entries, root), groups, namespaces }
}

/** The layout of the folders of one group. */
export function groupLayout(folders: readonly SourceFolder[], root: string): CatalogLayout {
  return checkPaths(folders.flatMap(entriesBelow), root)
}

function isModelFolder({ entries, folders }: SourceFolder): boolean {
  return (
    entries.some(({ path }) => unitFiles.test(nameOf(path))) ||
    folders.some(({ path }) => unitFolders.has(nameOf(path)))
  )
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
