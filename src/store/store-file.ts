import { readFile, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { isJsonObject } from '../domain/json.ts'
import { readJsonObject, writeFileAtomically } from '../system/files.ts'

/** What `store.json` tells: where the store of a state folder listens, and which process it is. */
export interface StoreAddress {
  readonly endpoint: string
  readonly pid: number
}

/** Path of the request by which a client checks that it talks to the store of its own state folder. */
export const HEALTH_PATH = '/-/health'

const HEALTH_TIMEOUT_MS = 3_000

const storeFile = (folder: string): string => join(folder, 'store.json')

/** Where the data, the lock and the log of a state folder's store are. */
export const storeFolder = (folder: string): string => join(folder, 'store')

export async function writeStoreFile(folder: string, address: StoreAddress): Promise<void> {
  await writeFileAtomically(storeFile(folder), `${JSON.stringify(address)}\n`)
}

/** Removes store.json unless it names another process by now. */
export async function removeStoreFile(folder: string, pid: number): Promise<void> {
  const address = await readStoreFile(folder)
  if (address === null || address.pid === pid) await rm(storeFile(folder), { force: true })
}

async function readStoreFile(folder: string): Promise<StoreAddress | null> {
  const { endpoint, pid } = (await readJsonObject(storeFile(folder))) ?? {}
  return typeof endpoint === 'string' && typeof pid === 'number' && URL.canParse(endpoint) ? { endpoint, pid } : null
}

/** The store that serves a state folder (a real path) right now, or null. It counts as a request there. */
export async function findServingStore(folder: string, signal?: AbortSignal): Promise<StoreAddress | null> {
  const address = await readStoreFile(folder)
  if (address === null) return null
  const health = await askHealth(address.endpoint, signal)
  return health?.pid === address.pid && health.state === folder ? address : null
}

async function askHealth(endpoint: string, signal?: AbortSignal): Promise<{ pid: unknown; state: unknown } | null> {
  const text = await new Promise<string | null>((resolve) => {
    const options = { agent: false, timeout: HEALTH_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) }
    const request = get(new URL(HEALTH_PATH, endpoint), options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve(response.statusCode === 200 ? Buffer.concat(parts).toString() : null))
      response.on('error', () => resolve(null))
    })
    request.on('timeout', () => request.destroy(new Error('the store did not answer')))
    request.on('error', () => resolve(null))
  })
  signal?.throwIfAborted()
  try {
    const health: unknown = JSON.parse(text ?? 'null')
    return isJsonObject(health) ? { pid: health['pid'], state: health['state'] } : null
  } catch {
    return null
  }
}

/** The last lines of the store's log from `offset` on, for an error message. */
export async function logTail(folder: string, offset: number, lines = 20): Promise<string> {
  try {
    const log = await readFile(join(storeFolder(folder), 'store.log'))
    const text = log.subarray(offset <= log.length ? offset : 0).toString()
    return text.trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}
