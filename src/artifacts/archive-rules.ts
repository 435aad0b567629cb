import { posix } from 'node:path'
import { StewardError } from '../domain/errors.ts'

export interface ArchiveLimits {
  readonly maxEntries: number
  /** Bytes after decompression, the archive's own headers included. */
  readonly maxBytes: number
}

export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = { maxEntries: 100_000, maxBytes: 32 * 1024 ** 3 }

export interface ArchiveEntry {
  readonly path: string
  readonly type: string
  readonly linkpath: string | undefined
}

const FILE_TYPES: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile'])

function unsafe(entry: ArchiveEntry, why: string): StewardError {
  return new StewardError(`the archive's entry ${JSON.stringify(entry.path)} ${why}`, {
    code: 'archive_unsafe',
    kind: 'user',
    hint: 'Pack the files of one folder, with links only to files inside it.',
  })
}

function nameProblem(name: string): string | null {
  if (name.includes('\0')) return 'has a NUL character in its name'
  if (name.includes('\\')) return 'has a backslash in its name'
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return 'has an absolute path'
  return null
}

/** Two names that some file system takes for one are one. */
const folded = (path: string): string => path.normalize('NFC').toLowerCase()

/** Every proper parent of a path, the nearest last: `a/b/c` has `a` and `a/b`. */
function parentsOf(path: string): readonly string[] {
  const segments = path.split('/')
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'))
}

/** `./a//b/` is `a/b`; the folder itself is the empty text. */
export function plainPath(path: string): string {
  return path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/')
}

type Kind = 'file' | 'folder' | 'link'

/**
 * Judges the entries of one archive in their order. Sound by induction: every folder that an entry lies in is a real
 * one, so leading `..` of a link's target count from where the text says, and every link on the way points inside too.
 */
export class ArchiveRules {
  readonly #kinds = new Map<string, Kind>()
  readonly #links = new Set<string>()

  /** The entry's place below the folder; the empty text for the folder itself. */
  check(entry: ArchiveEntry): string {
    const problem = nameProblem(entry.path)
    if (problem !== null) throw unsafe(entry, problem)
    if (entry.path.split('/').includes('..')) throw unsafe(entry, 'has a ".." in its path')
    const path = plainPath(entry.path)
    for (const parent of parentsOf(path)) {
      if (this.#links.has(folded(parent))) throw unsafe(entry, `passes through the link ${JSON.stringify(parent)}`)
      if (this.#kinds.get(parent) === 'file') throw unsafe(entry, `lies below the file ${JSON.stringify(parent)}`)
      this.#kinds.set(parent, 'folder')
    }
    if (this.#links.has(folded(path))) throw unsafe(entry, 'stands where a link already is')
    const kind = this.#kindOf(entry, path)
    const there = path === '' ? 'folder' : this.#kinds.get(path)
    if (there !== undefined && (there !== kind || kind === 'link')) {
      throw unsafe(entry, `is a ${kind} in the place of another entry`)
    }
    this.#kinds.set(path, kind)
    if (kind === 'link') this.#links.add(folded(path))
    return path
  }

  #kindOf(entry: ArchiveEntry, path: string): Kind {
    if (FILE_TYPES.has(entry.type)) return 'file'
    if (entry.type === 'Directory') return 'folder'
    if (entry.type === 'Link') this.#checkHardLink(entry)
    else if (entry.type === 'SymbolicLink') checkSymbolicLink(entry, path)
    else throw unsafe(entry, `is no file, folder or link (${entry.type})`)
    return 'link'
  }

  #checkHardLink(entry: ArchiveEntry): void {
    const target = entry.linkpath ?? ''
    const inside = nameProblem(target) === null && !target.split('/').includes('..')
    if (!inside) throw unsafe(entry, `is a hard link that leaves the folder (${JSON.stringify(target)})`)
    if (this.#kinds.get(plainPath(target)) !== 'file') {
      throw unsafe(entry, `is a hard link to no file before it (${JSON.stringify(target)})`)
    }
  }
}

function checkSymbolicLink(entry: ArchiveEntry, path: string): void {
  const target = entry.linkpath ?? ''
  const shown = JSON.stringify(target)
  if (target === '' || nameProblem(target) !== null) throw unsafe(entry, `is a link with the target ${shown}`)
  const resolved = posix.join(posix.dirname(path), target)
  if (resolved === '..' || resolved.startsWith('../'))
    throw unsafe(entry, `is a link that leaves the folder (${shown})`)
  const segments = target.split('/').filter((segment) => segment !== '' && segment !== '.')
  const firstName = segments.findIndex((segment) => segment !== '..')
  // After a name, which may be a link itself, `..` does not mean the folder that the text says.
  if (firstName >= 0 && segments.lastIndexOf('..') > firstName) {
    throw unsafe(entry, `is a link whose target has ".." after a name (${shown})`)
  }
}
