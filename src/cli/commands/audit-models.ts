import { knownModels } from '../../app/catalog-models.ts'
import { requireRecorded } from '../../app/history.ts'
import type { ModelId } from '../../domain/names.ts'
import { readChain } from '../../recorded/audit.ts'
import type { Tables } from '../../recorded/tables.ts'
import type { DeclaredState } from '../../declared/declared-state.ts'
import type { Invocation } from '../command.ts'
import { modelArgument } from '../model-argument.ts'
import { requireSettings } from './require-settings.ts'

export const whichModels =
  'Without MODEL: the models of the revision, of the revisions that were applied last, and those that were removed,\n' +
  'as far as the Git history of this clone goes.'

export interface AuditWork {
  readonly tables: Tables
  readonly declared: DeclaredState
  readonly models: readonly ModelId[]
}

/** The tables and the models that a command of the audit looks at. */
export async function auditWork({ app, arguments: [text], revision, io, signal }: Invocation): Promise<AuditWork> {
  const named = text === undefined ? null : modelArgument(text)
  const declared = await app.declared(revision, signal)
  requireSettings(declared)
  const { state } = declared
  const tables = await app.tables(state.settings)
  if (named !== null) {
    if (!state.units.has(named)) await requireKnown(tables, named, signal)
    return { tables, declared: state, models: [named] }
  }
  const { models, unknown } = await knownModels(await app.repository(), tables, state, signal)
  for (const each of unknown) {
    io.note(`warning: ${each} was applied and is not in this repository; name models that only it had`)
  }
  return { tables, declared: state, models }
}

/** A model whose catalog item is gone is known by its entries: that is a fault to be told, not a mistake in the name. */
async function requireKnown(tables: Tables, model: ModelId, signal: AbortSignal): Promise<void> {
  if ((await readChain(tables, model, signal)).length === 0) await requireRecorded(tables, model, signal)
}
