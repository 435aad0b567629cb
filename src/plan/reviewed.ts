import type { ModelId } from '../domain/names.ts'
import type { Action, Plan, UnitPlan } from './plan.ts'

/** 128 bits of a unit digest, in hex: a plan with another meaning and the same mark can't be made on purpose. */
const MARK_DIGITS = 32

/** One unit of a plan that people have seen, in one stage. */
export interface ReviewedUnit {
  readonly unit: ModelId
  /** Null: catalog and registry. */
  readonly stage: string | null
  /** The first 128 bits of its digest; empty for a unit that was blocked. */
  readonly mark: string
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
  return units.map(({ unit, stage, digest, blocked }) => ({ unit, stage, mark: blocked ? '' : markOf(digest) }))
}

export function markOf(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, MARK_DIGITS)
}

/** One commit of the branch that is applied, with the pull request that it merged. */
export interface Merge {
  readonly commit: string
  /** Number of the pull request; null for a commit that was pushed without one. */
  readonly pull: number | null
  /** The models in whose folders it changed something. */
  readonly changed: readonly ModelId[]
  /** Null where no plan was shown: then nothing binds. */
  readonly reviewed: ReviewedPlan | null
}

/** What the newest of the merged pull requests that speak of a unit's stage has shown. */
interface Expectation {
  readonly pull: number
  /** Null: its plan did not name it, although it changes the model. */
  readonly mark: string | null
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
    if (expectation === undefined || now.actions.length === 0 || markOf(now.digest) === expectation.mark) return []
    const { unit, stage, actions } = now
    return [{ unit, stage, pull: expectation.pull, planned: expectation.mark !== null, now: actions }]
  })
}

function expect(expected: Map<string, Expectation>, plan: Plan, { pull, changed, reviewed }: Merge): void {
  const touched = new Set(changed)
  const units = plan.units.filter(({ unit }) => touched.has(unit))
  if (pull === null || reviewed === null) {
    for (const unit of units) expected.delete(keyOf(unit))
    return
  }
  const whole = reviewed.digest === plan.digest
  const marks = new Map((reviewed.units ?? []).map((unit) => [keyOf(unit), unit.mark]))
  for (const unit of units) expected.set(keyOf(unit), { pull, mark: whole ? markOf(unit.digest) : null })
  for (const [key, mark] of marks) expected.set(key, { pull, mark })
}

export function keyOf({ unit, stage }: Pick<UnitPlan, 'unit' | 'stage'>): string {
  return `${unit} ${stage ?? ''}`
}

/** Stages of units that are left as they are; null among them: the whole unit. */
export type Stops = ReadonlyMap<ModelId, ReadonlyMap<string | null, string>>

/**
 * What a changed plan stops: protected stages always, everything where the settings say `stop`. The value says why.
 */
export function stopsOf(
  changed: readonly ChangedUnit[],
  rule: { readonly protectedStages: readonly string[]; readonly onChangedPlan: 'stop' | 'stop_protected' },
): Stops {
  const stops = new Map<ModelId, Map<string | null, string>>()
  for (const each of changed) {
    const isProtected = each.stage !== null && rule.protectedStages.includes(each.stage)
    if (!isProtected && rule.onChangedPlan !== 'stop') continue
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
