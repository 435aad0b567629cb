import type { ResolvedSettings } from '../declared/declared-state.ts'
import type { TableState } from '../recorded/create-tables.ts'
import type { App } from './app.ts'
import { withTablesClient, type TablesTarget } from './tables-client.ts'

/** Where the settings and the environment say that the tables are; the embedded engine is started on demand. */
export async function tablesTarget(app: App, settings: ResolvedSettings | null): Promise<TablesTarget> {
  const { embedded, endpoint, ...place } = app.tablesPlace(settings)
  return { ...place, endpoint: embedded ? (await app.embeddedStore()).endpoint : endpoint }
}

/** What is there of the tables of a store, and what differs from their definition. */
export async function describeStore(
  app: App,
  settings: ResolvedSettings | null,
  signal: AbortSignal,
): Promise<TableState[]> {
  const { describeTables } = await import('../recorded/create-tables.ts')
  const { tablesError } = await import('../recorded/tables-error.ts')
  const target = await tablesTarget(app, settings)
  try {
    return await withTablesClient(target, (client) => describeTables({ client, prefix: target.prefix, signal }))
  } catch (error) {
    throw tablesError(error)
  }
}
