import type { SourceEntry, SourceFolder } from '../source/source.ts'
import { contentKey, readContent, type Content } from './compile-document.ts'
import type { CatalogLayout } from './path-rules.ts'

/** Hands over the bytes of files one by one, in the order asked. */
export type ReadEntries = (
  entries: readonly SourceEntry[],
  take: (entry: SourceEntry, bytes: Uint8Array) => void,
) => Promise<void>

export interface BaseRevision {
  readonly folder: SourceFolder
  /** The common ancestor, where the base has gone on since; the base itself where it has not; null without any. */
  readonly fork: SourceFolder | null
  readonly read: ReadEntries
}

/** What documents hold, by `contentKey`: what is known is not read again. */
export async function readContents(
  read: ReadEntries,
  documents: CatalogLayout['documents'],
  known: ReadonlyMap<string, Content>,
): Promise<ReadonlyMap<string, Content>> {
  const contents = new Map<string, Content>()
  const missing: CatalogLayout['documents'][number][] = []
  for (const document of documents) {
    const key = contentKey(document.place.kind, document.entry.oid)
    const content = known.get(key)
    if (content === undefined) missing.push(document)
    else contents.set(key, content)
  }
  let next = 0
  await read(
    missing.map(({ entry }) => entry),
    (entry, bytes) => {
      const kind = missing[next++]?.place.kind
      if (kind !== undefined) contents.set(contentKey(kind, entry.oid), readContent(kind, bytes))
    },
  )
  return contents
}
