import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isEnded, isOpen } from '../../src/domain/rollout-states.ts'
import { advance } from '../../src/rollout/machine.ts'
import { replicasAt, rollingWeights } from '../../src/rollout/rolling.ts'
import {
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
  readonly #late: RolloutCommand[] = []
  readonly #replaces: boolean

  constructor(replicas: number, replaces: boolean) {
    this.replicas = replicas
    this.#replaces = replaces
    this.old = replaces ? { weight: 100, replicas, ready: replicas } : null
  }

  get plan(): RolloutPlan {
    return { weights: rollingWeights(this.replicas), deadlineMs: 60_000, replaces: this.#replaces }
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
      needed: replicasAt(this.replicas, this.rollout.weight),
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
    if (command?.kind === 'abort')
      expect(['pending', 'preparing', 'shifting', 'aborting'], 'R4').toContain(before.state)
    if (command?.kind === 'retire') expect(event.type === 'removed' || before.state === 'retiring', 'R5').toBe(true)
    if (command?.kind === 'shift') expect(command.weight, 'R6').toBeGreaterThanOrEqual(before.weight)
  }

  #apply(command: RolloutCommand): void {
    const old = this.old
    if (command.kind === 'prepare') this.#young(0, Math.min(1, this.replicas))
    if (command.kind === 'shift') {
      const wanted = replicasAt(this.replicas, command.weight)
      if (old !== null) {
        const left = Math.max(1, Math.min(this.replicas, this.replicas - wanted + 1))
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
  | { readonly kind: 'start' | 'land' | 'crash' | 'fail' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'adjust'; readonly replicas: number }

const fate = fc.constantFrom<Fate>('now', 'now', 'late', 'lost', 'doubled')
const kill = fc.constantFrom<Kill>('never', 'never', 'never', 'before_record', 'before_command')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('look' as const), fate, kill }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('start' as const, 'start' as const, 'land' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('crash' as const, 'fail' as const) }) },
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
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (steps, replicas, replaces) => {
          const simulation = new Simulation(replicas, replaces)
          for (const next of steps) run(simulation, next)
          // From here on the target keeps its promises; past the point of return its servers start.
          simulation.land()
          for (let looks = 0; looks < 60 && isOpen(simulation.rollout.state); looks += 1) {
            if (simulation.rollout.state === 'settling') simulation.failure = null
            simulation.start()
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
    for (let replicas = 1; replicas <= 6; replicas += 1) {
      const simulation = new Simulation(replicas, true)
      for (let looks = 0; looks < 60 && simulation.rollout.state !== 'live'; looks += 1) {
        simulation.look()
        const ready = (simulation.old?.ready ?? 0) + (simulation.young?.ready ?? 0)
        expect(ready, `${replicas} replicas, ${simulation.rollout.state}`).toBeGreaterThanOrEqual(replicas)
        simulation.start()
      }
      expect(simulation.rollout.state).toBe('live')
    }
  })

  test('looking again at what has not changed gives the same command, and changes nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const simulation = new Simulation(3, true)
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
