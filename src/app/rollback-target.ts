import { StewardError } from '../domain/errors.ts'
import { readHistory } from './history.ts'
import type { Tables } from '../recorded/tables.ts'
import type { ModelId } from '../domain/names.ts'

/**
 * The version that a deployment goes back to: what serves, if the documents name another one (a rollout that failed, or
 * has not begun); else the one that served before it.
 */
export async function rollbackTarget(
  tables: Tables,
  request: { readonly model: ModelId; readonly name: string; readonly declared: number; readonly signal: AbortSignal },
): Promise<number> {
  const { model, name, declared, signal } = request
  const { entries } = await readHistory(tables, { model, asOf: null, stage: null, version: null, signal })
  const served = entries.filter((entry) => entry.name === name && entry.live_from !== null)
  const target = served.find((entry) => entry.model_version !== declared)
  if (target !== undefined) return target.model_version
  throw new StewardError(`no other version of ${model}#${name} than ${declared} has served`, {
    code: 'rollback_impossible',
    kind: 'user',
    hint: 'Name a version with `steward promote MODEL@N --to STAGE`.',
  })
}
