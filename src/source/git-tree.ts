import { byPath } from './folders.ts'
import type { EntryMode, SourceEntry, SourceFolder } from './source.ts'

interface TreeEntry {
  readonly mode: string
  readonly name: string
  readonly oid: string
}

/** Entries of a raw tree object: `<mode> <name>\0<oid bytes>`, again and again. */
function parseTree(bytes: Buffer, oidBytes: number): TreeEntry[] {
  const entries: TreeEntry[] = []
  let at = 0
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at)
    const nul = bytes.indexOf(0, space)
    entries.push({
      mode: bytes.toString('latin1', at, space),
      name: bytes.toString('utf8', space + 1, nul),
      oid: bytes.toString('hex', nul + 1, nul + 1 + oidBytes),
    })
    at = nul + 1 + oidBytes
  }
  return entries
}

const FOLDER = '40000'
const entryMode = (mode: string): EntryMode =>
  mode === '120000' ? 'symlink' : mode === '160000' ? 'submodule' : 'file'

/** Hands over raw trees one by one, in the order asked. */
export type ReadTrees = (oids: readonly string[], take: (index: number, tree: Buffer) => void) => Promise<void>

/**
 * Reads the folders below one root, level by level. A folder that was there in one of the last listings (same oid
 * at the same path) is given again and nothing below it is read, so that a new revision costs what changed.
 */
export class TreeLister {
  readonly #readTrees: ReadTrees
  /** The newest listing last: a revision and what it is compared with, now and the time before. */
  #known: readonly SourceFolder[] = []

  constructor(readTrees: ReadTrees) {
    this.#readTrees = readTrees
  }

  async list(oid: string, path: string): Promise<SourceFolder> {
    const folder = await this.#build(oid, path)
    this.#known = [...this.#known.filter((each) => each !== folder), folder].slice(-6)
    return folder
  }

  async #build(oid: string, path: string): Promise<SourceFolder> {
    const root: Growing = { path, oid, known: this.#known, entries: [], children: [] }
    let level = [root]
    while (level.length > 0) {
      const fresh = level.filter((each) => reuse(each) === undefined)
      level = []
      const next = level
      await this.#readTrees(
        fresh.map((each) => each.oid),
        (index, tree) => {
          const folder = fresh[index]
          if (folder !== undefined) next.push(...grow(folder, tree))
        },
      )
    }
    return finish(root)
  }
}

interface Growing {
  readonly path: string
  readonly oid: string
  /** Folders of earlier listings at this path. */
  readonly known: readonly SourceFolder[]
  entries: SourceEntry[]
  children: Growing[]
}

function reuse({ known, oid, path }: Growing): SourceFolder | undefined {
  return known.find((folder) => folder.oid === oid && folder.path === path)
}

function grow(folder: Growing, tree: Buffer): Growing[] {
  const earlier = folder.known.map(({ folders }) => new Map(folders.map((each) => [each.path, each])))
  for (const { mode, name, oid } of parseTree(tree, folder.oid.length / 2)) {
    const path = `${folder.path}/${name}`
    if (mode === FOLDER) {
      const known = earlier.flatMap((folders) => folders.get(path) ?? [])
      folder.children.push({ path, oid, known, entries: [], children: [] })
    } else folder.entries.push({ path, mode: entryMode(mode), oid })
  }
  return folder.children
}

function finish(growing: Growing): SourceFolder {
  const known = reuse(growing)
  if (known !== undefined) return known
  const { path, oid, entries, children } = growing
  return { path, oid, entries: entries.sort(byPath), folders: children.map(finish).sort(byPath) }
}
