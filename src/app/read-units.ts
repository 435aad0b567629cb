import type { DeclaredState } from '../declared/declared-state.ts'
import type { ModelId } from '../domain/names.ts'
import { readCheckpoint } from '../recorded/checkpoint.ts'
import { readUnit } from '../recorded/read-unit.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import type { Item, Tables } from '../recorded/tables.ts'
import type { App } from './app.ts'
import { requireRecorded } from './history.ts'
import { readStanding } from './standing-units.ts'

export interface UnitsRequest {
  readonly declared: DeclaredState
  readonly model: ModelId | null
  /** Where the caller has read it already. */
  readonly checkpoint?: Item | null
  readonly signal: AbortSignal
}

/** What is recorded of one model, which must be known; of all that stand where none is named. */
export async function readUnits(app: App, tables: Tables, request: UnitsRequest): Promise<readonly RecordedUnit[]> {
  const { declared, model, signal } = request
  if (model === null) {
    const { checkpoint = await readCheckpoint(tables, declared.root, signal) } = request
    return readStanding(app, tables, { declared, checkpoint, signal })
  }
  if (!declared.units.has(model)) await requireRecorded(tables, model, signal)
  return [await readUnit(tables, model, signal)]
}
