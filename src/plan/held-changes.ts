import type { DeclaredState, DeclaredUnit } from '../declared/declared-state.ts'
import type { RecordedState } from '../recorded/recorded-state.ts'
import { planAll } from './plan-all.ts'
import type { Plan, UnitPlan } from './plan.ts'

/**
 * What waits for the end of a hold: the plans of stages in which nothing is done now, as they would be without their
 * holds.
 */
export function heldChanges(declared: DeclaredState, recorded: RecordedState, plan: Plan): readonly UnitPlan[] {
  const held = [...declared.units].filter(([, { deployments }]) => [...deployments.values()].some((each) => each.held))
  if (held.length === 0) return []
  const units = new Map(held.map(([model, unit]) => [model, withoutHolds(unit)]))
  const known = new Map([...recorded.units].filter(([model]) => units.has(model)))
  const free = planAll({ declared: { ...declared, units }, recorded: { units: known } })
  const now = new Set(plan.units.flatMap(({ actions }) => actions.map(({ key }) => key)))
  return free.units.flatMap((unit) => {
    const actions = unit.actions.filter(({ key }) => !now.has(key))
    return unit.stage === null || actions.length === 0 ? [] : [{ ...unit, actions }]
  })
}

function withoutHolds(unit: DeclaredUnit): DeclaredUnit {
  const deployments = new Map([...unit.deployments].map(([name, each]) => [name, { ...each, held: false }]))
  return { ...unit, deployments }
}
