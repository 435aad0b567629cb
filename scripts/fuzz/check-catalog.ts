import { Declarer } from '../../src/declared/declarer.ts'
import { capabilityTable } from '../../src/runtimes/capability-table.ts'
import type { Catalog } from '../../test/support/catalog-builder.ts'

/** Judges a whole catalog as `steward validate` does; gives what is wrong with the product, or null. */
export function checkCatalog(given: Catalog, base: Catalog | null): string | null {
  try {
    const reading = new Declarer(capabilityTable).check({
      ...{ revision: 'worktree', root: 'models', tree: 'tree', committedAt: null, author: null },
      folder: given.folder(),
      base: base === null ? null : { folder: base.folder(), fork: base.folder() },
      now: new Date('2026-01-02T03:04:05.000Z'),
    })
    for (;;) {
      const step = reading.next()
      if (step.done === true) return null
      const { of, entries, take } = step.value
      const files = of === 'base' ? base?.files : given.files
      for (const entry of entries)
        take(entry, files?.get(entry.path.slice('models/'.length))?.bytes ?? new Uint8Array())
    }
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}
