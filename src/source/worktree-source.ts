import { createHash } from 'node:crypto'
import { closeSync, lstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, StewardError } from '../domain/errors.ts'
import type { EntryMode, SourceEntry, SourceSnapshot } from './source.ts'

/** The largest file that is read; a document's own limit is smaller and gets its own diagnostic. */
const MAX_FILE_BYTES = 4 * 1024 * 1024

interface WorktreeFile extends SourceEntry {
  readonly bytes: Uint8Array
}

function readEntry(top: string, path: string): WorktreeFile | null {
  const absolute = join(top, path)
  let stats
  try {
    stats = lstatSync(absolute)
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null // deleted, not yet in the index
    throw error
  }
  const mode: EntryMode = stats.isSymbolicLink() ? 'symlink' : stats.isDirectory() ? 'submodule' : 'file'
  // Synchronous: six times faster than asynchronous reads for small files.
  const wanted = stats.isFile() && path.endsWith('.yaml')
  const bytes = wanted ? readStart(absolute, Math.min(stats.size, MAX_FILE_BYTES)) : new Uint8Array()
  const name = wanted ? bytes : `${mode} ${path}` // never read, so that only what it is matters
  return { path, mode, oid: `sha256-${createHash('sha256').update(name).digest('hex')}`, bytes }
}

function readStart(file: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const opened = openSync(file, 'r')
  try {
    let at = 0
    for (let read = -1; at < length && read !== 0; at += read) read = readSync(opened, bytes, at, length - at, at)
    return bytes.subarray(0, at)
  } finally {
    closeSync(opened)
  }
}

/**
 * The work tree as it is: tracked files and untracked ones that are not ignored (`listFiles` asks git for both).
 * The digest in the revision is over the paths and bytes of the documents.
 */
export async function openWorktree(options: {
  readonly top: string
  readonly root: string
  readonly listFiles: (root: string) => Promise<readonly string[]>
}): Promise<SourceSnapshot> {
  const { top, root } = options
  const paths = [...new Set(await options.listFiles(root))].sort()
  const files = paths.map((path) => readEntry(top, path)).filter((file) => file !== null)
  if (files.length === 0 || files.some(({ path }) => path === root)) {
    throw new StewardError(`the work tree has no file below ${root}/`, {
      code: 'root_missing',
      kind: 'user',
      hint: 'Name the catalog’s folder with --root.',
    })
  }
  const documents = files.filter(({ path, mode }) => mode !== 'file' || /\.ya?ml$/i.test(path))
  const hash = createHash('sha256')
  for (const { path, mode, oid } of documents) hash.update(`${mode} ${oid} ${path}\n`)
  const digest = hash.digest('hex')
  const byOid = new Map(files.map(({ oid, bytes }) => [oid, bytes]))
  return {
    revision: `worktree@sha256:${digest}`,
    commit: null,
    root,
    tree: `worktree:${digest}`,
    committedAt: null,
    author: null,
    entries: files.map(({ path, mode, oid }) => ({ path, mode, oid })),
    read: async (entries) => new Map(entries.map(({ oid }) => [oid, byOid.get(oid) ?? new Uint8Array()])),
  }
}
