import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './waiting.ts'
import { Workspace } from './workspace.ts'

export interface SharedStore {
  readonly endpoint: string
  close(): Promise<void>
}

/** A `steward store --stay` of its own, for all worlds of a test file. */
export async function sharedStore(): Promise<SharedStore> {
  const space = new Workspace()
  space.start('store', '--stay')
  const file = join(space.state, 'store.json')
  const { endpoint } = await until('the store listens', () => JSON.parse(readFileSync(file, 'utf8')))
  return { endpoint: String(endpoint), close: () => space.close() }
}
