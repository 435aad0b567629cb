import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readJsonObject, writeFileAtomically } from '../system/files.ts'
import { identityOf, livenessOf, type ProcessIdentity } from '../system/processes.ts'
import { pause, type HostContext } from './context.ts'
import { parseIdentity } from './host-lock.ts'

/**
 * What proves that a process is a server of ours after the host was killed. Written before the spawn without an
 * identity, and again right after it. A process whose working folder and PORT are those of a record is ours even if
 * the host died between the two: nothing else is started there with that port. It also finds a server's own children.
 */
export interface ChildRecord {
  readonly id: string
  readonly folder: string
  readonly port: number
  readonly identity: ProcessIdentity | null
}

const fileOf = (context: HostContext, id: string): string => join(context.folders.processes, `${id}.json`)

export async function writeChildRecord(context: HostContext, record: ChildRecord): Promise<void> {
  await writeFileAtomically(fileOf(context, record.id), JSON.stringify(record))
}

export async function removeChildRecord(context: HostContext, id: string): Promise<void> {
  await rm(fileOf(context, id), { force: true })
}

async function readChildRecords(context: HostContext): Promise<readonly ChildRecord[]> {
  const records: ChildRecord[] = []
  for (const name of await readdir(context.folders.processes)) {
    if (!name.endsWith('.json')) continue
    const value = await readJsonObject(join(context.folders.processes, name))
    const { folder, port, identity } = value ?? {}
    if (typeof folder !== 'string' || typeof port !== 'number') continue
    records.push({ id: name.slice(0, -'.json'.length), folder, port, identity: parseIdentity(identity) })
  }
  return records
}

interface RunningProcess {
  readonly pid: number
  readonly folder: string
  readonly environment: ReadonlySet<string>
}

/** The processes whose working folder lies below `root`; none where there is no /proc. */
async function processesBelow(root: string): Promise<readonly RunningProcess[]> {
  const found: RunningProcess[] = []
  for (const name of await readdir('/proc').catch((): string[] => [])) {
    if (!/^\d+$/.test(name)) continue
    try {
      const folder = (await readlink(`/proc/${name}/cwd`)).replace(/ \(deleted\)$/, '')
      if (!folder.startsWith(`${root}/`)) continue
      const environment = new Set((await readFile(`/proc/${name}/environ`, 'utf8')).split('\0'))
      found.push({ pid: Number(name), folder, environment })
    } catch {
      // The process ended meanwhile, or is another user's: then it is not ours.
    }
  }
  return found
}

function provenBy(record: ChildRecord, running: readonly RunningProcess[]): readonly ProcessIdentity[] {
  const proven = new Map<number, ProcessIdentity>()
  const { identity, folder, port } = record
  if (identity !== null && identity.started !== '' && livenessOf(identity) === 'alive') {
    proven.set(identity.pid, identity)
  }
  for (const candidate of running) {
    if (candidate.folder !== folder || !candidate.environment.has(`PORT=${port}`)) continue
    proven.set(candidate.pid, identityOf(candidate.pid))
  }
  return [...proven.values()]
}

function signalAll(processes: readonly ProcessIdentity[], signal: 'SIGTERM' | 'SIGKILL'): void {
  for (const identity of processes) {
    if (livenessOf(identity) !== 'alive') continue
    try {
      process.kill(identity.pid, signal)
    } catch {
      // It ended by itself.
    }
  }
}

/** Ends the servers of a host that was killed, and forgets their records. Nothing that is not proven ours is touched. */
export async function endLeftovers(context: HostContext, signal: AbortSignal): Promise<void> {
  const { clock, timings } = context
  const records = await readChildRecords(context)
  if (records.length === 0) return
  const running = await processesBelow(context.folders.work)
  const leftovers = records.flatMap((record) => provenBy(record, running))
  if (leftovers.length > 0) {
    context.onMessage(`ending ${leftovers.length} server processes of an earlier host: ${leftovers.map((p) => p.pid)}`)
  }
  signalAll(leftovers, 'SIGTERM')
  const alive = (): boolean => leftovers.some((identity) => livenessOf(identity) === 'alive')
  const deadline = clock.monotonic() + timings.terminateMs
  while (alive() && clock.monotonic() < deadline) await pause(clock, 20, signal)
  const running2 = await processesBelow(context.folders.work)
  const last = [...leftovers, ...records.flatMap((record) => provenBy(record, running2))]
  signalAll(last, 'SIGKILL')
  while (last.some((identity) => livenessOf(identity) === 'alive') && !signal.aborted) await pause(clock, 20, signal)
  for (const { id } of records) await removeChildRecord(context, id)
}
