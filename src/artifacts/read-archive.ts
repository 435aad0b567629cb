import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { errorMessage, StewardError } from '../domain/errors.ts'
import { ArchiveRules, type ArchiveLimits } from './archive-rules.ts'

export interface ArchiveSummary {
  readonly entries: number
  /** Bytes after decompression, the archive's own headers included. */
  readonly bytes: number
}

/** An entry that the rules let pass, and its place below the folder. */
export interface AcceptedEntry {
  readonly path: string
  readonly entry: ReadEntry
}

/** Takes a file's content part by part; `end` comes once, after the last. */
export interface EntrySink {
  write(part: Buffer): void
  end(): void
}

export interface ReadArchiveOptions {
  readonly file: string
  readonly limits: ArchiveLimits
  /** Called in order; what it throws ends the reading. */
  accept(accepted: AcceptedEntry): EntrySink | null
}

export function invalidArchive(file: string, cause: unknown): StewardError {
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

/** The parser cuts a name at its first NUL; the text that it cut is only seen here. */
function checkMeta(text: string): void {
  const name = /(?:^|\n)\d+ (?:link)?path=([^\n]*\0[^\n]*)/.exec(text)?.[1]
  if (name === undefined) return
  throw new StewardError(`the archive's entry ${JSON.stringify(name)} has a NUL character in its name`, {
    code: 'archive_unsafe',
    kind: 'user',
  })
}

/**
 * The parser works synchronously on the bytes it is given, and so does everything that it calls: between two parts
 * of the file nothing is pending. `problem` is the first thing that went wrong.
 */
class EntryReader {
  readonly parser: Parser
  readonly #options: ReadArchiveOptions
  readonly #rules = new ArchiveRules()
  #open: EntrySink | null = null
  problem: Error | null = null
  entries = 0
  bytes = 0

  constructor(options: ReadArchiveOptions) {
    this.#options = options
    const look = (entry: ReadEntry): void => {
      this.#try(() => this.#look(entry))
      entry.resume()
    }
    this.parser = new Parser({ strict: true, onReadEntry: look })
    // What the parser would leave out is judged too: nothing in an archive is skipped.
    this.parser.on('ignoredEntry', look)
    this.parser.on('meta', (text: string) => this.#try(() => checkMeta(text)))
    this.parser.on('error', (error: Error) => (this.problem ??= error))
  }

  #try(step: () => void): void {
    if (this.problem !== null) return
    try {
      step()
    } catch (error) {
      this.problem = error instanceof Error ? error : new Error(String(error))
    }
  }

  #look(entry: ReadEntry): void {
    const { file, limits, accept } = this.#options
    this.entries += 1
    if (this.entries > limits.maxEntries) throw tooLarge(file, `${limits.maxEntries} entries (at "${entry.path}")`)
    if (this.bytes + entry.size > limits.maxBytes) throw tooLarge(file, `${limits.maxBytes} bytes (at "${entry.path}")`)
    const path = this.#rules.check({ path: entry.path, type: entry.type, linkpath: entry.linkpath })
    const sink = accept({ path, entry })
    if (sink === null) return
    this.#open = sink
    entry.on('data', (part) => this.#try(() => sink.write(part)))
    entry.on('end', () => this.close())
  }

  /** Ends the file that is being written: at its end, or where the reading stops. */
  close(): void {
    this.#open?.end()
    this.#open = null
  }

  take(part: Buffer): void {
    const { file, limits } = this.#options
    this.bytes += part.length
    if (this.bytes > limits.maxBytes) throw tooLarge(file, `${limits.maxBytes} bytes`)
    this.parser.write(part)
    if (this.problem !== null) throw this.problem
  }

  finish(): ArchiveSummary {
    this.parser.end()
    if (this.problem !== null) throw this.problem
    return { entries: this.entries, bytes: this.bytes }
  }
}

/** Reads a .tar.gz from begin to end under the rules and limits; throws at the first entry that breaks one. */
export async function readArchive(options: ReadArchiveOptions): Promise<ArchiveSummary> {
  const reader = new EntryReader(options)
  const source = createReadStream(options.file)
  const unzipped = createGunzip()
  source.on('error', (error) => unzipped.destroy(error))
  try {
    for await (const chunk of source.pipe(unzipped)) {
      const part: Buffer = chunk
      reader.take(part)
    }
    return reader.finish()
  } catch (error) {
    throw error instanceof StewardError ? error : invalidArchive(options.file, error)
  } finally {
    reader.close()
    source.destroy()
    unzipped.destroy()
  }
}
