import type { ResolvedSettings } from '../declared/declared-state.ts'
import { isOpen } from '../domain/rollout-states.ts'
import type { RecordedState } from '../recorded/recorded-state.ts'
import { removes, type Action, type Plan, type UnitPlan } from './plan.ts'

export interface GuardRefusal {
  readonly guard: 'I6'
  readonly message: string
}

interface Population {
  readonly label: string
  readonly deletes: number
  readonly existing: number
}

/**
 * I6: an empty desired state, or more than max(N, p %) deletes of a kind (deployments: of a stage), is refused unless
 * the override names exactly this plan's digest.
 */
export function checkGuards(input: {
  readonly plan: Plan
  readonly recorded: RecordedState
  readonly guards: ResolvedSettings['guards']
  readonly declaredUnits: number
  readonly allowDeletes: string | null
}): GuardRefusal[] {
  const { plan, recorded, guards, declaredUnits, allowDeletes } = input
  if (allowDeletes === plan.digest || guards.allowDeletes.includes(plan.digest)) return []
  const removals = plan.units.flatMap((unit) => unit.actions.filter(removes).map((action) => ({ unit, action })))
  if (removals.length === 0) return []
  if (declaredUnits === 0)
    return [{ guard: 'I6', message: 'nothing is declared any more: everything would be deleted' }]
  return populations(removals, recorded)
    .filter(({ deletes, existing }) => {
      const allowed = Math.max(guards.maxDeletes, Math.floor((existing * guards.maxDeletePercent) / 100))
      return deletes > allowed
    })
    .map(({ label, deletes, existing }) => ({
      guard: 'I6',
      message: `${deletes} of ${existing} ${label} would be deleted (max_deletes ${guards.maxDeletes}, ${guards.maxDeletePercent} %)`,
    }))
}

interface Removal {
  readonly unit: UnitPlan
  readonly action: Action
}

function populations(removals: readonly Removal[], recorded: RecordedState): Population[] {
  const units = [...recorded.units.values()]
  const count = (kind: string, stage: string | null = null): number =>
    removals.filter(({ unit, action }) => action.kind.startsWith(kind) && (stage === null || unit.stage === stage))
      .length
  const active = (status: unknown): boolean => status !== 'retired'
  const deployed = units.flatMap(({ deployments }) =>
    deployments.filter(({ status }) => status === 'live' || isOpen(status)),
  )
  const stages = [...new Set(deployed.map(({ stage }) => stage))].sort()
  return [
    {
      label: 'models',
      deletes: count('catalog.'),
      existing: units.filter(({ catalog }) => catalog !== null && active(catalog.status)).length,
    },
    {
      label: 'versions',
      deletes: count('registry.'),
      existing: units.flatMap(({ versions }) => [...versions.values()].filter(({ status }) => active(status))).length,
    },
    ...stages.map((stage) => ({
      label: `deployments in ${stage}`,
      deletes: count('deployment.', stage),
      existing: new Set(
        deployed.filter((item) => item.stage === stage).map(({ item, name }) => `${String(item.model)}#${name}`),
      ).size,
    })),
  ]
}
