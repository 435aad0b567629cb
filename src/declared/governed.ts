import type { DeclaredState } from './declared-state.ts'

/**
 * A state with what binds people taken from the one before it (I15): where the tables and artifacts are, who applies,
 * the guards, life cycles and freezes. Runtimes and all else are its own. The digests of plans that may delete are its
 * own too: they name one exact plan, and are merged with it.
 */
export function governedBy(state: DeclaredState, before: DeclaredState | null): DeclaredState {
  if (before === null || before.settings === null || state.settings === null) return state
  const { tables, artifactsUri, applyBy, onChangedPlan, guards } = before.settings
  const allowDeletes = [...new Set([...guards.allowDeletes, ...state.settings.guards.allowDeletes])]
  return {
    ...state,
    settings: { ...state.settings, tables, artifactsUri, applyBy, onChangedPlan, guards: { ...guards, allowDeletes } },
    lifecycles: before.lifecycles,
    freezes: before.freezes,
  }
}
