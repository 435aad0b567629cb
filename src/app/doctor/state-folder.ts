import { readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { lookAtLock } from '../../store/lock.ts'
import { storeFolder } from '../../store/store-file.ts'
import { ok, skipped, warning, type Check } from './check.ts'

/** Types of statfs(2) whose files are on another machine (linux/magic.h, and the kernel's own file systems). */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9p'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
])

const NAME = 'state folder'

/** Looked at before anything of ours uses it, since that narrows its mode. */
export async function stateFolderCheck(folder: string | null, now: Date): Promise<Check> {
  if (folder === null) return skipped(NAME, 'it lies in the repository, unless --state names it')
  const found = await stat(folder).catch(() => null)
  const network = await networkName(found === null ? dirname(folder) : folder)
  if (network !== null) {
    const help = 'Name a folder of a local disk with --state: locks and sockets of other machines are not seen there.'
    return warning(NAME, `${folder} is on a network file system (${network})`, help)
  }
  if (found === null) return ok(NAME, `${folder} is made when it is needed`)
  const mode = found.mode & 0o777
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    const seen = `${folder} is open to other users (mode ${mode.toString(8)})`
    return warning(NAME, seen, `Run \`chmod 700 ${folder}\`; starting the store or a host there does the same.`)
  }
  const left = await leftovers(folder, now)
  if (left.length === 0) return ok(NAME, folder)
  const help = 'A process was killed while it wrote them. They can be deleted while nothing of ours runs.'
  return warning(NAME, `${folder} holds ${left.length} leftover files, such as ${left[0] ?? ''}`, help)
}

async function networkName(folder: string): Promise<string | null> {
  const found = await statfs(folder).catch(() => null)
  return found === null ? null : (networkFileSystems.get(found.type) ?? null)
}

/** Files that are renamed when they are whole; one that is being written right now is younger than a minute. */
async function leftovers(folder: string, now: Date): Promise<string[]> {
  const found: string[] = []
  for (const each of [folder, storeFolder(folder), join(folder, 'host')]) {
    const names = await readdir(each).catch(() => [])
    for (const name of names.filter((text) => text.endsWith('.tmp'))) {
      const written = await stat(join(each, name)).catch(() => null)
      if (written !== null && written.mtimeMs < now.getTime() - 60_000) found.push(join(each, name))
    }
  }
  return found
}

export type LastEnd = Awaited<ReturnType<typeof lookAtLock>>

/** How the folder's store stands before it is asked for. */
export async function lastEnd(folder: string | null): Promise<LastEnd> {
  return folder === null ? 'absent' : lookAtLock(storeFolder(folder))
}
