import type { DeclaredState } from '../declared/declared-state.ts'
import type { Diagnostic } from '../domain/diagnostics.ts'
import type { ModelId } from '../domain/names.ts'
import type { Drift } from '../plan/plan.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import type { App } from './app.ts'
import { observeDrift } from './observe-running.ts'
import { readUnits } from './read-units.ts'

/** `drift --json`. */
export interface DriftReport {
  readonly format: 'steward.drift/v1'
  /** False: a runtime could not be reached, or Settings say that nobody looks. */
  readonly observed: boolean
  readonly drift: readonly Drift[]
  readonly diagnostics: readonly Diagnostic[]
}

export interface DriftRequest {
  readonly declared: DeclaredState
  readonly model: ModelId | null
  readonly stage: string | null
  readonly signal: AbortSignal
}

/** How what runs differs from what is recorded as live. Reads only. */
export async function readDrift(app: App, { declared, model, stage, signal }: DriftRequest): Promise<DriftReport> {
  const tables = await app.tables(declared.settings)
  const units = await readUnits(app, tables, { declared, model, signal })
  const recorded = { units: new Map(units.map((unit) => [unit.model, unit])) }
  const { drift, observed, unreachable } = await observeDrift(app, tables, declared, recorded, signal)
  return {
    format: 'steward.drift/v1',
    observed,
    drift: drift.filter(({ unit, key }) => stage === null || stageOf(recorded.units.get(unit), key) === stage),
    diagnostics: unreachable,
  }
}

function stageOf(recorded: RecordedUnit | undefined, key: string): string | undefined {
  return recorded?.deployments.findLast(({ name }) => name === key.split('#')[1])?.stage
}
