import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { StewardError } from '../domain/errors.ts'
import type { Clock } from '../domain/ports.ts'
import { createMissingTables } from '../recorded/create-tables.ts'
import { ensurePrivateFolder } from '../system/files.ts'
import { embeddedClientSettings } from './client-settings.ts'
import { startEngineProcess } from './engine-process.ts'
import { type Supervisor, superviseEngine } from './engine-supervisor.ts'
import { type Guard, startGuard } from './guard.ts'
import { parseListenAddress } from './listen-address.ts'
import { type End, type FolderLock, tryLock } from './lock.ts'
import { findServingStore, removeStoreFile, storeFolder, writeStoreFile } from './store-file.ts'

export interface StoreOptions {
  readonly stateDir: string
  /** `host:port` on the loopback; default 127.0.0.1:0. */
  readonly listen?: string
  /** True: do not end for want of requests. */
  readonly stay: boolean
  readonly idleMs?: number
  /** Ends the store cleanly. */
  readonly signal: AbortSignal
  readonly clock: Clock
  onMessage(message: string): void
}

/** Less than `connectStore` waits, so that its caller learns the reason. */
const LOCK_PATIENCE_MS = 15_000
const LOCK_PAUSE_MS = 50

/**
 * The process behind `steward store`. Resolves when it has ended cleanly, at once where another store serves the
 * folder; rejects where it can't start or its engine can't be kept running.
 */
export async function runStore(options: StoreOptions): Promise<void> {
  try {
    await runToEnd(options)
  } catch (error) {
    // Ended on request while it was still starting.
    if (!options.signal.aborted) throw error
  }
}

async function runToEnd(options: StoreOptions): Promise<void> {
  const listen = parseListenAddress(options.listen ?? '127.0.0.1:0')
  await ensurePrivateFolder(options.stateDir)
  const folder = await realpath(options.stateDir)
  await ensurePrivateFolder(storeFolder(folder))
  const lock = await acquireLock(folder, options)
  if (lock === null) return
  let end: End = lock.previous
  try {
    if (end === 'unclean') options.onMessage('the store ended uncleanly; comparing indexes with their tables')
    const data = join(storeFolder(folder), 'data')
    await mkdir(data, { recursive: true, mode: 0o700 })
    const engine = superviseEngine({
      clock: options.clock,
      repair: end === 'unclean',
      start: (repair) => startEngineProcess(data, repair),
      onMessage: (message) => options.onMessage(message),
    })
    end = 'unclean'
    try {
      await createTables((await engine.first).port, options)
      const send = engine.send
      await serve(await startGuard({ listen, folder, clock: options.clock, send }), engine, folder, options)
    } finally {
      end = await engine.stop()
    }
  } finally {
    await lock.release(end)
  }
}

/** Null where a live store serves the folder already. A holder that is ending is waited for. */
async function acquireLock(folder: string, { clock, signal, onMessage }: StoreOptions): Promise<FolderLock | null> {
  const deadline = clock.monotonic() + LOCK_PATIENCE_MS
  for (;;) {
    const attempt = await tryLock(storeFolder(folder))
    if (attempt.state === 'locked') return attempt.lock
    const serving = await findServingStore(folder, signal)
    if (serving !== null) {
      onMessage(`the store of ${folder} already serves as process ${serving.pid} on ${serving.endpoint}`)
      return null
    }
    if (clock.monotonic() >= deadline) {
      throw new StewardError(`process ${attempt.pid} holds the store of ${folder} and does not answer`, {
        code: 'store_locked',
        retry: 'after',
        hint: `End process ${attempt.pid}; its data are safe.`,
      })
    }
    await clock.sleep(LOCK_PAUSE_MS, signal)
  }
}

/** Directly at the engine: no client may see a store without its tables. */
async function createTables(port: number, { clock, signal }: StoreOptions): Promise<void> {
  const client = new DynamoDBClient(embeddedClientSettings(`http://127.0.0.1:${port}`))
  try {
    await createMissingTables({ client, prefix: '', clock, signal, timeoutMs: 10_000 })
  } finally {
    client.destroy()
  }
}

async function serve(guard: Guard, engine: Supervisor, folder: string, options: StoreOptions): Promise<void> {
  const over = new AbortController()
  try {
    await writeStoreFile(folder, { pid: process.pid, endpoint: guard.endpoint })
    options.onMessage(`listening on ${guard.endpoint}`)
    const waits = [engine.failed, untilAborted(options.signal, over.signal)]
    if (!options.stay) waits.push(guard.idle(options.idleMs ?? 30_000, over.signal))
    await Promise.race(waits)
  } finally {
    over.abort()
    await removeStoreFile(folder, process.pid)
    await guard.close()
  }
}

function untilAborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true, signal: over })
  })
}
