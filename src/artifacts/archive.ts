import { createReadStream } from 'node:fs'
import { lstat, mkdir, rename, rm } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { extract, Parser, type ReadEntry } from 'tar'
import { errorMessage, StewardError } from '../domain/errors.ts'
import { ArchiveRules, DEFAULT_ARCHIVE_LIMITS, type ArchiveLimits } from './archive-rules.ts'

export { DEFAULT_ARCHIVE_LIMITS, type ArchiveLimits } from './archive-rules.ts'

export interface ArchiveSummary {
  readonly entries: number
  /** Bytes after decompression, the archive's own headers included. */
  readonly bytes: number
}

function invalid(file: string, cause: unknown): StewardError {
  return new StewardError(`${file} is no whole .tar.gz archive: ${errorMessage(cause)}`, {
    code: 'archive_invalid',
    kind: 'user',
    hint: 'Pack it again with `tar -czf`.',
    cause,
  })
}

function tooLarge(file: string, what: string): StewardError {
  return new StewardError(`the archive ${file} holds more than ${what}`, {
    code: 'archive_too_large',
    kind: 'user',
    hint: 'Pack only what the server needs.',
  })
}

/** A parser that hands every entry to `judge` and keeps the first problem in `problem()`. */
function createInspector(judge: (entry: ReadEntry) => void): { parser: Parser; problem: () => Error | null } {
  let problem: Error | null = null
  const keep = (error: unknown): void => {
    problem ??= error instanceof Error ? error : new Error(String(error))
  }
  const look = (entry: ReadEntry): void => {
    try {
      if (problem === null) judge(entry)
    } catch (error) {
      keep(error)
    }
    entry.resume()
  }
  const parser = new Parser({ strict: true, onReadEntry: look })
  // What the parser would leave out is judged too: nothing in an archive is skipped.
  parser.on('ignoredEntry', look)
  parser.on('error', keep)
  return { parser, problem: () => problem }
}

/** Reads the whole archive without writing anything; throws at the first entry that must not be unpacked. */
export async function inspectArchive(
  file: string,
  limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS,
): Promise<ArchiveSummary> {
  const rules = new ArchiveRules()
  let entries = 0
  let bytes = 0
  const { parser, problem } = createInspector((entry) => {
    entries += 1
    if (entries > limits.maxEntries) throw tooLarge(file, `${limits.maxEntries} entries (at ${entry.path})`)
    if (bytes + entry.size > limits.maxBytes) throw tooLarge(file, `${limits.maxBytes} bytes (at ${entry.path})`)
    rules.check({ path: entry.path, type: entry.type, linkpath: entry.linkpath })
  })
  const source = createReadStream(file)
  const unzipped = createGunzip()
  source.on('error', (error) => unzipped.destroy(error))
  try {
    for await (const chunk of source.pipe(unzipped)) {
      const part: Buffer = chunk
      bytes += part.length
      if (bytes > limits.maxBytes) throw tooLarge(file, `${limits.maxBytes} bytes`)
      parser.write(part)
      const found = problem()
      if (found !== null) throw found
    }
    parser.end()
    const found = problem()
    if (found !== null) throw found
    return { entries, bytes }
  } catch (error) {
    throw error instanceof StewardError ? error : invalid(file, error)
  } finally {
    source.destroy()
    unzipped.destroy()
  }
}

const exists = async (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/**
 * Unpacks an inspected archive to `folder`, which must not be there yet and appears only when whole. Files belong to
 * this process's user; of their modes only the owner's and the read and execute bits of others are kept.
 */
export async function unpackArchive(
  file: string,
  folder: string,
  limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS,
): Promise<ArchiveSummary> {
  if (await exists(folder)) {
    throw new StewardError(`can't unpack to ${folder}: it exists already`, { code: 'archive_target_exists' })
  }
  const summary = await inspectArchive(file, limits)
  const temporary = `${folder}.${process.pid}.${crypto.randomUUID()}.tmp`
  try {
    await mkdir(temporary, { recursive: true, mode: 0o700 })
    await extract({
      file,
      cwd: temporary,
      strict: true,
      preserveOwner: false,
      noMtime: true,
      maxDecompressionRatio: Number.POSITIVE_INFINITY,
      onReadEntry: (entry) => {
        entry.mode = entry.type === 'Directory' ? 0o755 : ((entry.mode ?? 0o644) & 0o755) | 0o600
      },
    })
    await rename(temporary, folder)
    return summary
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error instanceof StewardError ? error : invalid(file, error)
  }
}
