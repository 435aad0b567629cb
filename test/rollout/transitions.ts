import type { RolloutState } from '../../src/domain/rollout-states.ts'
import type {
  HoldableState,
  Rollout,
  RolloutCommand,
  RolloutEvent,
  RolloutPlan,
  TargetView,
} from '../../src/rollout/rollout.ts'

/** One row of the transition table of docs/spec/rollout.md; `when` and `reason` stand there word for word. */
export interface Row {
  readonly when: string
  readonly rollout?: Partial<Rollout>
  readonly target?: Partial<TargetView>
  readonly plan?: Partial<RolloutPlan>
  /** The deadline has passed. */
  readonly late?: boolean
  readonly to: RolloutState
  readonly command: RolloutCommand | null
  readonly holds?: Partial<Rollout>
  readonly reason: string
}

type Rows = readonly [Row, ...(readonly Row[])]
/** Complete by type: a state or an event without rows does not compile. */
export type Table = Readonly<Record<RolloutState, Readonly<Record<RolloutEvent['type'], Rows>>>>

/** A rolling rollout of four replicas, watched for 10 s at 100 %; another version serves. */
export const plan: RolloutPlan = {
  steps: [25, 50, 75, 100].map((weight) => ({ weight, bakeMs: weight === 100 ? 10_000 : 0 })),
  deadlineMs: 60_000,
  replaces: true,
  hold: null,
  waitsFor: null,
}
const held: Partial<RolloutPlan> = { hold: 'audit' }
const full: Partial<RolloutPlan> = { waitsFor: { state: 'awaiting_capacity', reason: 'a free place' } }
const unapproved: Partial<RolloutPlan> = { waitsFor: { state: 'awaiting_approval', reason: 'compliance' } }
/** Held a minute ago, in the words of machine.test.ts. */
const since = '2025-12-31T23:59:00.000Z'
const isHeld = (from: HoldableState): Partial<Rollout> => ({ held: { from, since }, reason: 'audit' })
const first: Partial<RolloutPlan> = { replaces: false }
const stays = (to: RolloutState, reason: string): Rows => [{ when: '', to, command: null, reason }]
const prepare = { kind: 'prepare' } as const
const settle = { kind: 'settle' } as const
const abort = { kind: 'abort' } as const
const retire = { kind: 'retire' } as const
const shift = (weight: number): RolloutCommand => ({ kind: 'shift', weight })

const later = '2026-01-01T00:00:01.000Z'
const past = '2026-01-01T00:00:00.000Z'

const retires: Rows = [
  {
    when: '',
    to: 'retiring',
    command: retire,
    holds: { deadline: null, ending: null, bakeUntil: null, held: null },
    reason: 'what is declared no more is removed, whatever it is doing',
  },
]
const abortsWhenRefused: Rows = [
  {
    when: 'another version serves',
    to: 'aborting',
    command: abort,
    holds: { ending: 'rolled_back' },
    reason: 'trying again can not help; what served goes on',
  },
  {
    when: 'nothing served before',
    plan: first,
    to: 'aborting',
    command: abort,
    holds: { ending: 'failed' },
    reason: 'trying again can not help, and there is nothing to go back to',
  },
]
const abortsWhenSuperseded: Rows = [
  {
    when: '',
    to: 'aborting',
    command: abort,
    holds: { ending: 'superseded' },
    reason: 'a newer intent does not wait for an older one',
  },
]
const onlyAnswered = (state: RolloutState): Rows =>
  stays(state, 'past the point of return: it is tried again until the target takes it')
const ended = (state: RolloutState): Record<RolloutEvent['type'], Rows> => ({
  observed: stays(state, 'nothing of it runs, nothing will change'),
  refused: stays(state, 'no command was given'),
  superseded: stays(state, 'it has ended already'),
  removed: stays(state, 'nothing of it is left'),
})
const unheard: Rows = [
  { when: '', to: 'superseded', command: null, holds: { held: null }, reason: 'the target has not heard of it' },
]
const holds = (from: HoldableState): Row => ({
  when: 'a hold is in force',
  plan: held,
  to: 'held',
  command: null,
  holds: { reason: 'audit', held: { from, since: '2026-01-01T00:00:00.000Z' } },
  reason: 'what runs stays as it is',
})
/** Before the target has heard of it. */
const waits = (state: 'awaiting_approval' | 'awaiting_capacity'): Record<RolloutEvent['type'], Rows> => ({
  observed: [
    holds(state),
    {
      when: 'what it waits for is not there',
      plan: state === 'awaiting_capacity' ? full : unapproved,
      rollout: { reason: state === 'awaiting_capacity' ? 'a free place' : 'compliance' },
      to: state,
      command: null,
      reason: 'nothing is started before it may be',
    },
    {
      when: 'it waits for something else now',
      plan: state === 'awaiting_capacity' ? unapproved : full,
      rollout: { reason: state === 'awaiting_capacity' ? 'a free place' : 'compliance' },
      to: state === 'awaiting_capacity' ? 'awaiting_approval' : 'awaiting_capacity',
      command: null,
      reason: 'the state says what is missing',
    },
    {
      when: 'nothing is missing any more',
      to: 'preparing',
      command: prepare,
      holds: { reason: '' },
      reason: 'the time runs from here',
    },
  ],
  refused: abortsWhenRefused,
  superseded: unheard,
  removed: retires,
})
const failures: readonly Row[] = [
  {
    when: 'it fails or crashes, another version serves',
    target: { present: true, failure: 'no model' },
    to: 'aborting',
    command: abort,
    holds: { ending: 'rolled_back', reason: 'no model' },
    reason: 'the reason is the target’s',
  },
  {
    when: 'it fails or crashes, nothing served before',
    target: { present: true, failure: 'no model' },
    plan: first,
    to: 'aborting',
    command: abort,
    holds: { ending: 'failed', reason: 'no model' },
    reason: 'the reason is the target’s',
  },
]
const troubles = (state: 'preparing' | 'shifting' | 'baking'): readonly Row[] => [
  ...failures,
  {
    when: 'it fails while a hold is in force',
    target: { present: true, failure: 'no model' },
    plan: held,
    to: 'aborting',
    command: abort,
    holds: { ending: 'rolled_back' },
    reason: 'a hold does not keep what can not serve',
  },
  holds(state),
  {
    when: 'the deadline has passed',
    target: { present: true },
    late: true,
    to: 'aborting',
    command: abort,
    holds: { ending: 'rolled_back' },
    reason: 'a rollout does not wait for ever',
  },
  {
    when: 'the deadline has passed and the version is not there',
    late: true,
    to: 'aborting',
    command: abort,
    holds: { ending: 'rolled_back' },
    reason: 'preparing again and again is waiting too',
  },
]

export const table: Table = {
  pending: {
    observed: [
      holds('pending'),
      {
        when: 'an approval is missing',
        plan: unapproved,
        to: 'awaiting_approval',
        command: null,
        holds: { reason: 'compliance' },
        reason: 'nothing is started before it may be',
      },
      {
        when: 'the runtime has no free place',
        plan: full,
        to: 'awaiting_capacity',
        command: null,
        holds: { reason: 'a free place' },
        reason: 'nothing is started before it may be',
      },
      { when: 'nothing is missing', to: 'preparing', command: prepare, reason: 'the time runs from here' },
    ],
    refused: abortsWhenRefused,
    superseded: unheard,
    removed: retires,
  },
  awaiting_approval: waits('awaiting_approval'),
  awaiting_capacity: waits('awaiting_capacity'),
  preparing: {
    observed: [
      ...([
        {
          when: 'the version is not there, or made of something else',
          target: { there: true },
          to: 'preparing',
          command: prepare,
          holds: { weight: 0, step: 0 },
          reason: 'a lost command is given again',
        },
      ] as const),
      ...troubles('preparing'),
      {
        when: 'fewer replicas of it are asked for than are to be prepared',
        target: { present: true, settled: true, asked: 0, ready: 0, needed: 1 },
        to: 'preparing',
        command: prepare,
        reason: 'the capacity was adjusted meanwhile',
      },
      {
        when: 'not all that are to be prepared are ready',
        target: { present: true, settled: true, asked: 1, ready: 0, needed: 1 },
        to: 'preparing',
        command: null,
        reason: 'no traffic before it can answer',
      },
      {
        when: 'the target is still at work',
        target: { present: true, settled: false, asked: 1, ready: 1, needed: 1 },
        to: 'preparing',
        command: null,
        reason: 'one thing after the other',
      },
      {
        when: 'all that are to be prepared are ready',
        target: { present: true, settled: true, asked: 1, ready: 1, needed: 1 },
        to: 'shifting',
        command: shift(25),
        holds: { step: 0, weight: 25 },
        reason: 'the first weight',
      },
    ],
    refused: abortsWhenRefused,
    superseded: abortsWhenSuperseded,
    removed: retires,
  },
  shifting: {
    observed: [
      ...([
        {
          when: 'the version is not there, or made of something else',
          rollout: { weight: 50, step: 1 },
          to: 'preparing',
          command: prepare,
          holds: { weight: 0, step: 0 },
          reason: 'it was lost at the target: from the beginning',
        },
      ] as const),
      ...troubles('shifting'),
      {
        when: 'its weight is not the one given',
        rollout: { weight: 50, step: 1 },
        target: { present: true, weight: 25, asked: 2, needed: 2 },
        to: 'shifting',
        command: shift(50),
        reason: 'a lost command is given again',
      },
      {
        when: 'its replicas are not as many as the weight needs',
        rollout: { weight: 50, step: 1 },
        target: { present: true, weight: 50, asked: 1, needed: 2, settled: true, ready: 1 },
        to: 'shifting',
        command: shift(50),
        reason: 'the capacity was adjusted meanwhile',
      },
      {
        when: 'not all replicas of this weight are ready',
        rollout: { weight: 50, step: 1 },
        target: { present: true, weight: 50, asked: 2, needed: 2, settled: true, ready: 1 },
        to: 'shifting',
        command: null,
        reason: 'the old version leaves only for replicas that are ready',
      },
      {
        when: 'the target is still at work',
        rollout: { weight: 50, step: 1 },
        target: { present: true, weight: 50, asked: 2, needed: 2, settled: false, ready: 2 },
        to: 'shifting',
        command: null,
        reason: 'one thing after the other',
      },
      {
        when: 'all replicas of this weight are ready',
        rollout: { weight: 50, step: 1 },
        target: { present: true, weight: 50, asked: 2, needed: 2, settled: true, ready: 2 },
        to: 'shifting',
        command: shift(75),
        holds: { step: 2, weight: 75 },
        reason: 'the next greater weight, also where an adjusted capacity changed the weights',
      },
      {
        when: 'all replicas are ready at a weight that is watched',
        rollout: { weight: 100, step: 3 },
        target: { present: true, weight: 100, asked: 4, needed: 4, settled: true, ready: 4 },
        to: 'baking',
        command: null,
        holds: { bakeUntil: '2026-01-01T00:00:10.000Z' },
        reason: 'a version may start well and then crash',
      },
      {
        when: 'all replicas are ready at 100 %, which is not watched',
        rollout: { weight: 100, step: 3 },
        plan: { steps: [{ weight: 100, bakeMs: 0 }] },
        target: { present: true, weight: 100, asked: 4, needed: 4, settled: true, ready: 4 },
        to: 'settling',
        command: settle,
        reason: 'the point of no return',
      },
    ],
    refused: abortsWhenRefused,
    superseded: abortsWhenSuperseded,
    removed: retires,
  },
  baking: {
    observed: [
      ...([
        {
          when: 'the version is not there, or made of something else',
          rollout: { weight: 50, step: 1, bakeUntil: later },
          to: 'preparing',
          command: prepare,
          holds: { weight: 0, step: 0, bakeUntil: null },
          reason: 'it was lost at the target: from the beginning',
        },
      ] as const),
      ...troubles('baking'),
      {
        when: 'its weight is not the one given',
        rollout: { weight: 50, step: 1, bakeUntil: later },
        target: { present: true, weight: 25, asked: 2, needed: 2 },
        to: 'shifting',
        command: shift(50),
        holds: { bakeUntil: null },
        reason: 'what was watched was another thing: the time begins anew',
      },
      {
        when: 'its replicas are not as many as the weight needs',
        rollout: { weight: 50, step: 1, bakeUntil: later },
        target: { present: true, weight: 50, asked: 1, needed: 2, settled: true, ready: 1 },
        to: 'shifting',
        command: shift(50),
        holds: { bakeUntil: null },
        reason: 'what was watched was another thing: the time begins anew',
      },
      {
        when: 'the time is not over',
        rollout: { weight: 50, step: 1, bakeUntil: later },
        target: { present: true, weight: 50, asked: 2, needed: 2, settled: true, ready: 2 },
        to: 'baking',
        command: null,
        reason: 'waiting holds nobody (I13)',
      },
      {
        when: 'the time is over, not all replicas are ready',
        rollout: { weight: 50, step: 1, bakeUntil: past },
        target: { present: true, weight: 50, asked: 2, needed: 2, settled: true, ready: 1 },
        to: 'baking',
        command: null,
        reason: 'the old version leaves only for replicas that are ready',
      },
      {
        when: 'the time is over',
        rollout: { weight: 50, step: 1, bakeUntil: past },
        target: { present: true, weight: 50, asked: 2, needed: 2, settled: true, ready: 2 },
        to: 'shifting',
        command: shift(75),
        holds: { step: 2, weight: 75, bakeUntil: null },
        reason: 'the next greater weight',
      },
      {
        when: 'the time is over at 100 %',
        rollout: { weight: 100, step: 3, bakeUntil: past },
        target: { present: true, weight: 100, asked: 4, needed: 4, settled: true, ready: 4 },
        to: 'settling',
        command: settle,
        holds: { bakeUntil: null },
        reason: 'the point of no return',
      },
    ],
    refused: abortsWhenRefused,
    superseded: abortsWhenSuperseded,
    removed: retires,
  },
  held: {
    observed: [
      {
        when: 'it fails or crashes, another version serves',
        rollout: isHeld('baking'),
        plan: held,
        target: { present: true, failure: 'no model' },
        to: 'aborting',
        command: abort,
        holds: { ending: 'rolled_back', reason: 'no model', held: null },
        reason: 'a hold does not keep what can not serve',
      },
      {
        when: 'it fails or crashes, nothing served before',
        rollout: isHeld('baking'),
        plan: { ...held, replaces: false },
        target: { present: true, failure: 'no model' },
        to: 'aborting',
        command: abort,
        holds: { ending: 'failed', reason: 'no model', held: null },
        reason: 'a hold does not keep what can not serve',
      },
      {
        when: 'nothing of the target is there any more',
        rollout: isHeld('baking'),
        plan: held,
        to: 'aborting',
        command: abort,
        holds: { ending: 'superseded', held: null },
        reason: 'what served comes back as drift, and this one begins anew when the hold is over',
      },
      {
        when: 'the hold has another reason now',
        rollout: isHeld('shifting'),
        target: { exists: true },
        plan: { hold: 'another audit' },
        to: 'held',
        command: null,
        holds: { reason: 'another audit', held: { from: 'shifting', since } },
        reason: 'the state says why',
      },
      {
        when: 'its weight or its replicas are not those given',
        rollout: { ...isHeld('baking'), weight: 50, step: 1 },
        plan: held,
        target: { present: true, exists: true, weight: 25, asked: 2, needed: 2 },
        to: 'held',
        command: shift(50),
        reason: 'held means that the weight stays',
      },
      {
        when: 'the hold is in force',
        rollout: { ...isHeld('baking'), weight: 50, step: 1 },
        plan: held,
        target: { present: true, weight: 50, asked: 2, needed: 2, settled: true, ready: 2 },
        to: 'held',
        command: null,
        reason: 'what runs stays as it is',
      },
      {
        when: 'the deadline has passed',
        rollout: { ...isHeld('preparing'), deadline: past },
        plan: held,
        target: { exists: true },
        to: 'held',
        command: null,
        reason: 'its time stands still',
      },
      {
        when: 'the hold has ended, it was not begun',
        rollout: isHeld('pending'),
        to: 'pending',
        command: null,
        holds: { held: null, reason: '', deadline: null },
        reason: 'it goes on where it was',
      },
      {
        when: 'the hold has ended, it was on its way',
        rollout: {
          ...isHeld('baking'),
          ...{ weight: 50, step: 1, deadline: '2026-01-01T00:00:00.000Z', bakeUntil: '2025-12-31T23:59:05.000Z' },
        },
        target: { exists: true },
        to: 'baking',
        command: null,
        holds: {
          ...{ held: null, reason: '', weight: 50, step: 1 },
          ...{ deadline: '2026-01-01T00:01:00.000Z', bakeUntil: '2026-01-01T00:00:05.000Z' },
        },
        reason: 'it goes on where it was, with the time that it had left',
      },
    ],
    refused: abortsWhenRefused,
    superseded: [
      {
        when: 'it was not begun',
        rollout: isHeld('pending'),
        to: 'superseded',
        command: null,
        holds: { held: null },
        reason: 'the target has not heard of it',
      },
      {
        when: 'it was on its way',
        rollout: isHeld('shifting'),
        to: 'aborting',
        command: abort,
        holds: { ending: 'superseded', held: null },
        reason: 'a newer intent does not wait for an older one',
      },
    ],
    removed: retires,
  },
  settling: {
    observed: [
      {
        when: 'the version is not there, or made of something else',
        target: { alone: true, weight: 100 },
        to: 'settling',
        command: settle,
        reason: 'settling also mends',
      },
      {
        when: 'another version is there',
        target: { present: true, alone: false, weight: 100, asked: 4, needed: 4 },
        to: 'settling',
        command: settle,
        reason: 'a lost command is given again',
      },
      {
        when: 'its weight is not 100',
        target: { present: true, alone: true, weight: 75, asked: 4, needed: 4 },
        to: 'settling',
        command: settle,
        reason: 'a lost command is given again',
      },
      {
        when: 'its replicas are not as many as asked',
        target: { present: true, alone: true, weight: 100, asked: 3, needed: 4 },
        to: 'settling',
        command: settle,
        reason: 'the capacity was adjusted meanwhile',
      },
      {
        when: 'not all replicas are ready',
        target: { present: true, alone: true, weight: 100, asked: 4, needed: 4, settled: true, ready: 3 },
        to: 'settling',
        command: null,
        reason: 'live means that it serves',
      },
      {
        when: 'the target is still at work',
        target: { present: true, alone: true, weight: 100, asked: 4, needed: 4, settled: false, ready: 4 },
        to: 'settling',
        command: null,
        reason: 'I8: the target’s own end',
      },
      {
        when: 'the deadline has passed',
        target: { present: true, alone: true, weight: 100, asked: 4, needed: 4, settled: true, ready: 3 },
        late: true,
        to: 'settling',
        command: null,
        reason: 'past the point of return there is nothing to go back to',
      },
      {
        when: 'it alone is there, as asked and ready',
        target: { present: true, alone: true, weight: 100, asked: 4, needed: 4, settled: true, ready: 4 },
        to: 'live',
        command: null,
        holds: { deadline: null },
        reason: 'I8: what runs is what was asked',
      },
    ],
    refused: onlyAnswered('settling'),
    superseded: stays('settling', 'it becomes live first, and is replaced like any live version'),
    removed: retires,
  },
  live: {
    observed: stays('live', 'drift is corrected elsewhere'),
    refused: stays('live', 'no command was given'),
    superseded: stays('live', 'it serves until the next one is live'),
    removed: retires,
  },
  aborting: {
    observed: [
      {
        when: 'the new version is there',
        rollout: { ending: 'rolled_back', weight: 50 },
        target: { there: true, exists: true },
        to: 'aborting',
        command: abort,
        reason: 'a lost command is given again',
      },
      {
        when: 'the target is there with no other version',
        rollout: { ending: 'failed' },
        target: { exists: true, alone: true },
        to: 'aborting',
        command: abort,
        reason: 'what is left of a first deployment goes too',
      },
      {
        when: 'the new version is gone, another serves',
        rollout: { ending: 'rolled_back', weight: 50 },
        target: { exists: true, alone: false },
        to: 'rolled_back',
        command: null,
        holds: { weight: 0, ending: null },
        reason: 'nothing of it is left',
      },
      {
        when: 'the target is gone',
        rollout: { ending: 'failed' },
        target: { alone: true },
        to: 'failed',
        command: null,
        holds: { weight: 0, ending: null },
        reason: 'nothing of it is left',
      },
      {
        when: 'it was given up for a newer intent',
        rollout: { ending: 'superseded' },
        target: { exists: true, alone: false },
        to: 'superseded',
        command: null,
        holds: { weight: 0, ending: null },
        reason: 'where it leads is recorded when it begins',
      },
    ],
    refused: onlyAnswered('aborting'),
    superseded: stays('aborting', 'it is being given up already'),
    removed: retires,
  },
  rolled_back: ended('rolled_back'),
  failed: ended('failed'),
  superseded: ended('superseded'),
  retiring: {
    observed: [
      {
        when: 'something is there',
        target: { exists: true },
        to: 'retiring',
        command: retire,
        reason: 'a lost command is given again',
      },
      { when: 'nothing is there', to: 'retired', command: null, holds: { weight: 0 }, reason: 'nothing of it is left' },
    ],
    refused: stays('retiring', 'a delete that fails stays retiring: it is still ours'),
    superseded: stays('retiring', 'what comes next begins when it is gone'),
    removed: stays('retiring', 'it is on its way already'),
  },
  retired: ended('retired'),
}

/** The rows as docs/spec/rollout.md has them. */
export function specRows(): string[] {
  return Object.entries(table).flatMap(([state, events]) =>
    Object.entries(events).flatMap(([event, rows]) =>
      rows.map(({ when, to, command, holds, reason }) => {
        const ending = holds?.ending === undefined || holds.ending === null ? '' : ` (→ \`${holds.ending}\`)`
        const given =
          command === null ? '' : command.kind === 'shift' ? `\`shift\` ${command.weight} %` : `\`${command.kind}\``
        return `| \`${state}\` | \`${event}\` | ${when} | \`${to}\`${ending} | ${given} | ${reason} |`
      }),
    ),
  )
}
