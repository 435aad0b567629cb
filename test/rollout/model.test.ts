import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isEnded, isOpen } from '../../src/domain/rollout-states.ts'
import { advance } from '../../src/rollout/machine.ts'
import type { RollingStrategy } from '../../src/domain/names.ts'
import { newReplicas, oldReplicas, stepsOf } from '../../src/rollout/strategy.ts'
import {
  holdableStates,
  newRollout,
  type Rollout,
  type RolloutCommand,
  type RolloutEvent,
  type RolloutPlan,
  type TargetView,
} from '../../src/rollout/rollout.ts'

interface Version {
  weight: number
  replicas: number
  ready: number
}

const BAKE_MS = 3_000
const MAY_ABORT = [...holdableStates, 'held', 'aborting']

type Fate = 'now' | 'late' | 'lost' | 'doubled'
/** Where a controller is killed during one step: its state is recorded before its command is given. */
type Kill = 'never' | 'before_record' | 'before_command'

/** A target that carries out commands, late or not at all, and a rollout that drives it. */
class Simulation {
  rollout: Rollout = newRollout
  replicas: number
  now = 0
  old: Version | null
  young: Version | null = null
  failure: string | null = null
  hold: string | null = null
  waitsFor: RolloutPlan['waitsFor'] = null
  readonly strategy: RollingStrategy
  readonly #late: RolloutCommand[] = []
  readonly #replaces: boolean

  constructor(strategy: RollingStrategy, replicas: number, replaces: boolean) {
    this.strategy = strategy
    this.replicas = replicas
    this.#replaces = replaces
    this.old = replaces ? { weight: 100, replicas, ready: replicas } : null
  }

  get plan(): RolloutPlan {
    const { strategy, replicas, hold, waitsFor } = this
    const replaces = this.#replaces
    const steps = stepsOf({ strategy, replicas, percents: [20, 50], bakeMs: BAKE_MS, replaces })
    return { steps, deadlineMs: 60_000, replaces, hold, waitsFor }
  }

  view(): TargetView {
    const { old, young, failure } = this
    const versions = [old, young].filter((version) => version !== null)
    return {
      there: young !== null,
      present: young !== null,
      exists: versions.length > 0,
      settled: versions.every(({ ready, replicas }) => ready >= replicas),
      weight: young?.weight ?? 0,
      asked: young?.replicas ?? 0,
      ready: young?.ready ?? 0,
      needed: newReplicas(this.strategy, this.replicas, this.rollout.weight),
      alone: old === null,
      failure: young === null ? null : failure,
    }
  }

  take(event: RolloutEvent, fate: Fate, kill: Kill): void {
    const before = this.rollout
    const { rollout, command } = advance(before, event, this.plan, new Date(this.now))
    this.#check(before, rollout, command, event)
    // A1 of the spec: what the target has taken is seen before it is asked by somebody else, or asked again.
    if (kill !== 'never' || fate === 'lost') this.land()
    if (kill === 'before_record') return
    this.rollout = JSON.parse(JSON.stringify(rollout)) as Rollout
    if (kill === 'before_command' || command === null || fate === 'lost') return
    if (fate === 'late') return void this.#late.push(command)
    this.land()
    this.#apply(command)
    if (fate === 'doubled') this.#apply(command)
  }

  look(fate: Fate = 'now', kill: Kill = 'never'): void {
    this.take({ type: 'observed', target: this.view() }, fate, kill)
  }

  /** What is on its way takes effect, in its order. */
  land(): void {
    for (const command of this.#late.splice(0)) this.#apply(command)
  }

  start(): void {
    for (const version of [this.old, this.young]) {
      if (version !== null && (version === this.old || this.failure === null)) {
        version.ready = Math.min(version.replicas, version.ready + 1)
      }
    }
  }

  crash(): void {
    if (this.young !== null) this.young.ready = Math.max(0, this.young.ready - 1)
  }

  #check(before: Rollout, after: Rollout, command: RolloutCommand | null, event: RolloutEvent): void {
    if (isEnded(before.state)) {
      expect({ after, command }, 'R2').toEqual({ after: before, command: null })
    }
    if (command?.kind === 'settle' && before.state !== 'settling') {
      expect(this.view(), 'R1').toMatchObject({ weight: 100, asked: this.replicas, ready: this.replicas })
    }
    if (after.state === 'live' && before.state !== 'live') {
      expect(this.view(), 'R3').toMatchObject({ alone: true, weight: 100, settled: true, ready: this.replicas })
    }
    if (before.state === 'settling') expect(['settling', 'live', 'retiring'], 'R4').toContain(after.state)
    if (command?.kind === 'abort') expect(MAY_ABORT, 'R4').toContain(before.state)
    if (command?.kind === 'retire') expect(event.type === 'removed' || before.state === 'retiring', 'R5').toBe(true)
    if (command?.kind === 'shift') expect(command.weight, 'R6').toBeGreaterThanOrEqual(before.weight)
    const movesOn = command?.kind === 'settle' || (command?.kind === 'shift' && command.weight > before.weight)
    if (movesOn && before.state !== 'settling' && before.weight > 0 && this.#isWatched(before)) {
      expect(before.state, 'R14').toBe('baking')
      expect(this.now, 'R14').toBeGreaterThanOrEqual(Date.parse(before.bakeUntil ?? '9999-01-01'))
    }
    if (before.state === 'held' && after.state === 'held') {
      expect([after.weight, after.step, after.deadline], 'R15').toEqual([before.weight, before.step, before.deadline])
      if (command !== null) expect(command, 'R15').toEqual({ kind: 'shift', weight: before.weight })
    }
    if (this.hold !== null && event.type === 'observed' && isOpen(before.state)) {
      expect(
        ['held', 'settling', 'live', 'aborting', 'retiring', 'rolled_back', 'failed', 'superseded', 'retired'],
        'R15',
      ).toContain(after.state)
    }
  }

  #isWatched({ weight }: Rollout): boolean {
    return (this.plan.steps.findLast((step) => step.weight <= weight)?.bakeMs ?? 0) > 0
  }

  #apply(command: RolloutCommand): void {
    const old = this.old
    if (command.kind === 'prepare') this.#young(0, newReplicas(this.strategy, this.replicas, 0))
    if (command.kind === 'shift') {
      const { weight } = command
      const wanted = newReplicas(this.strategy, this.replicas, weight)
      if (old !== null) {
        const left = oldReplicas(this.strategy, { total: this.replicas, weight, before: old.replicas })
        if (this.strategy !== 'rolling') expect(left, 'R16').toBe(old.replicas)
        this.old = { weight: 100 - command.weight, replicas: left, ready: Math.min(old.ready, left) }
      }
      this.#young(command.weight, wanted)
    }
    if (command.kind === 'settle') {
      this.old = null
      this.#young(100, this.replicas)
    }
    if (command.kind === 'abort') {
      this.young = null
      if (old !== null) this.old = { ...old, weight: 100, replicas: this.replicas }
    }
    if (command.kind === 'retire') this.old = this.young = null
  }

  #young(weight: number, replicas: number): void {
    this.young = { weight, replicas, ready: Math.min(this.young?.ready ?? 0, replicas) }
  }
}

type Step =
  | { readonly kind: 'look'; readonly fate: Fate; readonly kill: Kill }
  | {
      readonly kind: 'tell'
      readonly event: 'refused' | 'superseded' | 'removed'
      readonly fate: Fate
      readonly kill: Kill
    }
  | { readonly kind: 'start' | 'land' | 'crash' | 'fail' | 'hold' | 'resume' | 'fill' | 'free' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'adjust'; readonly replicas: number }

const fate = fc.constantFrom<Fate>('now', 'now', 'late', 'lost', 'doubled')
const kill = fc.constantFrom<Kill>('never', 'never', 'never', 'before_record', 'before_command')
const strategy = fc.constantFrom<RollingStrategy>('rolling', 'blue green', 'canary')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('look' as const), fate, kill }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('start' as const, 'start' as const, 'land' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('crash' as const, 'fail' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('hold' as const, 'resume' as const, 'resume' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('fill' as const, 'free' as const, 'free' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(4_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('adjust' as const), replicas: fc.integer({ min: 0, max: 5 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('tell' as const),
      event: fc.constantFrom('refused' as const, 'superseded' as const, 'removed' as const),
      fate,
      kill,
    }),
  },
)

function run(simulation: Simulation, next: Step): void {
  if (next.kind === 'look') simulation.look(next.fate, next.kill)
  else if (next.kind === 'start') simulation.start()
  else if (next.kind === 'land') simulation.land()
  else if (next.kind === 'fail') simulation.failure = 'cannot load the model'
  else if (next.kind === 'hold') simulation.hold = 'audit'
  else if (next.kind === 'resume') simulation.hold = null
  else if (next.kind === 'fill') simulation.waitsFor = { state: 'awaiting_capacity', reason: 'a free place' }
  else if (next.kind === 'free') simulation.waitsFor = null
  else if (next.kind === 'wait') simulation.now += next.ms
  else if (next.kind === 'adjust') simulation.replicas = next.replicas
  else if (next.kind === 'crash') simulation.crash()
  else if (next.kind === 'tell') {
    const event = next.event === 'removed' ? ({ type: 'removed' } as const) : { type: next.event, reason: 'why' }
    simulation.take(event, next.fate, next.kill)
  }
}

describe('any rollout on a target that is late, forgetful or broken, killed anywhere', () => {
  test('ends, keeps what served until the new version is ready, and leaves what it says', () => {
    const endings = new Map<string, number>()
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        strategy,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (steps, strategy, replicas, replaces) => {
          const simulation = new Simulation(strategy, replicas, replaces)
          for (const next of steps) run(simulation, next)
          // From here on the target keeps its promises; past the point of return its servers start.
          simulation.land()
          simulation.hold = null
          simulation.waitsFor = null
          for (let looks = 0; looks < 80 && isOpen(simulation.rollout.state); looks += 1) {
            if (simulation.rollout.state === 'settling') simulation.failure = null
            simulation.start()
            simulation.now += 1_000
            simulation.look()
          }
          const { state } = simulation.rollout
          endings.set(state, (endings.get(state) ?? 0) + 1)
          expect(['live', 'rolled_back', 'failed', 'superseded', 'retired'], 'R7').toContain(state)
          if (state === 'live') expect(simulation.old, 'R3').toBeNull()
          if (state === 'rolled_back' || state === 'superseded') expect(simulation.young, 'R8').toBeNull()
          if (state === 'failed' || state === 'retired') expect(simulation.view().exists, 'R8').toBe(false)
          if (state === 'rolled_back') expect(simulation.old?.weight, 'R8').toBe(100)
        },
      ),
      { numRuns: 3_000, seed: 20_260_103 },
    )
    expect([...endings.keys()].toSorted()).toEqual(['failed', 'live', 'retired', 'rolled_back', 'superseded'])
  })

  test('an undisturbed one never has fewer ready replicas than it began with', () => {
    const strategies = ['rolling', 'blue green', 'canary'] as const
    for (const [strategy, replicas] of strategies.flatMap((each) =>
      [1, 2, 3, 4, 5, 6].map((n) => [each, n] as const),
    )) {
      const simulation = new Simulation(strategy, replicas, true)
      for (let looks = 0; looks < 60 && simulation.rollout.state !== 'live'; looks += 1) {
        simulation.look()
        simulation.now += 1_000
        const ready = (simulation.old?.ready ?? 0) + (simulation.young?.ready ?? 0)
        expect(ready, `${strategy}, ${replicas} replicas, ${simulation.rollout.state}`).toBeGreaterThanOrEqual(replicas)
        simulation.start()
      }
      expect(simulation.rollout.state).toBe('live')
    }
  })

  test('looking again at what has not changed gives the same command, and changes nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), strategy, (steps, strategy) => {
        const simulation = new Simulation(strategy, 3, true)
        for (const next of steps) run(simulation, next)
        simulation.look('lost')
        const once = simulation.rollout
        const event = { type: 'observed', target: simulation.view() } as const
        const first = advance(once, event, simulation.plan, new Date(simulation.now))
        const again = advance(once, event, simulation.plan, new Date(simulation.now))
        expect(again).toEqual(first)
      }),
      { numRuns: 300, seed: 20_260_104 },
    )
  })
})
