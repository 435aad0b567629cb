import { StewardError } from '../../domain/errors.ts'
import { readCheckpoint } from '../../recorded/checkpoint.ts'
import { readLease } from '../../recorded/lease.ts'
import type { Tables } from '../../recorded/tables.ts'
import type { App } from '../app.ts'
import { commitOf } from '../../domain/revisions.ts'
import { ok, skipped, warning, type Check } from './check.ts'

/** Who writes. */
export async function leaseCheck(app: App, tables: Tables, signal: AbortSignal): Promise<Check> {
  return reading('lease', async () => {
    const lease = await readLease(tables, app.options.livenessOf, signal)
    if (lease === null) return ok('lease', 'nobody has applied anything yet')
    const by = `${lease.holder} (epoch ${lease.epoch})`
    switch (lease.standing) {
      case 'alive':
        return ok('lease', `${by} holds it and runs`)
      case 'released':
        return ok('lease', `free; ${by} gave it back`)
      case 'dead':
        return ok('lease', `free; ${by} ended without giving it back, and the next one takes it at once`)
      case 'unknown':
        return ok('lease', `${by} holds it on another machine, or before a restart; if it is gone, waiting frees it`)
    }
  })
}

/** What was applied last. */
export async function checkpointCheck(app: App, tables: Tables, signal: AbortSignal): Promise<Check> {
  return reading('checkpoint', async () => {
    const checkpoint = await readCheckpoint(tables, app.options.root, signal)
    if (checkpoint === null) return ok('checkpoint', 'nothing was applied yet')
    const revision = String(checkpoint.revision)
    if (checkpoint.settled !== true) {
      const help = 'A daemon goes on by itself; without one, run `steward apply --wait`.'
      return warning('checkpoint', `${revision} was applied, and rollouts were on their way`, help)
    }
    const commit = commitOf(revision)
    const known = commit === '' || (await (await app.repository()).source.resolve(commit)) !== null
    if (known) return ok('checkpoint', `${revision}, settled`)
    const help = 'Fetch the whole history; if history was rewritten, the next apply compares everything anew.'
    return warning('checkpoint', `${revision} was applied and is not in this repository`, help)
  })
}

/** A table that is missing, or may not be read, is told by the checks that look for that. */
async function reading(name: string, work: () => Promise<Check>): Promise<Check> {
  try {
    return await work()
  } catch (error) {
    const told = error instanceof StewardError && (error.code === 'table_missing' || error.code === 'tables_denied')
    if (told) return skipped(name, 'steward-control can not be read')
    throw error
  }
}
