import type { CatFile } from './cat-file.ts'
import type { EntryMode, SourceEntry } from './source.ts'

interface TreeEntry {
  readonly mode: string
  readonly name: string
  readonly oid: string
}

/** Entries of a raw tree object: `<mode> <name>\0<oid bytes>`, again and again. */
export function parseTree(bytes: Buffer, oidBytes: number): TreeEntry[] {
  const entries: TreeEntry[] = []
  let at = 0
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at)
    const nul = bytes.indexOf(0, space)
    entries.push({
      mode: bytes.subarray(at, space).toString('latin1'),
      name: bytes.subarray(space + 1, nul).toString('utf8'),
      oid: bytes.subarray(nul + 1, nul + 1 + oidBytes).toString('hex'),
    })
    at = nul + 1 + oidBytes
  }
  return entries
}

const FOLDER = '40000'
const entryMode = (mode: string): EntryMode =>
  mode === '120000' ? 'symlink' : mode === '160000' ? 'submodule' : 'file'

/**
 * Lists trees below one root. A subtree that was seen before (same oid at the same path) is not read again, so that
 * listing a new revision costs what changed, not what is there.
 */
export class TreeLister {
  readonly #catFile: CatFile
  #seen = new Map<string, readonly SourceEntry[]>()

  constructor(catFile: CatFile) {
    this.#catFile = catFile
  }

  async list(oid: string, path: string): Promise<readonly SourceEntry[]> {
    const fresh = new Map<string, readonly SourceEntry[]>()
    const entries = await this.#walk(oid, path, fresh)
    this.#seen = fresh
    return entries.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  }

  async #walk(oid: string, path: string, fresh: Map<string, readonly SourceEntry[]>): Promise<SourceEntry[]> {
    const key = `${oid} ${path}`
    const children = this.#seen.get(key) ?? (await this.#read(oid, path))
    fresh.set(key, children)
    const below = await Promise.all(
      children.map((child) =>
        child.mode === 'file' && child.oid.startsWith('tree:')
          ? this.#walk(child.oid.slice('tree:'.length), child.path, fresh)
          : [child],
      ),
    )
    return below.flat()
  }

  async #read(oid: string, path: string): Promise<readonly SourceEntry[]> {
    const tree = await this.#catFile.need(oid)
    return parseTree(tree.bytes, oid.length / 2).map(({ mode, name, oid: child }) => ({
      path: `${path}/${name}`,
      mode: entryMode(mode),
      oid: mode === FOLDER ? `tree:${child}` : child,
    }))
  }
}
