// The process of the DynamoDB engine: `engine.ts FOLDER repair|keep`, started by the store with an IPC channel.
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import dynalite from 'dynalite'
import library, { type Database } from 'dynalite/db/index.js'
import { errorCode } from '../domain/errors.ts'
import type { EngineMessage } from './engine-process.ts'
import { repairData } from './repair.ts'

const LOCK_PATIENCE_MS = 10_000
const LOCK_PAUSE_MS = 25

/** Opens the data; an engine whose store was killed may hold the folder for a moment yet. */
async function openDatabase(path: string): Promise<Database> {
  const deadline = performance.now() + LOCK_PATIENCE_MS
  for (;;) {
    const database = library.create({ path })
    try {
      await database.db.open()
      return database
    } catch (error) {
      const locked = error instanceof Error && errorCode(error.cause) === 'LEVEL_LOCKED'
      if (!locked || performance.now() >= deadline) throw error
      await delay(LOCK_PAUSE_MS)
    }
  }
}

/** DynamoDB refuses an empty string in the key of an index; dynalite takes it. */
function refuseEmptyIndexKeys(): void {
  const updateIndexes = library.updateIndexes
  library.updateIndexes = (store, table, existing, item, done) => {
    for (const index of [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]) {
      for (const { AttributeName: name } of index.KeySchema) {
        const value = item?.[name]
        if (typeof value === 'object' && value !== null && 'S' in value && value['S'] === '') {
          const message = `an index key can not be an empty string. IndexName: ${index.IndexName}, IndexKey: ${name}`
          return done(library.validationError(`One or more parameter values are not valid: ${message}`))
        }
      }
    }
    updateIndexes(store, table, existing, item, done)
  }
}

function tell(message: EngineMessage): void {
  process.send?.(message)
}

async function main(path: string, repair: boolean): Promise<void> {
  const database = await openDatabase(path)
  const repaired = repair ? await repairData(database) : { rewritten: 0, deleted: 0 }
  await database.db.close()

  refuseEmptyIndexKeys()
  const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  // The store keeps its connections; one that closes under a request would look like a crash.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  process.on('message', (message) => {
    if (message === 'stop') server.close((error) => process.exit(error === undefined || error === null ? 0 : 1))
  })
  server.listen(0, '127.0.0.1', () => {
    tell({ type: 'listening', port: (server.address() as AddressInfo).port, ...repaired })
  })
}

// An engine without its store would keep the folder locked.
process.on('disconnect', () => process.exit(0))
if (process.connected !== true) process.exit(0)
// A terminal sends these to the whole process group; the store decides when the engine ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

const [path, mode] = process.argv.slice(2)
if (path === undefined) throw new Error('usage: engine.ts FOLDER repair|keep')
await main(path, mode === 'repair')
