import type { DeclaredUnit } from '../declared/declared-state.ts'
import type { Action } from './plan.ts'

/** The versions whose artifacts some actions are about to record or run, each once. */
export function usedVersions(unit: DeclaredUnit | undefined, actions: readonly Action[]): number[] {
  const numbers = actions.flatMap(({ kind, key }) => {
    if (kind === 'registry.upsert') return [Number(key.split('@')[1])]
    if (kind !== 'deployment.create' && kind !== 'deployment.rollout') return []
    const deployment = unit?.deployments.get(key.split('#')[1] ?? '')
    return deployment === undefined ? [] : [deployment.modelVersion]
  })
  return [...new Set(numbers)]
}
