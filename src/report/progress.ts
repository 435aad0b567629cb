import { isOpen, type RolloutState } from '../domain/rollout-states.ts'
import type { ModelId } from '../domain/names.ts'
import type { UnitResult } from '../reconcile/reconcile-unit.ts'
import { plain } from './diagnostics.ts'

/** Turns looks at units into lines, one whenever a rollout's state or a unit's problem changes. */
export function progressLines(): (model: ModelId, result: UnitResult) => string[] {
  const last = new Map<string, string>()
  return (model, { recorded, problems }) => {
    const { rollouts } = recorded
    const lines = recorded.deployments.flatMap(({ name, status, modelVersion, id, item }) => {
      const key = `${model}#${name} ${id}`
      const rollout = rollouts.get(name)
      const at = rollout?.deploymentId === id && isOpen(status) ? whereOf(rollout) : ''
      const before = last.get(key)
      last.set(key, status + at)
      if (before === status + at || (before === undefined && !isOpen(status))) return []
      const reason = typeof item.reason === 'string' && item.reason !== '' ? `: ${ends(item.reason)}` : ''
      return [`${model}#${name} version ${modelVersion}: ${status}${at}${reason}`]
    })
    const said = problems.join('; ')
    if (said !== '' && last.get(model) !== said) lines.push(`${model}: ${said}`)
    last.set(model, said)
    return lines.map(plain)
  }
}

/** How much of the traffic it has, and until when it is watched. */
function whereOf({
  weight,
  item,
  state,
}: {
  readonly weight: number
  readonly state: RolloutState
  readonly item: { readonly bake_until?: unknown }
}): string {
  const share = weight > 0 && state !== 'settling' ? ` at ${weight} %` : ''
  return typeof item.bake_until === 'string' && state === 'baking' ? `${share} until ${item.bake_until}` : share
}

/** The first and the last line of a reason: what failed, and the last words of the server. */
function ends(reason: string): string {
  const lines = reason.split('\n').filter((line) => line.trim() !== '')
  const [first = ''] = lines
  const last = lines.at(-1) ?? ''
  return lines.length < 2 ? first : `${first} ${last.trim()}`
}
