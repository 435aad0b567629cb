import type { RolloutState } from '../../src/domain/rollout-states.ts'
import type { Rollout, RolloutCommand, RolloutEvent, RolloutPlan, TargetView } from '../../src/rollout/rollout.ts'

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

/** Four replicas; another version serves. */
export const plan: RolloutPlan = { weights: [25, 50, 75, 100], deadlineMs: 60_000, replaces: true }
const first: Partial<RolloutPlan> = { replaces: false }
const stays = (to: RolloutState, reason: string): Rows => [{ when: '', to, command: null, reason }]
const prepare = { kind: 'prepare' } as const
const settle = { kind: 'settle' } as const
const abort = { kind: 'abort' } as const
const retire = { kind: 'retire' } as const
const shift = (weight: number): RolloutCommand => ({ kind: 'shift', weight })

const retires: Rows = [
  {
    when: '',
    to: 'retiring',
    command: retire,
    holds: { deadline: null, ending: null },
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
/** States of later versions: nothing leads there yet, and only a removal leads away. */
const later = (state: RolloutState): Record<RolloutEvent['type'], Rows> => ({
  observed: stays(state, 'comes with a later version; nothing leads here'),
  refused: stays(state, 'comes with a later version; nothing leads here'),
  superseded: stays(state, 'comes with a later version; nothing leads here'),
  removed: retires,
})
const troubles: readonly Row[] = [
  {
    when: 'a replica fails for good, another version serves',
    target: { present: true, failure: 'no model' },
    to: 'aborting',
    command: abort,
    holds: { ending: 'rolled_back', reason: 'no model' },
    reason: 'the reason is the target’s',
  },
  {
    when: 'a replica fails for good, nothing served before',
    target: { present: true, failure: 'no model' },
    plan: first,
    to: 'aborting',
    command: abort,
    holds: { ending: 'failed', reason: 'no model' },
    reason: 'the reason is the target’s',
  },
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
    observed: [{ when: '', to: 'preparing', command: prepare, reason: 'the time runs from here' }],
    refused: abortsWhenRefused,
    superseded: [{ when: '', to: 'superseded', command: null, reason: 'the target has not heard of it' }],
    removed: retires,
  },
  awaiting_approval: later('awaiting_approval'),
  awaiting_capacity: later('awaiting_capacity'),
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
      ...troubles,
      {
        when: 'no replica of it is asked for',
        target: { present: true, settled: true, asked: 0, ready: 0, needed: 1 },
        to: 'preparing',
        command: prepare,
        reason: 'the capacity was adjusted meanwhile',
      },
      {
        when: 'its first replica is not ready',
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
        when: 'its first replica is ready',
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
      ...troubles,
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
        when: 'all replicas are ready at 100 %',
        rollout: { weight: 100, step: 3 },
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
  baking: later('baking'),
  held: later('held'),
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
