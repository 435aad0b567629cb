import { spawn } from 'node:child_process'
import { StewardError } from '../domain/errors.ts'
import { missingObject, type CatFile } from './cat-file.ts'

/** From this many objects on, a process that answers without being asked one by one pays for its start (9 ms). */
const BULK = 200

export interface ReadRequest {
  readonly catFile: CatFile
  readonly gitDir: string
  readonly oids: readonly string[]
  /** Called in the order of `oids`. */
  readonly take: (index: number, bytes: Buffer) => void
}

/** Hands over objects in the order asked: few by the long-lived reader, many by one stream of their own. */
export async function readObjects(request: ReadRequest): Promise<void> {
  const { catFile, oids, take } = request
  if (oids.length >= BULK) return streamObjects(request)
  const objects = await Promise.all(oids.map((oid) => catFile.need(oid)))
  objects.forEach(({ bytes }, index) => take(index, bytes))
}

/** `git cat-file --batch --buffer`: what it writes is taken apart as it arrives, and nothing is kept. */
function streamObjects({ gitDir, oids, take }: ReadRequest): Promise<void> {
  const child = spawn('git', ['--git-dir', gitDir, 'cat-file', '--batch', '--buffer'], { stdio: 'pipe' })
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      child.kill()
      reject(error)
    }
    let taken = 0
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
        if (header.endsWith(' missing') || !Number.isInteger(size)) throw missingObject(oids[taken] ?? '', gitDir)
        if (all.length < end + 1 + size + 1) break
        take(taken, all.subarray(end + 1, end + 1 + size))
        taken += 1
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
      if (taken === oids.length) resolve()
      else fail(gitFailed(`git cat-file ended early: ${complaint.trim()}`))
    })
    child.stdin.end(`${oids.join('\n')}\n`)
  })
}

function gitFailed(message: string): StewardError {
  return new StewardError(message, { code: 'git_failed', retry: 'backoff' })
}
