import { closeSync, linkSync, mkdirSync, openSync, rmSync, symlinkSync, writeSync } from 'node:fs'
import { lstat, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StewardError } from '../domain/errors.ts'
import { DEFAULT_ARCHIVE_LIMITS, plainPath, type ArchiveLimits } from './archive-rules.ts'
import { readArchive, type AcceptedEntry, type ArchiveSummary, type EntrySink } from './read-archive.ts'

export { DEFAULT_ARCHIVE_LIMITS, type ArchiveLimits } from './archive-rules.ts'
export type { ArchiveSummary } from './read-archive.ts'

/** Reads the whole archive without writing anything; throws at the first entry that must not be unpacked. */
export async function inspectArchive(
  file: string,
  limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS,
): Promise<ArchiveSummary> {
  return readArchive({ file, limits, accept: () => null })
}

function writeAll(descriptor: number, part: Buffer): void {
  for (let offset = 0; offset < part.length;) offset += writeSync(descriptor, part, offset)
}

/** Of a file's mode only the owner's bits and the others' right to read and execute are kept. */
function openFile(path: string, mode: number | undefined): EntrySink {
  // The last of several files of one name counts. `wx` follows no link and overwrites nothing.
  rmSync(path, { force: true })
  const descriptor = openSync(path, 'wx', ((mode ?? 0o644) & 0o755) | 0o600)
  return {
    write: (part) => writeAll(descriptor, part),
    end: () => closeSync(descriptor),
  }
}

function place(folder: string, { path, entry }: AcceptedEntry): EntrySink | null {
  const target = join(folder, path)
  if (entry.type === 'Directory') {
    mkdirSync(target, { recursive: true, mode: 0o755 })
    return null
  }
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 })
  if (entry.type === 'SymbolicLink') symlinkSync(entry.linkpath ?? '', target)
  else if (entry.type === 'Link') linkSync(join(folder, plainPath(entry.linkpath ?? '')), target)
  else return openFile(target, entry.mode)
  return null
}

const exists = async (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/**
 * Unpacks an archive, after it was inspected as a whole, to `folder`, which must not be there yet and appears only
 * when whole. Files belong to this process's user; owners, times and setuid bits of the archive are not applied.
 */
export async function unpackArchive(
  file: string,
  folder: string,
  limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS,
): Promise<ArchiveSummary> {
  if (await exists(folder)) {
    throw new StewardError(`can't unpack to ${folder}: it exists already`, { code: 'archive_target_exists' })
  }
  await inspectArchive(file, limits)
  const temporary = `${folder}.${process.pid}.${crypto.randomUUID()}.tmp`
  try {
    await mkdir(temporary, { recursive: true, mode: 0o700 })
    const summary = await readArchive({ file, limits, accept: (accepted) => place(temporary, accepted) })
    await rename(temporary, folder)
    return summary
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
}
