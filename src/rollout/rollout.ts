import type { RolloutState } from '../domain/rollout-states.ts'

/** How a rollout that does not become live ends. */
export type Ending = 'rolled_back' | 'failed' | 'superseded'

/** States before the target has heard of the new version. */
export const waitingStates = ['pending', 'awaiting_approval', 'awaiting_capacity'] as const
/** States from which a rollout may be held, and to which it returns. */
export const holdableStates = [...waitingStates, 'preparing', 'shifting', 'baking'] as const
export type HoldableState = (typeof holdableStates)[number]

/** A rollout as it is recorded: everything the machine needs to go on after a restart. */
export interface Rollout {
  readonly state: RolloutState
  /** Index into the plan's steps; 0 before the first. */
  readonly step: number
  /** Percent of traffic that the new version was given. */
  readonly weight: number
  /** When `preparing` began, moved on by the time that it was held, ISO 8601; null before. */
  readonly begunAt: string | null
  /** `begunAt` and what the plan allows, ISO 8601; null before `preparing`. */
  readonly deadline: string | null
  readonly reason: string
  /** Where `aborting` leads; null in every other state. */
  readonly ending: Ending | null
  /** Since when the present weight is watched, moved on by the time that it was held, ISO 8601; null where it is not. */
  readonly bakeSince: string | null
  /** `bakeSince` and what the step asks for, ISO 8601; null where it is not watched. */
  readonly bakeUntil: string | null
  /** Where `held` returns to, and since when it is held; null in every other state. */
  readonly held: { readonly from: HoldableState; readonly since: string } | null
}

export interface RolloutStep {
  /** Percent of the traffic. */
  readonly weight: number
  /** How long it is watched at that weight before the next step. Milliseconds. */
  readonly bakeMs: number
}

/** What a rollout follows. It may be adjusted on the way, but for `replaces`. */
export interface RolloutPlan {
  /** Weights rise; the last is 100. */
  readonly steps: readonly RolloutStep[]
  readonly deadlineMs: number
  /** Whether another version serves while this one comes. */
  readonly replaces: boolean
  /** Why it goes no further now; null: it may go on. */
  readonly hold: string | null
  /** What must be there before it begins; null: nothing is missing. */
  readonly waitsFor: { readonly state: 'awaiting_approval' | 'awaiting_capacity'; readonly reason: string } | null
}

/** The target as the machine sees it: facts about the new version, not about the provider. */
export interface TargetView {
  /** The new version is there, whatever it is made of. */
  readonly there: boolean
  /** The new version is there, made of what was asked. */
  readonly present: boolean
  /** Anything at all is there. */
  readonly exists: boolean
  /** The target has reached what it was last asked for; what fails of another version is not waited for. */
  readonly settled: boolean
  readonly weight: number
  /** Replicas that the target was last asked for, of the new version. */
  readonly asked: number
  readonly ready: number
  /** Replicas that must be ready at the weight that the rollout has reached before the next step. */
  readonly needed: number
  /** No version but the new one is there. */
  readonly alone: boolean
  /** Why the new version can not serve: it does not become ready, or it crashed after it was. */
  readonly failure: string | null
}

export type RolloutEvent =
  /** The target was read: the event that drives everything; harmless to repeat. */
  | { readonly type: 'observed'; readonly target: TargetView }
  /** The target refused the last command for good. */
  | { readonly type: 'refused'; readonly reason: string }
  /** Another intent has taken this one's place. */
  | { readonly type: 'superseded'; readonly reason: string }
  /** The deployment is declared no more. */
  | { readonly type: 'removed' }

export type RolloutCommand =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'shift'; readonly weight: number }
  | { readonly kind: 'settle' }
  | { readonly kind: 'abort' }
  | { readonly kind: 'retire' }

export interface Advance {
  readonly rollout: Rollout
  readonly command: RolloutCommand | null
}

export const newRollout: Rollout = {
  state: 'pending',
  step: 0,
  weight: 0,
  begunAt: null,
  deadline: null,
  reason: '',
  ending: null,
  bakeSince: null,
  bakeUntil: null,
  held: null,
}
