import { isJsonObject } from '../domain/json.ts'
import { planDigest, unitDigest } from './digest.ts'
import type { Plan, UnitPlan } from './plan.ts'

/** A saved plan whose digests recompute to what it says (I3); null for anything else. */
export function soundPlan(value: unknown): Plan | null {
  if (!isJsonObject(value) || value.format !== 'steward.plan/v1' || !Array.isArray(value.units)) return null
  if (!value.units.every(looksLikeUnit)) return null
  const plan = value as unknown as Plan
  const units = plan.units.map((unit) => ({ ...unit, digest: unitDigest(unit.unit, unit.stage, unit.actions) }))
  const same = units.every(({ digest }, index) => digest === plan.units[index]?.digest)
  return same && planDigest(units) === plan.digest ? plan : null
}

function looksLikeUnit(unit: unknown): unit is UnitPlan {
  if (!isJsonObject(unit) || typeof unit.unit !== 'string' || !Array.isArray(unit.actions)) return false
  const named = unit.actions.every(
    (action) => isJsonObject(action) && typeof action.kind === 'string' && typeof action.key === 'string',
  )
  return named && (unit.stage === null || typeof unit.stage === 'string')
}
