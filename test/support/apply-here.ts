import { pathToFileURL } from 'node:url'
import { App } from '../../src/app/app.ts'
import { apply } from '../../src/app/apply.ts'
import { readEnvironment } from '../../src/app/environment.ts'
import { systemClock, systemIds, systemRandomness } from '../../src/system/clock.ts'
import { livenessOf, ownIdentity } from '../../src/system/processes.ts'
import type { Workspace } from './workspace.ts'

const PATIENCE_MS = 60_000

/**
 * What `steward apply --yes --wait` does, in this process: a controller beside those of other processes that costs no
 * start of a program. Throws unless everything is applied.
 */
export async function applyHere(
  { repo, state, artifacts }: Workspace,
  tables: { readonly endpoint: string; readonly prefix: string; readonly leaseMs: number },
): Promise<void> {
  const { environment } = readEnvironment({
    PATH: process.env.PATH,
    STEWARD_ARTIFACTS_URI: pathToFileURL(artifacts).href,
    STEWARD_DYNAMODB_ENDPOINT: tables.endpoint,
    STEWARD_TABLE_PREFIX: tables.prefix,
  })
  const app = new App({
    ...{ repo, root: 'models', stateDir: state, environment },
    ...{ clock: systemClock, ids: systemIds, randomness: systemRandomness },
    ...{ identity: ownIdentity(), livenessOf, storeCommand: () => [] },
  })
  const signal = AbortSignal.timeout(PATIENCE_MS)
  try {
    const { state: declared } = await app.declared({ kind: 'git', revision: 'HEAD' }, signal)
    const request = { saved: null, wait: true, timeoutMs: PATIENCE_MS, allowDeletes: null, leaseMs: tables.leaseMs }
    const end = await apply(app, { declared, signal, ...request, events: {}, confirm: async () => true })
    const failed = 'failed' in end ? end.failed : []
    if ((end.kind !== 'applied' && end.kind !== 'nothing') || failed.length > 0) {
      throw new Error(`the run in this process ended ${end.kind}: ${failed.join('; ')}`)
    }
  } finally {
    await app.close()
  }
}
