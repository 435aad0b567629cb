import type { ModelId } from '../domain/names.ts'
import { unitDigest } from './digest.ts'
import type { Action, Plan, UnitPlan } from './plan.ts'

/** 128 bits of a digest, in hex: another change with the same mark can't be made on purpose. */
const MARK_DIGITS = 32

/** One unit of a plan that people have seen, in one stage. */
export interface ReviewedUnit {
  readonly unit: ModelId
  /** Null: catalog and registry. */
  readonly stage: string | null
  /** One for each action: a run that was cut off leaves a part of them to be done. */
  readonly marks: readonly string[]
}

/** What a pull request showed: enough to tell later whether what would be done still is that. */
export interface ReviewedPlan {
  readonly digest: string
  /** The commit of the base that it was planned on. */
  readonly base: string
  /** The head of the pull request that was merged into the base for it. */
  readonly head: string
  /** Null where there were too many to be kept one by one: then the plan's digest alone tells. */
  readonly units: readonly ReviewedUnit[] | null
}

export function reviewedUnits(units: readonly UnitPlan[]): ReviewedUnit[] {
  const found = Map.groupBy(units, keyOf)
  return [...found.values()].flatMap((plans) => {
    const [first] = plans
    if (first === undefined) return []
    const { unit, stage } = first
    return [{ unit, stage, marks: plans.flatMap(marksOf) }]
  })
}

/** What an action does, whatever the commit that brings it: as the unit's digest, for each action by itself. */
export function marksOf({ unit, stage, actions }: UnitPlan): string[] {
  return actions.map((action) =>
    unitDigest(unit, stage, [action])
      .replace(/^sha256:/, '')
      .slice(0, MARK_DIGITS),
  )
}

/** One commit of the branch that is applied, with the pull request that it merged. */
export interface Merge {
  readonly commit: string
  /** Number of the pull request; null for a commit that was pushed without one. */
  readonly pull: number | null
  /** The models in whose folders it changed something. */
  readonly changed: readonly ModelId[]
  /** The models that depend on something else that it changed: a namespace, or a part of `_platform`. */
  readonly affected: readonly ModelId[]
  /** Null where no plan was shown: then nothing binds. */
  readonly reviewed: ReviewedPlan | null
}

/** What the merged pull requests that speak of a unit's stage have shown of it. */
interface Expectation {
  readonly pull: number
  /** What may be done; empty: nobody has shown anything. */
  readonly marks: ReadonlySet<string>
}

/** A unit whose plan is another one than the merged pull request showed. */
export interface ChangedUnit {
  readonly unit: ModelId
  readonly stage: string | null
  readonly pull: number
  /** False: the pull request's plan did not name it. */
  readonly planned: boolean
  readonly now: readonly Action[]
}

/**
 * Which units would be carried out otherwise than shown. `merges` are the commits since everything was applied last, the
 * oldest first. A unit with nothing left to do is no difference: it was carried out before, or somebody has done the
 * same meanwhile. What was pushed without a pull request, or merged without a plan, binds nothing.
 */
export function changedSinceReview(plan: Plan, merges: readonly Merge[]): ChangedUnit[] {
  const expected = new Map<string, Expectation>()
  for (const merge of merges) expect(expected, plan, merge)
  return plan.units.flatMap((now) => {
    const expectation = expected.get(keyOf(now))
    if (expectation === undefined || marksOf(now).every((mark) => expectation.marks.has(mark))) return []
    const { unit, stage, actions } = now
    return [{ unit, stage, pull: expectation.pull, planned: expectation.marks.size > 0, now: actions }]
  })
}

/**
 * A pull request that changes a model decides what may be done with it. One that only shows it, since it was not applied
 * yet, allows that too. One that changes what the model depends on has to show it, unless another one has.
 */
function expect(expected: Map<string, Expectation>, plan: Plan, merge: Merge): void {
  const { pull, reviewed } = merge
  const [changed, affected] = [new Set(merge.changed), new Set(merge.affected)]
  if (pull === null || reviewed === null) {
    for (const unit of plan.units) if (changed.has(unit.unit)) expected.delete(keyOf(unit))
    return
  }
  const shown = new Map((reviewed.units ?? []).map((unit) => [keyOf(unit), unit.marks]))
  const whole = reviewed.digest === plan.digest
  for (const unit of plan.units) {
    const key = keyOf(unit)
    const before = expected.get(key)
    const named = whole ? marksOf(unit) : shown.get(key)
    if (changed.has(unit.unit)) expected.set(key, { pull, marks: new Set(named ?? []) })
    else if (named !== undefined) {
      expected.set(key, { pull: before?.pull ?? pull, marks: new Set([...(before?.marks ?? []), ...named]) })
    } else if (affected.has(unit.unit) && before === undefined) expected.set(key, { pull, marks: new Set() })
  }
}

export function keyOf({ unit, stage }: Pick<UnitPlan, 'unit' | 'stage'>): string {
  return `${unit} ${stage ?? ''}`
}

/** Stages of units that are left as they are; null among them: the whole unit. */
export type Stops = ReadonlyMap<ModelId, ReadonlyMap<string | null, string>>

/** The rules that a change is judged by: those that held before it (I15). */
export interface StopRule {
  readonly protectedStages: readonly string[]
  readonly onChangedPlan: 'stop' | 'stop_protected'
}

/** What changed plans stop: protected stages always, everything where the rules say `stop`. The value says why. */
export function stopsOf(changed: readonly ChangedUnit[], ruleOf: (changed: ChangedUnit) => StopRule): Stops {
  const stops = new Map<ModelId, Map<string | null, string>>()
  for (const each of changed) {
    const { protectedStages, onChangedPlan } = ruleOf(each)
    const isProtected = each.stage !== null && protectedStages.includes(each.stage)
    if (!isProtected && onChangedPlan !== 'stop') continue
    const stages = stops.get(each.unit) ?? new Map<string | null, string>()
    stops.set(each.unit, stages.set(each.stage, changedText(each)))
  }
  return stops
}

/** In one sentence, the same whenever nothing has changed (I14). */
export function changedText({ stage, pull, planned }: ChangedUnit): string {
  const where = stage === null ? 'catalog and registry' : stage
  return planned
    ? `${where} is stopped: what would be done is not what the plan of pull request #${pull} showed`
    : `${where} is stopped: pull request #${pull} was merged without a plan that shows this`
}
