import type { SourceFolder } from '../../source/source.ts'
import { contentKey, readContent, type Content } from '../compile-document.ts'
import type { CatalogLayout } from './path-rules.ts'
import type { Reading, ReadRequest } from './reading.ts'

export interface BaseRevision {
  readonly folder: SourceFolder
  /** The common ancestor, where the base has gone on since; the base itself where it has not; null without any. */
  readonly fork: SourceFolder | null
}

/** What documents hold, by `contentKey`: what is known is not read again. */
export function* readContents(
  of: ReadRequest['of'],
  documents: CatalogLayout['documents'],
  known: ReadonlyMap<string, Content>,
): Reading<ReadonlyMap<string, Content>> {
  const contents = new Map<string, Content>()
  const missing: CatalogLayout['documents'][number][] = []
  for (const document of documents) {
    const key = contentKey(document.place.kind, document.entry.oid)
    const content = known.get(key)
    if (content === undefined) missing.push(document)
    else contents.set(key, content)
  }
  let next = 0
  const entries = missing.map(({ entry }) => entry)
  const take: ReadRequest['take'] = (entry, bytes) => {
    const kind = missing[next++]?.place.kind
    if (kind !== undefined) contents.set(contentKey(kind, entry.oid), readContent(kind, bytes))
  }
  yield { of, entries, take }
  return contents
}
