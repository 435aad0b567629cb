import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Order } from './worker.ts'

export interface Done<Report> {
  readonly report: Report
  /** Peak resident memory of the process. */
  readonly peakBytes: number
}

/** A document that takes longer hangs. */
const SILENT_MS = 60_000

/** Runs a job in a process of its own; ends it when it says nothing for long. Rejects when it ends without a report. */
export function runWorker<Report>(order: Order, execArgv: readonly string[] = []): Promise<Done<Report>> {
  return new Promise((resolve, reject) => {
    const worker = fork(join(import.meta.dirname, 'worker.ts'), { execArgv: [...execArgv] })
    let [at, done]: [unknown, Done<Report> | null] = [null, null]
    const hung = (): void => {
      worker.kill('SIGKILL')
      reject(new Error(`nothing was heard for ${SILENT_MS / 1000} s; the last document was ${String(at)}`))
    }
    let watchdog = setTimeout(hung, SILENT_MS)
    worker.on('message', (message: { readonly at?: unknown } & Partial<Done<Report>>) => {
      clearTimeout(watchdog)
      watchdog = setTimeout(hung, SILENT_MS)
      if (message.report === undefined || message.peakBytes === undefined) at = message.at
      else done = { report: message.report, peakBytes: message.peakBytes }
    })
    worker.on('exit', (code, signal) => {
      clearTimeout(watchdog)
      if (done !== null) resolve(done)
      else reject(new Error(`the process ended (${String(signal ?? code)}); the last document was ${String(at)}`))
    })
    worker.send(order)
  })
}
