import { link, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../domain/errors.ts'
import { readJsonObject, writeFileAtomically } from '../system/files.ts'
import { livenessOf, ownIdentity, type ProcessIdentity } from '../system/processes.ts'

/** How the last holder ended. `unclean`: killed, or its engine was; indexes may disagree with their tables. */
export type End = 'clean' | 'unclean'

export interface FolderLock {
  readonly previous: End
  release(end: End): Promise<void>
}

export type LockAttempt =
  { readonly state: 'locked'; readonly lock: FolderLock } | { readonly state: 'held'; readonly pid: number }

interface LockFile extends ProcessIdentity {
  readonly state: 'held' | End
}

const NAME = /^lock\.(\d+)$/

/**
 * Tries once to become the only store of a folder.
 *
 * The lock is the file `lock.<n>` with the highest n. Who finds its holder ended creates `lock.<n+1>`, complete and
 * exclusively (link(2) fails on an existing name), so of many takers one wins. The highest file is never deleted, a
 * release rewrites it: numbers only grow. A taker that slept until its number was taken, given up and deleted by
 * others sees a higher one after its link, and steps back.
 */
export async function tryLock(folder: string): Promise<LockAttempt> {
  for (;;) {
    const highest = Math.max(0, ...(await generations(folder)))
    const file = await readLockFile(join(folder, `lock.${highest}`))
    if (file?.state === 'held' && mayRun(file)) return { state: 'held', pid: file.pid }
    const own = highest + 1
    if (!(await createExclusively(join(folder, `lock.${own}`)))) continue
    const all = await generations(folder)
    if (all.some((n) => n > own)) {
      await rm(join(folder, `lock.${own}`), { force: true })
      continue
    }
    await Promise.all(all.filter((n) => n < own).map((n) => rm(join(folder, `lock.${n}`), { force: true })))
    const previous: End = highest === 0 || file?.state === 'clean' ? 'clean' : 'unclean'
    return { state: 'locked', lock: heldLock(join(folder, `lock.${own}`), previous) }
  }
}

/** How the store of a folder stands, without touching it; `absent`: there never was one. */
export async function lookAtLock(folder: string): Promise<'absent' | 'held' | End> {
  const highest = Math.max(0, ...(await generations(folder).catch(() => [])))
  if (highest === 0) return 'absent'
  const file = await readLockFile(join(folder, `lock.${highest}`))
  if (file?.state === 'held' && mayRun(file)) return 'held'
  return file?.state === 'clean' ? 'clean' : 'unclean'
}

function heldLock(path: string, previous: End): FolderLock {
  return {
    previous,
    release: (end) => writeFileAtomically(path, lockText(end)),
  }
}

async function generations(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.flatMap((name) => {
    const digits = NAME.exec(name)?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })
}

async function createExclusively(path: string): Promise<boolean> {
  const temporary = `${path}.${process.pid}.${crypto.randomUUID()}.tmp`
  try {
    await writeFile(temporary, lockText('held'), { mode: 0o600 })
    await link(temporary, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

function lockText(state: LockFile['state']): string {
  const file: LockFile = { ...ownIdentity(), state }
  return JSON.stringify(file)
}

async function readLockFile(path: string): Promise<LockFile | null> {
  const file = await readJsonObject(path)
  const { host, boot, pid, started, state } = file ?? {}
  if (typeof host !== 'string' || typeof boot !== 'string' || typeof pid !== 'number') return null
  if (typeof started !== 'string' || (state !== 'held' && state !== 'clean' && state !== 'unclean')) return null
  return { host, boot, pid, started, state }
}

/**
 * A holder of another boot or machine can't be examined. It counts as ended: the usual case is a restart of this
 * machine, and in the other one the kernel's lock on the engine's own folder still keeps the second engine out.
 */
function mayRun(holder: ProcessIdentity): boolean {
  const liveness = livenessOf(holder)
  if (liveness !== 'unknown') return liveness === 'alive'
  const self = ownIdentity()
  return holder.host === self.host && holder.boot === self.boot && pidExists(holder.pid)
}

/** For platforms without /proc. EPERM: it exists and is another user's. */
function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}
