import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { StewardError } from '../domain/errors.ts'
import { missingObject, type CatFile } from './cat-file.ts'

/** From this many objects on, a process that answers without being asked one by one pays for its start (9 ms). */
const BULK = 200

export interface ReadRequest {
  readonly catFile: CatFile
  readonly gitDir: string
  readonly oids: Iterable<string>
  /** Called in the order of `oids`. */
  readonly take: (index: number, bytes: Buffer) => void
}

/** Hands over objects in the order asked: few by the long-lived reader, many by one stream of their own. */
export async function readObjects({ catFile, gitDir, oids, take }: ReadRequest): Promise<void> {
  const iterator = oids[Symbol.iterator]()
  const first: string[] = []
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    first.push(next.value)
    if (first.length === BULK) return streamObjects(gitDir, first, iterator, take)
  }
  const objects = await Promise.all(first.map((oid) => catFile.need(oid)))
  objects.forEach(({ bytes }, index) => take(index, bytes))
}

/** `git cat-file --batch --buffer`: what it writes is taken apart as it arrives, and nothing is kept. */
function streamObjects(
  gitDir: string,
  first: readonly string[],
  rest: Iterator<string>,
  take: ReadRequest['take'],
): Promise<void> {
  const child = spawn('git', ['--git-dir', gitDir, 'cat-file', '--batch', '--buffer'], { stdio: 'pipe' })
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      child.kill()
      reject(error)
    }
    const asked = new Asked(first, rest)
    let pending: Buffer = Buffer.alloc(0)
    let complaint = ''
    const receive = (chunk: Buffer): void => {
      const all = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      let at = 0
      for (;;) {
        const end = all.indexOf(10, at)
        if (end === -1) break
        const header = all.toString('latin1', at, end)
        const size = Number(header.slice(header.lastIndexOf(' ') + 1))
        if (header.endsWith(' missing') || !Number.isInteger(size))
          throw missingObject(header.split(' ')[0] ?? '', gitDir)
        if (all.length < end + 1 + size + 1) break
        take(asked.answered, all.subarray(end + 1, end + 1 + size))
        asked.answered += 1
        at = end + 1 + size + 1
      }
      pending = all.subarray(at)
    }
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        receive(chunk)
      } catch (error) {
        fail(error)
      }
    })
    child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)))
    child.stdin.on('error', () => undefined)
    child.on('error', (error) => fail(gitFailed(`git can not be started: ${error.message}`)))
    child.on('close', () => {
      if (asked.ended && asked.answered === asked.count) resolve()
      else fail(gitFailed(`git cat-file ended early: ${complaint.trim()}`))
    })
    asked.writeTo(child.stdin, fail)
  })
}

/** What is asked of git, written as it reads: no more than a pipe holds is asked ahead of the answers. */
class Asked {
  readonly #first: readonly string[]
  readonly #rest: Iterator<string>
  count = 0
  answered = 0
  ended = false

  constructor(first: readonly string[], rest: Iterator<string>) {
    this.#first = first
    this.#rest = rest
  }

  writeTo(stdin: Writable, fail: (error: unknown) => void): void {
    this.count = this.#first.length
    stdin.write(`${this.#first.join('\n')}\n`)
    const more = (): void => {
      try {
        while (this.#writeSome(stdin)) continue
      } catch (error) {
        fail(error)
      }
    }
    stdin.on('drain', more)
    more()
  }

  /** True where the pipe takes more at once. */
  #writeSome(stdin: Writable): boolean {
    const oids: string[] = []
    while (oids.length < BULK) {
      const next = this.#rest.next()
      if (next.done === true) {
        this.ended = true
        break
      }
      oids.push(next.value)
    }
    this.count += oids.length
    const text = oids.length === 0 ? '' : `${oids.join('\n')}\n`
    if (!this.ended) return stdin.write(text)
    stdin.end(text)
    return false
  }
}

function gitFailed(message: string): StewardError {
  return new StewardError(message, { code: 'git_failed', retry: 'backoff' })
}
