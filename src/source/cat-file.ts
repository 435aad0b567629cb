import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { StewardError } from '../domain/errors.ts'

export interface GitObject {
  readonly oid: string
  readonly type: string
  readonly bytes: Buffer
}

interface Waiting {
  resolve(object: GitObject | null): void
  reject(error: unknown): void
}

interface Header {
  readonly oid: string
  readonly type: string
  readonly size: number
}

/**
 * One long-lived `git cat-file --batch`: objects by any revision expression, answered in the order asked.
 * Starting a git process costs about 9 ms, an answer of this one about 0.1 ms (docs/architecture.md).
 * It sees refs and objects that are written after it started.
 */
export class CatFile {
  readonly #gitDir: string
  #child: ChildProcessWithoutNullStreams | null = null
  #waiting: Waiting[] = []
  #chunks: Buffer[] = []
  #buffered = 0
  #header: Header | null = null

  constructor(gitDir: string) {
    this.#gitDir = gitDir
  }

  /** The object that `expression` names, or null where there is none. */
  get(expression: string): Promise<GitObject | null> {
    if (/[\n\0]/.test(expression)) return Promise.resolve(null)
    const child = this.#running()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      child.stdin.write(`${expression}\n`)
    })
  }

  /** An object that another one names: where it is missing, nothing may be concluded from its absence. */
  async need(oid: string): Promise<GitObject> {
    const object = await this.get(oid)
    if (object !== null) return object
    throw missingObject(oid, this.#gitDir)
  }

  async close(): Promise<void> {
    const child = this.#child
    if (child === null) return
    this.#child = null
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.stdin.end()
    await ended
  }

  #running(): ChildProcessWithoutNullStreams {
    if (this.#child !== null) return this.#child
    const child = spawn('git', ['--git-dir', this.#gitDir, 'cat-file', '--batch'], { stdio: 'pipe' })
    this.#child = child
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)))
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk))
    child.stdin.on('error', () => undefined)
    child.on('error', (error) => this.#fail(child, `git can not be started: ${error.message}`))
    child.on('close', () => this.#fail(child, `git cat-file ended: ${complaint.trim()}`))
    return child
  }

  #fail(child: ChildProcessWithoutNullStreams, message: string): void {
    if (this.#child === child) this.#child = null
    const waiting = this.#waiting
    this.#waiting = []
    this.#chunks = []
    this.#buffered = 0
    this.#header = null
    for (const { reject } of waiting) reject(new StewardError(message, { code: 'git_failed', retry: 'backoff' }))
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    while (this.#step()) continue
  }

  /** Takes one header or one body from what has arrived; false where more bytes are needed. */
  #step(): boolean {
    if (this.#header !== null) {
      if (this.#buffered < this.#header.size + 1) return false
      const bytes = this.#take(this.#header.size + 1).subarray(0, this.#header.size)
      const { oid, type } = this.#header
      this.#header = null
      this.#waiting.shift()?.resolve({ oid, type, bytes })
      return true
    }
    const end = this.#joined().indexOf(10)
    if (end === -1) return false
    const line = this.#take(end + 1)
      .subarray(0, end)
      .toString()
    const header = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(line)
    if (header?.[1] !== undefined && header[2] !== undefined) {
      this.#header = { oid: header[1], type: header[2], size: Number(header[3]) }
    } else {
      this.#waiting.shift()?.resolve(null) // "… missing" or "… ambiguous"
    }
    return true
  }

  #joined(): Buffer {
    const joined = this.#chunks.length === 1 ? this.#chunks[0] : undefined
    if (joined !== undefined) return joined
    const all = Buffer.concat(this.#chunks)
    this.#chunks = [all]
    return all
  }

  #take(length: number): Buffer {
    const all = this.#joined()
    const rest = all.subarray(length)
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#buffered = rest.length
    return all.subarray(0, length)
  }
}

export function missingObject(oid: string, gitDir: string): StewardError {
  return new StewardError(`object ${oid} is missing or damaged in ${gitDir}`, {
    code: 'git_object_missing',
    retry: 'backoff',
    hint: 'Run `git fsck` there; a partial clone needs `git fetch --refetch`.',
  })
}
