import { digestOf, type Digest } from '../domain/digest.ts'
import type { ModelId } from '../domain/names.ts'
import { PLANNER, type Action, type UnitPlan } from './plan.ts'

/**
 * What a unit's changes are in one stage, whatever the commit that brings them: revision, times, ids, reasons and
 * positions are not in it, so that it survives a squash merge, an unrelated merge, and drift.
 */
export function unitDigest(unit: ModelId, stage: string | null, actions: readonly Action[]): Digest {
  const bare = actions.map(({ kind, key, before, after }) => ({ kind, key, before, after }))
  return digestOf({ planner: PLANNER, unit, stage, actions: bare })
}

/** The same over the units that have actions. */
export function planDigest(units: readonly UnitPlan[]): Digest {
  const named = units
    .filter(({ actions }) => actions.length > 0)
    .map(({ unit, stage, digest }) => [unit, stage, digest])
  return digestOf({ planner: PLANNER, units: named })
}
