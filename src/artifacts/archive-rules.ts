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
function plainPath(path: string): string {
  return path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/')
}

/**
 * Judges the entries of one archive in their order. Sound by induction: every folder that an entry lies in is a real
 * one, so leading `..` of a link's target count from where the text says, and every link on the way points inside too.
 */
export class ArchiveRules {
  readonly #files = new Set<string>()
  readonly #links = new Set<string>()
  readonly #used = new Set<string>()

  check(entry: ArchiveEntry): void {
    const problem = nameProblem(entry.path)
    if (problem !== null) throw unsafe(entry, problem)
    if (entry.path.split('/').includes('..')) throw unsafe(entry, 'has a ".." in its path')
    const path = folded(plainPath(entry.path))
    if (this.#links.has(path)) throw unsafe(entry, 'stands where a link already is')
    for (const parent of parentsOf(path)) {
      if (this.#links.has(parent)) throw unsafe(entry, `passes through the link ${JSON.stringify(parent)}`)
      this.#used.add(parent)
    }
    this.#record(entry, path)
    this.#used.add(path)
  }

  #record(entry: ArchiveEntry, path: string): void {
    if (FILE_TYPES.has(entry.type)) {
      if (path === '') throw unsafe(entry, 'is a file without a name')
      this.#files.add(path)
    } else if (entry.type === 'SymbolicLink' || entry.type === 'Link') {
      if (path === '' || this.#used.has(path)) throw unsafe(entry, 'is a link in the place of another entry')
      if (entry.type === 'Link') this.#checkHardLink(entry)
      else this.#checkSymbolicLink(entry, path)
      this.#links.add(path)
    } else if (entry.type !== 'Directory') {
      throw unsafe(entry, `is no file, folder or link (${entry.type})`)
    }
  }

  #checkHardLink(entry: ArchiveEntry): void {
    const target = entry.linkpath ?? ''
    const inside = nameProblem(target) === null && !target.split('/').includes('..')
    if (!inside) throw unsafe(entry, `is a hard link that leaves the folder (${JSON.stringify(target)})`)
    if (!this.#files.has(folded(plainPath(target)))) {
      throw unsafe(entry, `is a hard link to no file before it (${JSON.stringify(target)})`)
    }
  }

  #checkSymbolicLink(entry: ArchiveEntry, path: string): void {
    const target = entry.linkpath ?? ''
    const shown = JSON.stringify(target)
    if (target === '' || nameProblem(target) !== null) throw unsafe(entry, `is a link with the target ${shown}`)
    const resolved = posix.join(posix.dirname(path), target)
    if (resolved === '..' || resolved.startsWith('../'))
      throw unsafe(entry, `is a link that leaves the folder (${shown})`)
    const segments = target.split('/').filter((segment) => segment !== '' && segment !== '.')
    // After a name, which may be a link itself, `..` does not mean the folder that the text says.
    if (
      segments.lastIndexOf('..') > segments.findIndex((segment) => segment !== '..') &&
      segments.some((s) => s !== '..')
    ) {
      throw unsafe(entry, `is a link whose target has ".." after a name (${shown})`)
    }
  }
}
