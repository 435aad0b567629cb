import type { RolloutState } from '../domain/rollout-states.ts'
import type { RecordedRollout } from '../recorded/recorded-state.ts'

/** What a rollout that is on its way waits for, in words; null where it does not wait. */
export function waitingFor(state: RolloutState | null, rollout: RecordedRollout | undefined): string | null {
  switch (state) {
    case 'awaiting_approval':
    case 'awaiting_capacity':
      return rollout?.reason ?? null
    case 'held':
      return 'the end of the hold'
    case 'baking':
      return `the end of its watch at ${String(rollout?.item.bake_until ?? '')}`
    case 'pending':
      return 'its turn'
    case 'preparing':
      return 'the new version to be ready'
    case 'shifting':
      return 'the replicas of this weight to be ready'
    case 'settling':
      return 'all replicas to be ready'
    case 'aborting':
    case 'retiring':
      return 'its processes to end'
    default:
      return null
  }
}
