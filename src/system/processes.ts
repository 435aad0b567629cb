import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Who a process is, beyond a pid that the kernel gives out again. `boot` and `started` are empty where the
 * platform does not tell them (no /proc); then identity can't be proven and nobody is declared dead.
 */
export interface ProcessIdentity {
  readonly host: string
  /** The kernel's random id of this boot (proc(5), /proc/sys/kernel/random/boot_id) and the pid namespace. */
  readonly boot: string
  readonly pid: number
  /** Clock ticks between boot and the process's start (proc(5), field 22 of /proc/PID/stat). */
  readonly started: string
}

export type Liveness = 'alive' | 'dead' | 'unknown'

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

/** State letter and start time of a process, or null where there is no such process or no /proc. */
function processStat(pid: number): { state: string; started: string } | null {
  const stat = readText(`/proc/${pid}/stat`)
  // The command name stands in parentheses and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, started] = [fields[0], fields[19]]
  return stat === '' || state === undefined || started === undefined ? null : { state, started }
}

/** Pids mean something within one boot and one pid namespace: containers may share the first, not the second. */
function bootAndNamespace(): string {
  const boot = readText('/proc/sys/kernel/random/boot_id')
  try {
    return boot === '' ? '' : `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return boot
  }
}

export function identityOf(pid: number): ProcessIdentity {
  return {
    host: hostname(),
    boot: bootAndNamespace(),
    pid,
    started: processStat(pid)?.started ?? '',
  }
}

export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid)
}

/**
 * Whether the process that `identity` names still runs on this machine. A zombie, or a pid that another process
 * has by now, is dead; a process of another machine, or of one that tells no boot id, is unknown. A process of an
 * earlier boot of this machine is unknown as well: two machines may share a name.
 */
export function livenessOf(identity: ProcessIdentity): Liveness {
  const self = ownIdentity()
  if (identity.host !== self.host || identity.boot !== self.boot || self.boot === '') return 'unknown'
  const stat = processStat(identity.pid)
  if (stat === null || stat.state === 'Z' || stat.state === 'X') return 'dead'
  return identity.started === '' || stat.started === identity.started ? 'alive' : 'dead'
}
