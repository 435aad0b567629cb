import { type ChildProcess, spawn } from 'node:child_process'
import { open, realpath, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { StewardError, errorMessage } from '../domain/errors.ts'
import type { Clock } from '../domain/ports.ts'
import { ensurePrivateFolder } from '../system/files.ts'
import { findServingStore, logTail, type StoreAddress, storeFolder } from './store-file.ts'

export interface ConnectOptions {
  readonly stateDir: string
  /** The store's command line, with absolute paths: program and arguments. */
  readonly command: readonly string[]
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

interface StartedStore {
  /** Null while it runs. */
  outcome: { readonly code: number | null; readonly problem: string } | null
  readonly logOffset: number
}

const POLL_MS = 40
const MAX_LOG_BYTES = 1024 * 1024

/**
 * The endpoint of the state folder's store, which is started where none answers. It outlives this process. Of many
 * starts at the same moment one serves, and every caller gets that one.
 */
export async function connectStore(options: ConnectOptions): Promise<StoreAddress> {
  const { clock, signal, timeoutMs = 20_000 } = options
  await ensurePrivateFolder(options.stateDir)
  const folder = await realpath(options.stateDir)
  const deadline = clock.monotonic() + timeoutMs
  let started: StartedStore | null = null
  for (;;) {
    const outcome = started?.outcome ?? null
    const serving = await findServingStore(folder, signal)
    if (serving !== null) return serving
    // Read before the look at store.json: a start of ours that failed may have lost against one that works.
    if (outcome !== null && outcome.code !== 0) throw await startError(folder, started, outcome.problem)
    if (clock.monotonic() >= deadline) {
      throw await startError(folder, started, `no answer within ${timeoutMs / 1000} s`)
    }
    // Exit code 0 without a store that answers: the one that served has ended meanwhile.
    if (started === null || outcome !== null) started = await startDetached(folder, options.command)
    await clock.sleep(POLL_MS, signal)
  }
}

async function startDetached(folder: string, command: readonly string[]): Promise<StartedStore> {
  const [program = '', ...args] = command
  await ensurePrivateFolder(storeFolder(folder))
  const path = join(storeFolder(folder), 'store.log')
  await rotateLog(path)
  const log = await open(path, 'a', 0o600)
  try {
    const started: StartedStore = { outcome: null, logOffset: (await log.stat()).size }
    const child = spawn(program, args, { cwd: '/', detached: true, stdio: ['ignore', log.fd, log.fd] })
    watch(child, started)
    return started
  } finally {
    await log.close()
  }
}

function watch(child: ChildProcess, started: StartedStore): void {
  child.on('error', (error) => {
    started.outcome ??= { code: null, problem: errorMessage(error) }
  })
  child.on('exit', (code, signal) => {
    started.outcome ??= { code, problem: signal === null ? `exit code ${code}` : `ended by ${signal}` }
  })
  child.unref()
}

/** Keeps the log from growing for ever; a store that still writes goes on in the renamed file. */
async function rotateLog(path: string): Promise<void> {
  try {
    if ((await stat(path)).size > MAX_LOG_BYTES) await rename(path, `${path}.1`)
  } catch {
    // No log yet, or another process has renamed it.
  }
}

async function startError(folder: string, started: StartedStore | null, problem: string): Promise<StewardError> {
  const lines = await logTail(folder, started?.logOffset ?? 0)
  const said = lines === '' ? '' : `\n${lines}`
  return new StewardError(`the embedded store of ${folder} did not start: ${problem}${said}`, {
    code: 'store_start',
    retry: 'backoff',
    hint: `Run \`steward store --stay --state ${folder}\` to see it start, or read ${join(storeFolder(folder), 'store.log')}.`,
  })
}
