import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { sep } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** A zombie counts as ended: in a container nobody may ever collect it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const stat = readOrEmpty(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
}

/** SIGTERM, and SIGKILL after `ms`. False where it had to be killed. */
export async function endProcess(pid: number, ms: number): Promise<boolean> {
  send(pid, 'SIGTERM')
  const deadline = performance.now() + ms
  while (isRunning(pid) && performance.now() < deadline) await delay(20)
  if (!isRunning(pid)) return true
  send(pid, 'SIGKILL')
  while (isRunning(pid) && performance.now() < deadline + 2_000) await delay(20)
  return false
}

/**
 * What works in a state folder of the demo, which nobody else has: its store and the store's engine, which name the
 * folder in their command line, and model servers, whose working folder is below it. Null where there is no /proc.
 */
export function processesOf(state: string): number[] | null {
  if (!existsSync('/proc/self/cwd')) return null
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => pid !== process.pid && worksIn(pid, state))
}

function worksIn(pid: number, state: string): boolean {
  const folder = readOrEmpty(() => readlinkSync(`/proc/${pid}/cwd`))
  if (folder.startsWith([state, 'host', 'work', ''].join(sep))) return true
  if (readOrEmpty(() => readlinkSync(`/proc/${pid}/exe`)) !== process.execPath) return false
  const words = readOrEmpty(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).split('\0')
  return words.some((word) => word === state || word.startsWith([state, 'store', ''].join(sep)))
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself.
  }
}

function readOrEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
