import { entriesBelow, findFolder } from '../../source/folders.ts'
import type { SourceEntry, SourceFolder } from '../../source/source.ts'
import { contentKey, documentAt, type CompiledDocument, type Content } from '../compile-document.ts'
import type { CatalogLayout } from './path-rules.ts'
import type { BaseUnit } from '../unit-context.ts'

/** One model's folder at the base revision, where it differs; its documents are still to be read. */
export interface BaseNeeds {
  readonly layout: CatalogLayout
  /** Entries of the base whose bytes differ now, unless only the base has changed since the common ancestor. */
  readonly differing: readonly SourceEntry[]
  readonly paths: ReadonlySet<string>
  readonly forkPaths: ReadonlySet<string>
}

/**
 * What has to be read of the base to compare a model with it; null where the model is the same there. A work tree's
 * folders have names of their own, so that their files are compared.
 */
export function baseNeeds(
  folders: readonly SourceFolder[],
  layout: CatalogLayout,
  base: { readonly folder: SourceFolder; readonly fork: SourceFolder | null },
): BaseNeeds | null {
  const before = folders.map(({ path }) => findFolder(base.folder, path))
  if (folders.every(({ oid }, index) => before[index]?.oid === oid)) return null
  const there = documentsOf(before)
  const now = new Map(layout.documents.map(({ entry }) => [entry.path, entry.oid]))
  const { fork } = base
  const began =
    fork === null || fork === base.folder ? there : documentsOf(folders.map(({ path }) => findFolder(fork, path)))
  const atFork = new Map(began.map(({ path, oid }) => [path, oid]))
  const changed = there.filter(({ path, oid }) => now.has(path) && now.get(path) !== oid)
  // What others corrected meanwhile is not taken back by a change that leaves it alone.
  const differing = changed.filter(({ path }) => now.get(path) !== atFork.get(path))
  if (changed.length === 0 && there.length === now.size && there.every(({ path }) => now.has(path))) return null
  const paths = new Set(there.map(({ path }) => path))
  const forkPaths: ReadonlySet<string> =
    fork === null ? new Set() : fork === base.folder ? paths : new Set(atFork.keys())
  return { layout, differing, paths, forkPaths }
}

function documentsOf(folders: readonly (SourceFolder | null)[]): SourceEntry[] {
  const present = folders.filter((folder) => folder !== null)
  return present.flatMap(entriesBelow).filter(({ path, mode }) => mode === 'file' && path.endsWith('.yaml'))
}

export function baseUnit(needs: BaseNeeds, contents: ReadonlyMap<string, Content>): BaseUnit {
  const documents = new Map<string, CompiledDocument>()
  const places = new Map(needs.layout.documents.map(({ entry, place }) => [entry.path, place]))
  for (const { path, oid } of needs.differing) {
    const place = places.get(path)
    const content = place === undefined ? undefined : contents.get(contentKey(place.kind, oid))
    const document = content === undefined || place === undefined ? null : documentAt(content, place, path, oid)
    if (document !== null) documents.set(path, document)
  }
  return { documents, paths: needs.paths, forkPaths: needs.forkPaths }
}
