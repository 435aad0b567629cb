import type { RolloutState } from '../domain/rollout-states.ts'
import type { Advance, Ending, Rollout, RolloutCommand, RolloutEvent, RolloutPlan, TargetView } from './rollout.ts'

/**
 * The rollout state machine: (state, event, now) → (state, command). Pure. Commands are idempotent and given again
 * whenever an observation does not show their effect, so a rollout may be stopped and taken up anywhere.
 * docs/spec/rollout.md holds the transition table and the invariants.
 */
export function advance(rollout: Rollout, event: RolloutEvent, plan: RolloutPlan, now: Date): Advance {
  switch (event.type) {
    case 'observed':
      return observed(rollout, event.target, plan, now)
    case 'refused':
      return mayAbort(rollout.state)
        ? abort(rollout, plan.replaces ? 'rolled_back' : 'failed', event.reason)
        : stay(rollout)
    case 'superseded':
      return superseded(rollout, event.reason)
    case 'removed':
      return removed(rollout)
  }
}

function observed(rollout: Rollout, target: TargetView, plan: RolloutPlan, now: Date): Advance {
  switch (rollout.state) {
    case 'pending': {
      const deadline = new Date(now.getTime() + plan.deadlineMs).toISOString()
      return go({ ...rollout, state: 'preparing', deadline }, { kind: 'prepare' })
    }
    case 'preparing':
    case 'shifting':
      return onTheWay(rollout, target, plan, now)
    case 'settling':
      return settling(rollout, target)
    case 'aborting':
      return aborting(rollout, target)
    case 'retiring':
      return target.exists ? go(rollout, { kind: 'retire' }) : go({ ...rollout, state: 'retired', weight: 0 }, null)
    case 'awaiting_approval':
    case 'awaiting_capacity':
    case 'baking':
    case 'held':
    case 'live':
    case 'rolled_back':
    case 'failed':
    case 'superseded':
    case 'retired':
      return stay(rollout)
  }
}

function onTheWay(rollout: Rollout, target: TargetView, plan: RolloutPlan, now: Date): Advance {
  const ending = plan.replaces ? 'rolled_back' : 'failed'
  if (target.present && target.failure !== null) return abort(rollout, ending, target.failure)
  if (rollout.deadline !== null && now.getTime() >= Date.parse(rollout.deadline)) {
    return abort(rollout, ending, 'the deadline passed before the new version was ready')
  }
  if (!target.present) return go({ ...rollout, state: 'preparing', step: 0, weight: 0 }, { kind: 'prepare' })
  if (rollout.state === 'preparing') {
    const first = Math.min(1, target.needed)
    if (target.asked < first) return go(rollout, { kind: 'prepare' })
    return target.settled && target.ready >= first ? shiftOn(rollout, plan) : stay(rollout)
  }
  if (target.weight !== rollout.weight || target.asked !== target.needed) {
    return go(rollout, { kind: 'shift', weight: rollout.weight })
  }
  if (!target.settled || target.ready < target.needed) return stay(rollout)
  return shiftOn(rollout, plan)
}

/** The next greater weight, not the next index: an adjusted capacity changes how many steps there are. */
function shiftOn(rollout: Rollout, plan: RolloutPlan): Advance {
  const step = plan.weights.findIndex((weight) => weight > rollout.weight)
  const weight = plan.weights[step]
  if (weight === undefined) return go({ ...rollout, state: 'settling' }, { kind: 'settle' })
  return go({ ...rollout, state: 'shifting', step, weight }, { kind: 'shift', weight })
}

function settling(rollout: Rollout, target: TargetView): Advance {
  const asAsked = target.present && target.alone && target.weight === 100 && target.asked === target.needed
  if (!asAsked) return go(rollout, { kind: 'settle' })
  if (!target.settled || target.ready < target.needed) return stay(rollout)
  return go({ ...rollout, state: 'live', deadline: null }, null)
}

function aborting(rollout: Rollout, target: TargetView): Advance {
  if (target.there || (target.exists && target.alone)) return go(rollout, { kind: 'abort' })
  return go({ ...rollout, state: rollout.ending ?? 'failed', weight: 0, deadline: null, ending: null }, null)
}

function superseded(rollout: Rollout, reason: string): Advance {
  if (rollout.state === 'pending') return go({ ...rollout, state: 'superseded', reason }, null)
  // Past the point of return: it becomes live first, and is replaced like any live version.
  return mayAbort(rollout.state) ? abort(rollout, 'superseded', reason) : stay(rollout)
}

function removed(rollout: Rollout): Advance {
  if (['rolled_back', 'failed', 'superseded', 'retired', 'retiring'].includes(rollout.state)) return stay(rollout)
  return go(
    { ...rollout, state: 'retiring', deadline: null, ending: null, reason: 'no longer declared' },
    { kind: 'retire' },
  )
}

function mayAbort(state: RolloutState): boolean {
  return state === 'pending' || state === 'preparing' || state === 'shifting'
}

function abort(rollout: Rollout, ending: Ending, reason: string): Advance {
  return go({ ...rollout, state: 'aborting', ending, reason }, { kind: 'abort' })
}

function go(rollout: Rollout, command: RolloutCommand | null): Advance {
  return { rollout, command }
}

function stay(rollout: Rollout): Advance {
  return { rollout, command: null }
}
