import type { DeclaredState } from '../declared/declared-state.ts'
import { diagnosticCodes } from '../domain/diagnostic-codes.ts'
import { firstLine, type Diagnostic } from '../domain/diagnostics.ts'
import { mapLimited } from '../domain/map-limited.ts'
import type { ModelId } from '../domain/names.ts'
import type { Drift } from '../plan/plan.ts'
import type { RecordedState, RecordedUnit } from '../recorded/recorded-state.ts'
import type { Tables } from '../recorded/tables.ts'
import { findDrift } from '../reconcile/correct-running.ts'
import type { Intent } from '../reconcile/ports.ts'
import { DriverError } from '../runtimes/driver.ts'
import type { App } from './app.ts'
import { readOnlyWriter, reconcilePorts } from './reconcile-ports.ts'

const READERS = 16

/** Deployments that can not become ready, in words; null: its runtime did not answer. */
export type Unwell = ReadonlyMap<ModelId, readonly string[] | null>

/** What runs otherwise than it is recorded, of all units; what could not be looked at is a diagnostic. */
export async function observeDrift(
  app: App,
  tables: Tables,
  declared: DeclaredState,
  recorded: RecordedState,
  signal: AbortSignal,
): Promise<{ drift: Drift[]; unwell: Unwell; observed: boolean; unreachable: Diagnostic[] }> {
  if (declared.settings?.drift.mode === 'ignore')
    return { drift: [], unwell: new Map(), observed: false, unreachable: [] }
  const ports = await reconcilePorts(app, tables, declared, readOnlyWriter)
  const intent: Intent = { declared, planDigest: null, allowDeletes: false }
  const unreachable = new Map<string, Diagnostic>()
  const found = await mapLimited([...recorded.units.values()], READERS, async (unit) => {
    signal.throwIfAborted()
    try {
      return { model: unit.model, ...(await findDrift(ports, intent, unit)) }
    } catch (error) {
      if (!(error instanceof DriverError)) throw error
      unreachable.set(error.message, unreachableRuntime(declared, unit, error))
      return { model: unit.model, drift: [], unwell: null }
    }
  })
  const drift = found.flatMap((look) => look.drift)
  const unwell = new Map(found.map((look) => [look.model, look.unwell]))
  return { drift, unwell, observed: unreachable.size === 0, unreachable: [...unreachable.values()] }
}

/** At the runtime's document; at the model's where the runtime is declared no more. */
function unreachableRuntime(declared: DeclaredState, recorded: RecordedUnit, error: DriverError): Diagnostic {
  const names = recorded.deployments.filter(({ status }) => status === 'live').map(({ item }) => String(item.runtime))
  const runtime = names.map((name) => declared.runtimes.get(name)).find((known) => known !== undefined)
  const path =
    runtime?.document.path ?? declared.units.get(recorded.model)?.path ?? `${declared.root}${recorded.model}/model.yaml`
  const { severity, help } = diagnosticCodes.ST1501
  const summary = `what runs could not be looked at: ${error.message}`
  return { code: 'ST1501', severity, summary, help, path, range: firstLine, pointer: '', related: [] }
}
