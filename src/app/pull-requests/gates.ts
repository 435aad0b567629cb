import type { DeclaredState } from '../../declared/declared-state.ts'
import type { UnitPlan } from '../../plan/plan.ts'
import { code, sentence } from '../../report/markdown.ts'

const SHOWN = 6

/** What stands between a merge and the change, in Markdown: holds, and life cycles, which this version records only. */
export function gatesOf(plans: readonly UnitPlan[], declared: DeclaredState): readonly string[] {
  const changed = [...new Set(plans.filter(({ actions }) => actions.length > 0).map(({ unit }) => unit))]
  const units = changed.flatMap((model) => declared.units.get(model) ?? [])
  const lifecycles = [...new Set(units.flatMap(({ lifecycle }) => lifecycle ?? []))]
  const holds = units.flatMap(({ model, deployments }) =>
    [...deployments.values()]
      .filter(({ held }) => held)
      .map(({ name, resolved }) => {
        const until = resolved.hold?.until === undefined ? '' : ` until ${sentence(resolved.hold.until)}`
        return `${code(`${model}#${name}`)} is held${until}: ${sentence(resolved.hold?.reason ?? '')}`
      }),
  )
  const gates = [
    ...holds.slice(0, SHOWN),
    ...(holds.length > SHOWN ? [`and ${holds.length - SHOWN} more holds`] : []),
    ...lifecycles.map((name) => `life cycle ${code(name)}: not enforced by this version`),
  ]
  return gates.length === 0 ? ['none; who has to review is decided by the branch’s rules'] : gates
}
