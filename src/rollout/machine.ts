import type { RolloutState } from '../domain/rollout-states.ts'
import { hold, isHoldable, isUnheard, resume } from './hold.ts'
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
      return mayAbort(rollout.state) ? abort(rollout, failureOf(plan), event.reason) : stay(rollout)
    case 'superseded':
      return superseded(rollout, event.reason)
    case 'removed':
      return removed(rollout)
  }
}

function observed(rollout: Rollout, target: TargetView, plan: RolloutPlan, now: Date): Advance {
  switch (rollout.state) {
    case 'pending':
    case 'awaiting_approval':
    case 'awaiting_capacity':
      return waiting(rollout, plan, now)
    case 'preparing':
    case 'shifting':
    case 'baking':
      return onTheWay(withTimes(rollout, plan), target, plan, now)
    case 'held':
      return held(rollout, target, plan, now)
    case 'settling':
      return settling(rollout, target)
    case 'aborting':
      return aborting(rollout, target)
    case 'retiring':
      return target.exists ? go(rollout, { kind: 'retire' }) : go({ ...rollout, state: 'retired', weight: 0 }, null)
    case 'live':
    case 'rolled_back':
    case 'failed':
    case 'superseded':
    case 'retired':
      return stay(rollout)
  }
}

/** The target has not heard of it. */
function waiting(rollout: Rollout, plan: RolloutPlan, now: Date): Advance {
  if (plan.hold !== null) return go(hold(rollout, plan.hold, now), null)
  const { waitsFor } = plan
  if (waitsFor !== null) {
    const same = rollout.state === waitsFor.state && rollout.reason === waitsFor.reason
    return same ? stay(rollout) : go({ ...rollout, ...waitsFor }, null)
  }
  const begun = withTimes({ ...rollout, state: 'preparing', begunAt: now.toISOString(), reason: '' }, plan)
  return go(begun, { kind: 'prepare' })
}

/** What is to be waited for follows the plan, which may have been adjusted since it began. */
function withTimes(rollout: Rollout, plan: RolloutPlan): Rollout {
  const { begunAt, bakeSince, weight } = rollout
  return {
    ...rollout,
    ...(begunAt !== null && { deadline: later(begunAt, plan.deadlineMs) }),
    ...(bakeSince !== null && { bakeUntil: later(bakeSince, bakeOf(plan, weight)) }),
  }
}

/** A weight that an adjustment took out of the steps is watched as the one before it. */
function bakeOf({ steps }: RolloutPlan, at: number): number {
  return steps.findLast(({ weight }) => weight <= at)?.bakeMs ?? 0
}

function later(moment: string, ms: number): string {
  return new Date(Date.parse(moment) + ms).toISOString()
}

function onTheWay(rollout: Rollout, target: TargetView, plan: RolloutPlan, now: Date): Advance {
  if (target.present && target.failure !== null) return abort(rollout, failureOf(plan), target.failure)
  if (plan.hold !== null) return go(hold(rollout, plan.hold, now), null)
  if (hasPassed(rollout.deadline, now)) return abort(rollout, failureOf(plan), lateness(rollout))
  if (!target.present) return go(fromTheBeginning(rollout), { kind: 'prepare' })
  if (rollout.state === 'preparing') {
    if (target.asked !== target.needed) return go(rollout, { kind: 'prepare' })
    return target.settled && target.ready >= target.needed ? shiftOn(rollout, plan) : stay(rollout)
  }
  if (target.weight !== rollout.weight || target.asked !== target.needed) {
    // What was watched so far was another thing.
    return go(
      { ...rollout, state: 'shifting', bakeSince: null, bakeUntil: null },
      { kind: 'shift', weight: rollout.weight },
    )
  }
  if (!target.settled || target.ready < target.needed) return stay(rollout)
  if (rollout.state === 'shifting') return bake(rollout, plan, now)
  return hasPassed(rollout.bakeUntil, now) ? shiftOn(rollout, plan) : stay(rollout)
}

/** Everything of the present weight is ready: it is watched, where the step says so. */
function bake(rollout: Rollout, plan: RolloutPlan, now: Date): Advance {
  if (bakeOf(plan, rollout.weight) === 0) return shiftOn(rollout, plan)
  return go(withTimes({ ...rollout, state: 'baking', bakeSince: now.toISOString() }, plan), null)
}

/** The next greater weight, not the next index: an adjusted capacity changes how many steps there are. */
function shiftOn(rollout: Rollout, plan: RolloutPlan): Advance {
  const next = { ...rollout, bakeSince: null, bakeUntil: null }
  const step = plan.steps.findIndex(({ weight }) => weight > rollout.weight)
  const weight = plan.steps[step]?.weight
  if (weight === undefined) return go({ ...next, state: 'settling' }, { kind: 'settle' })
  return go({ ...next, state: 'shifting', step, weight }, { kind: 'shift', weight })
}

/** It goes no further, but a version that fails does not stay because somebody asked to wait. */
function held(rollout: Rollout, target: TargetView, plan: RolloutPlan, now: Date): Advance {
  const heard = !isUnheard(rollout)
  if (heard && target.present && target.failure !== null) return abort(rollout, failureOf(plan), target.failure)
  // What served before comes back as drift; this one begins anew when the hold is over.
  if (heard && !target.exists) return abort(rollout, 'superseded', 'what ran was removed while it was held')
  if (plan.hold === null) return go(resume(rollout, now), null)
  if (rollout.reason !== plan.hold) return go({ ...rollout, reason: plan.hold }, null)
  const moved = target.present && (target.weight !== rollout.weight || target.asked !== target.needed)
  if (moved && rollout.weight > 0) return go(rollout, { kind: 'shift', weight: rollout.weight })
  return stay(rollout)
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
  const { state } = rollout
  if (isUnheard(rollout)) return go({ ...rollout, state: 'superseded', reason, held: null }, null)
  // Past the point of return: it becomes live first, and is replaced like any live version.
  return mayAbort(state) ? abort(rollout, 'superseded', reason) : stay(rollout)
}

function removed(rollout: Rollout): Advance {
  if (['rolled_back', 'failed', 'superseded', 'retired', 'retiring'].includes(rollout.state)) return stay(rollout)
  const reason = 'no longer declared'
  return go({ ...unwatched(rollout), state: 'retiring', deadline: null, ending: null, reason }, { kind: 'retire' })
}

/** Up to the point of no return. */
function mayAbort(state: RolloutState): boolean {
  return state === 'held' || isHoldable(state)
}

function abort(rollout: Rollout, ending: Ending, reason: string): Advance {
  return go({ ...unwatched(rollout), state: 'aborting', ending, reason }, { kind: 'abort' })
}

function failureOf({ replaces }: RolloutPlan): Ending {
  return replaces ? 'rolled_back' : 'failed'
}

function hasPassed(moment: string | null, now: Date): boolean {
  return moment !== null && now.getTime() >= Date.parse(moment)
}

function lateness({ state, weight }: Rollout): string {
  const where = state === 'preparing' ? 'the new version was ready' : `it was done, at ${weight} %`
  return `the deadline passed before ${where}`
}

function fromTheBeginning(rollout: Rollout): Rollout {
  return { ...unwatched(rollout), state: 'preparing', step: 0, weight: 0 }
}

function unwatched(rollout: Rollout): Rollout {
  return { ...rollout, bakeSince: null, bakeUntil: null, held: null }
}

function go(rollout: Rollout, command: RolloutCommand | null): Advance {
  return { rollout, command }
}

function stay(rollout: Rollout): Advance {
  return { rollout, command: null }
}
