import { resolveArtifactUri } from '../artifacts/artifact-store.ts'
import type { DeclaredState } from '../declared/declared-state.ts'
import { AuditLog } from '../recorded/audit.ts'
import type { Tables } from '../recorded/tables.ts'
import type { Writer } from '../recorded/write-item.ts'
import type { ReconcilePorts } from '../reconcile/ports.ts'
import { RolloutPlaces } from '../reconcile/rollout-places.ts'
import type { App } from './app.ts'
import { checkArtifacts } from './check-artifacts.ts'

/** The ports of the reconciler, wired. */
export async function reconcilePorts(
  app: App,
  tables: Tables,
  declared: DeclaredState,
  writer: Writer,
): Promise<ReconcilePorts> {
  const { store, base } = await app.artifacts(declared.settings)
  return {
    tables,
    writer,
    audit: new AuditLog(tables, app.clock),
    clock: app.clock,
    places: new RolloutPlaces(),
    driver: await app.drivers(),
    resolveArtifact: (uri) => resolveArtifactUri(uri, base),
    verifyArtifacts: (state, model, versions) =>
      checkArtifacts({ store, base }, state, { model, versions, check: 'bytes' }),
  }
}

/** Reading needs no lease; a write through this is a mistake of ours. */
export const readOnlyWriter: Writer = {
  epoch: 0,
  lost: new AbortController().signal,
  check: () => AbortSignal.timeout(30_000),
}
