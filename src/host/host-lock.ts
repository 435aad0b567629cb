import { link, readFile, rename, rm, utimes, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, StewardError } from '../domain/errors.ts'
import { isJsonObject, type Json } from '../domain/json.ts'
import { livenessOf, ownIdentity, type ProcessIdentity } from '../system/processes.ts'
import { pause, type HostContext } from './context.ts'

/** Held as long as the host runs: one host per state folder. */
export interface HostLock {
  release(): Promise<void>
}

export function parseIdentity(value: Json | undefined): ProcessIdentity | null {
  if (!isJsonObject(value)) return null
  const { host, boot, pid, started } = value
  if (typeof host !== 'string' || typeof boot !== 'string') return null
  if (typeof pid !== 'number' || typeof started !== 'string') return null
  return { host, boot, pid, started }
}

function refused(holder: ProcessIdentity | null): StewardError {
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}`
  return new StewardError(`a model host already runs on this state folder: ${who}`, {
    code: 'host_already_running',
    kind: 'user',
    hint: 'Stop it first, or give this one another --state folder.',
  })
}

interface Held {
  readonly text: string
  readonly holder: ProcessIdentity | null
  readonly beat: number
}

async function readLock(path: string): Promise<Held | null> {
  try {
    const text = await readFile(path, 'utf8')
    const beat = (await stat(path)).mtimeMs
    let value: Json | undefined
    try {
      value = JSON.parse(text) as Json
    } catch {
      value = undefined
    }
    return { text, holder: parseIdentity(value), beat }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}

/** Whether the lock is nobody's any more. A holder that can't be judged shows life by touching its file. */
async function isStale(path: string, held: Held, context: HostContext, signal: AbortSignal): Promise<boolean> {
  const liveness = held.holder === null ? 'unknown' : livenessOf(held.holder)
  if (liveness !== 'unknown') return liveness === 'dead'
  context.onMessage(`the lock ${path} is from another machine or boot; watching it for signs of life`)
  const { clock, timings } = context
  const deadline = clock.monotonic() + timings.lockStaleMs
  while (clock.monotonic() < deadline && !signal.aborted) {
    await pause(clock, Math.min(timings.lockBeatMs, timings.lockStaleMs) / 2, signal)
    const now = await readLock(path)
    if (now === null) return true
    if (now.text !== held.text || now.beat !== held.beat) return false
  }
  return !signal.aborted
}

/** Moves a stale lock away; a fresh one that took its place meanwhile is put back. */
async function discard(path: string, stale: Held, unique: string): Promise<void> {
  const aside = `${path}.${unique}.stale`
  try {
    await rename(path, aside)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  if ((await readFile(aside, 'utf8')) !== stale.text) await link(aside, path).catch(() => {})
  await rm(aside, { force: true })
}

async function keepAlive(path: string, context: HostContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(context.clock, context.timings.lockBeatMs, signal)
    const now = context.clock.now()
    if (!signal.aborted) await utimes(path, now, now).catch(() => {})
  }
}

export async function takeHostLock(context: HostContext, signal: AbortSignal): Promise<HostLock> {
  const path = join(context.folders.root, 'host.lock')
  const unique = context.ids.uuid()
  const mine = `${path}.${unique}`
  // The text differs from every other holder's, so that a lock is never mistaken for an older one.
  const text = JSON.stringify({ ...ownIdentity(), lock: unique })
  await writeFile(mine, text, { mode: 0o600 })
  try {
    for (;;) {
      try {
        await link(mine, path)
        break
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error
      }
      const held = await readLock(path)
      if (held === null) continue
      if (!(await isStale(path, held, context, signal))) throw refused(held.holder)
      await discard(path, held, unique)
    }
  } finally {
    await rm(mine, { force: true })
  }
  const stop = new AbortController()
  const beating = keepAlive(path, context, stop.signal)
  return {
    async release() {
      stop.abort()
      await beating
      if ((await readLock(path))?.text === text) await rm(path, { force: true })
    },
  }
}
