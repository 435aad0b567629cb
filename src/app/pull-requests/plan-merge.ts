import { isError } from '../../domain/diagnostics.ts'
import { StewardError } from '../../domain/errors.ts'
import type { DeclaredState } from '../../declared/declared-state.ts'
import { governedBy } from '../../declared/governed.ts'
import type { GuardRefusal } from '../../plan/guards.ts'
import { planAll } from '../../plan/plan-all.ts'
import { heldChanges } from '../../plan/held-changes.ts'
import type { Plan, UnitPlan } from '../../plan/plan.ts'
import type { MetricsChange } from '../../report/metric-table.ts'
import type { App } from '../app.ts'
import { guardsOf } from '../apply.ts'
import { makePlan } from '../make-plan.ts'
import type { FrameText } from '../open-revision.ts'

export interface MergePlan {
  readonly plan: Plan
  readonly refusals: readonly GuardRefusal[]
  readonly metrics: readonly MetricsChange[]
  /** What waits for the end of a hold. */
  readonly held: readonly UnitPlan[]
  /** What the merge declares, under what binds people in the base. */
  readonly declared: DeclaredState
  readonly frame: FrameText
}

/**
 * The plan of merging a pull request, made on the merge itself: on the head alone it would take back what others have
 * merged since. `governing` is the revision that stores, guards, life cycles and freezes are read from (I15).
 */
export async function planMerge(
  app: App,
  request: { readonly merge: string; readonly governing: string | null; readonly signal: AbortSignal },
): Promise<MergePlan> {
  const { merge, governing, signal } = request
  const before = governing === null ? null : await declaredAt(app, governing, signal)
  const { state, frame } = await app.declared({ kind: 'git', revision: merge }, signal)
  const declared = governedBy(state, before)
  if (before !== null && before.settings === null) throw brokenSettings(governing ?? '')
  if (declared.settings === null) {
    const plan = planAll({ declared, recorded: { units: new Map() } })
    return { plan, refusals: [], metrics: [], held: [], declared, frame }
  }
  requireShared(app, declared)
  const tables = await app.tables(declared.settings)
  const planned = await makePlan(app, tables, declared, { artifacts: 'stat', signal })
  const refusals = await guardsOf(app, tables, declared, planned, null)
  const { plan, recorded } = planned
  const held = heldChanges(declared, recorded, plan)
  const metrics = metricsOf([...plan.units, ...held], declared)
  return { plan, refusals, metrics, held, declared, frame }
}

/** Null where the revision has no catalog: then the pull request brings the first one. */
async function declaredAt(app: App, revision: string, signal: AbortSignal): Promise<DeclaredState | null> {
  const { source } = await app.repository()
  // A name that is mistyped must not let a pull request be its own judge.
  if ((await source.resolve(revision)) === null) {
    const hint = 'Name a branch, a tag or a commit that the checkout has, such as origin/main with `fetch-depth: 0`.'
    const message = `there is no revision ${revision}, which settings are to be read from`
    throw new StewardError(message, { code: 'revision_unknown', kind: 'user', hint })
  }
  if ((await source.folderAt(revision)) === null) return null
  return (await app.declared({ kind: 'git', revision }, signal)).state
}

/** Embedded tables are on one machine: those of a workflow's runner are gone with it. */
export function requireShared(app: App, { settings }: Pick<DeclaredState, 'settings'>): void {
  if (!app.tablesPlace(settings).embedded) return
  throw new StewardError('the tables are embedded: a workflow’s runner does not have them', {
    code: 'tables_embedded',
    kind: 'user',
    hint: 'Set `tables: {backend: dynamodb, region: …}` in _platform/settings.yaml; `validate` needs no tables.',
  })
}

function brokenSettings(revision: string): StewardError {
  return new StewardError(`the settings of ${revision.slice(0, 12)}, on which this builds, are broken`, {
    code: 'settings_broken',
    kind: 'user',
    hint: 'Mend _platform/settings.yaml on the base branch first; nobody knows where the tables are.',
  })
}

/** Of every deployment that changes its version: the offline metrics of both. */
function metricsOf(plans: readonly UnitPlan[], { units }: DeclaredState): MetricsChange[] {
  return plans.flatMap(({ unit, actions }) => {
    const versions = units.get(unit)?.versions
    const metrics = (version: unknown) => versions?.get(Number(version))?.value.metrics ?? {}
    return actions.flatMap(({ kind, key, before, after }): MetricsChange[] => {
      const [from, to] = [before?.model_version, after?.model_version]
      if (!['deployment.create', 'deployment.rollout'].includes(kind) || typeof to !== 'number' || from === to)
        return []
      const sides = { before: numbers(metrics(from)), after: numbers(metrics(to)) }
      if (Object.keys({ ...sides.before, ...sides.after }).length === 0) return []
      return [{ key, from: typeof from === 'number' ? from : null, to, ...sides }]
    })
  })
}

function numbers(metrics: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  )
}

export function errorsOf({ diagnostics }: Pick<Plan, 'diagnostics'>): number {
  return diagnostics.filter(isError).length
}
