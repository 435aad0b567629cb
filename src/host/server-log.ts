import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { withoutCredentials } from './redact.ts'
import type { SecretMask } from '../secrets/secret-mask.ts'

const MAX_BYTES = 5 * 1024 * 1024
const TAIL_BYTES = 8 * 1024
const SHOWN_LINES = 20
const SHOWN_BYTES = 2 * 1024

/** The output of one replica, over all its processes: a capped file with one older part, and the last bytes in memory. */
export class ServerLog {
  readonly #path: string
  #size = -1
  #tail = Buffer.alloc(0)
  #writing: Promise<void> = Promise.resolve()

  constructor(folder: string, name: string) {
    this.#path = join(folder, `${name}.log`)
  }

  /** A new process: `lastLines` tells only of it. */
  begin(): void {
    this.#tail = Buffer.alloc(0)
  }

  /**
   * Follows a stream to its end, no faster than the disk. Secrets are hidden before anything
   * is kept or written. Never rejects: a full disk must not end a server.
   */
  async follow(stream: Readable, mask: SecretMask): Promise<void> {
    const masked = mask.stream()
    try {
      for await (const chunk of stream) await this.#take(masked.push(chunk))
    } catch {
      // The pipe broke with its process.
    }
    await this.#take(masked.end())
  }

  async #take(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return
    this.#tail = Buffer.concat([this.#tail, bytes]).subarray(-TAIL_BYTES)
    this.#writing = this.#writing.then(() => this.#append(bytes)).catch(() => {})
    await this.#writing
  }

  async #append(bytes: Buffer): Promise<void> {
    if (this.#size < 0) {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
      this.#size = await stat(this.#path).then(
        (found) => found.size,
        () => 0,
      )
    }
    if (this.#size > 0 && this.#size + bytes.length > MAX_BYTES) {
      await rename(this.#path, `${this.#path}.1`)
      this.#size = 0
    }
    await appendFile(this.#path, bytes, { mode: 0o600 })
    this.#size += bytes.length
  }

  /** What the present process said last: at most 20 lines and 2 KB. */
  lastLines(): string {
    const lines = this.#tail.toString('utf8').trimEnd().split('\n').slice(-SHOWN_LINES)
    const text = Buffer.from(lines.join('\n')).subarray(-SHOWN_BYTES)
    return text.toString('utf8').replace(/^\uFFFD+/, '')
  }
}

/** The last `count` lines of every log in a folder, or of one set's, each with its replica, without credentials. */
export async function readLogs(folder: string, set: string | null, count: number): Promise<readonly string[]> {
  const names = (await readdir(folder).catch((): string[] => [])).filter((name) => name.endsWith('.log')).toSorted()
  const parts: string[] = []
  for (const name of names) {
    const replica = name.slice(0, -'.log'.length)
    if (set !== null && replica.replace(/-\d+$/, '') !== set) continue
    const older = await readFile(join(folder, `${name}.1`), 'utf8').catch(() => '')
    const text = older + (await readFile(join(folder, name), 'utf8').catch(() => ''))
    const lines = text.trimEnd().split('\n').slice(-count)
    parts.push(...lines.filter((line) => line !== '').map((line) => `[${replica}] ${withoutCredentials(line)}`))
  }
  return parts
}

/** Keeps the logs of the sets that run and of the newest others. */
export async function pruneLogs(folder: string, sets: ReadonlySet<string>, keep: number): Promise<void> {
  const byAge: { readonly name: string; readonly at: number }[] = []
  for (const name of await readdir(folder).catch((): string[] => [])) {
    if (sets.has(name.replace(/-\d+\.log(\.1)?$/, ''))) continue
    const found = await stat(join(folder, name)).catch(() => null)
    if (found !== null) byAge.push({ name, at: found.mtimeMs })
  }
  const old = byAge.toSorted((a, b) => b.at - a.at).slice(keep)
  for (const { name } of old) await rm(join(folder, name), { force: true })
}
