import { fulfil } from '../../src/declared/catalog/reading.ts'
import { Declarer } from '../../src/declared/declarer.ts'
import type { DeclaredState } from '../../src/declared/declared-state.ts'
import { openRevision } from '../../src/app/open-revision.ts'
import { capabilityTable } from '../../src/runtimes/capability-table.ts'
import type { ReadEntries, Source, SourceSnapshot } from '../../src/source/source.ts'
import type { Catalog } from './catalog-builder.ts'
import type { CallHarness } from './harness-calls.ts'

const commit = '0'.repeat(40)

/** A catalog in memory as a repository with one commit gives it: each read of files is a call of its own. */
class CatalogSource implements Source {
  readonly #catalog: Catalog

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  async open(): Promise<SourceSnapshot> {
    const folder = this.#catalog.folder()
    return {
      revision: `main@sha1:${commit}`,
      commit,
      root: 'models',
      tree: folder.oid,
      committedAt: '2026-01-02T03:04:05.000Z',
      author: 'alice@example.com',
      folder,
      read: this.read,
    }
  }

  readonly read: ReadEntries = async (entries, take) => {
    for (const entry of entries) {
      const file = this.#catalog.files.get(entry.path.slice('models/'.length))
      if (file === undefined) throw new Error(`${entry.path} is not there`)
      take(entry, file.bytes)
    }
  }

  resolve = async (): Promise<string> => commit
  folderAt = async (): Promise<null> => null
  isAncestor = async (): Promise<boolean> => false
  mergeBase = async (): Promise<null> => null
  close = async (): Promise<void> => undefined
}

/** What a catalog declares, read through the source port of a harness as `App` reads a repository. */
export async function readCatalog(catalog: Catalog, harness: CallHarness): Promise<DeclaredState> {
  const source = harness.decorate('source', new CatalogSource(catalog))
  const { snapshot, base } = await openRevision(source, { kind: 'git', revision: 'main' }, null)
  const reading = new Declarer(capabilityTable).declare({
    ...snapshot,
    base,
    now: new Date(snapshot.committedAt ?? 0),
  })
  return fulfil(reading, { revision: source.read, base: source.read })
}
