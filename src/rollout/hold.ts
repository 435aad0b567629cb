import type { RolloutState } from '../domain/rollout-states.ts'
import { holdableStates, waitingStates, type HoldableState, type Rollout } from './rollout.ts'

export function isHoldable(state: RolloutState): state is HoldableState {
  return holdableStates.some((holdable) => holdable === state)
}

/** The target has not heard of it: nothing of it runs, and giving it up needs no command. */
export function isUnheard({ state, held }: Pick<Rollout, 'state' | 'held'>): boolean {
  const at = state === 'held' ? held?.from : state
  return waitingStates.some((waiting) => waiting === at)
}

/** Keeps a rollout where it is: weights, replicas and all. */
export function hold(rollout: Rollout, reason: string, now: Date): Rollout {
  const { state } = rollout
  if (!isHoldable(state)) return rollout
  return { ...rollout, state: 'held', reason, held: { from: state, since: now.toISOString() } }
}

/** Back to where it was. Time stood still meanwhile, so that a hold uses up neither the deadline nor a bake. */
export function resume(rollout: Rollout, now: Date): Rollout {
  const { held, begunAt, deadline, bakeSince, bakeUntil } = rollout
  const from = held?.from ?? 'pending'
  const away = held === null ? 0 : Math.max(0, now.getTime() - Date.parse(held.since))
  const later = (moment: string | null): string | null =>
    moment === null ? null : new Date(Date.parse(moment) + away).toISOString()
  const times = {
    begunAt: later(begunAt),
    deadline: later(deadline),
    bakeSince: later(bakeSince),
    bakeUntil: later(bakeUntil),
  }
  return { ...rollout, ...times, state: from, reason: '', held: null }
}
