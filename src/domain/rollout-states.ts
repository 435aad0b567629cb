/** The one list of states for the machine, `status`, the tables and the metrics. */
export const rolloutStates = [
  'pending',
  'awaiting_approval',
  'awaiting_capacity',
  'preparing',
  'shifting',
  'baking',
  'held',
  'settling',
  'live',
  'aborting',
  'rolled_back',
  'failed',
  'superseded',
  'retiring',
  'retired',
] as const
export type RolloutState = (typeof rolloutStates)[number]

const ended: ReadonlySet<RolloutState> = new Set(['rolled_back', 'failed', 'superseded', 'retired'])

/** Ended for good: nothing of it runs and nothing will change. */
export function isEnded(state: RolloutState): boolean {
  return ended.has(state)
}

/** On its way: neither live nor ended. */
export function isOpen(state: RolloutState): boolean {
  return state !== 'live' && !isEnded(state)
}

export type Sync = 'Synced' | 'OutOfSync' | 'Unknown'
export type Health = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing' | 'Unknown'
