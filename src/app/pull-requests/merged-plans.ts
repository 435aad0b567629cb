import type { DeclaredState } from '../../declared/declared-state.ts'
import type { ModelId } from '../../domain/names.ts'
import { commitOf } from '../../domain/revisions.ts'
import { mapLimited } from '../../domain/map-limited.ts'
import { PlanComments, type StandingComment } from '../../github/comments.ts'
import type { Connection } from '../../github/connection.ts'
import { closedPulls, mergedAs, type PullRequest } from '../../github/pull-requests.ts'
import {
  changedSinceReview,
  stopsOf,
  type ChangedUnit,
  type Merge,
  type StopRule,
  type Stops,
} from '../../plan/reviewed.ts'
import type { Plan } from '../../plan/plan.ts'
import { readCheckpoint } from '../../recorded/checkpoint.ts'
import type { Tables } from '../../recorded/tables.ts'
import type { HistoryCommit } from '../../source/history.ts'
import { StewardError } from '../../domain/errors.ts'
import type { App } from '../app.ts'

/** A pull request that was merged since everything was applied last. */
export interface MergedPull {
  readonly pull: PullRequest
  readonly standing: StandingComment | null
  readonly changed: readonly ModelId[]
}

/** What was shown of what is about to be applied. */
export interface MergedPlans {
  readonly merges: readonly Merge[]
  readonly pulls: readonly MergedPull[]
  /** The pull requests into the branch that were closed lately, merged or not. */
  readonly closed: readonly PullRequest[]
  /** Comments of plans of pull requests that are open. */
  readonly open: readonly StandingComment[]
  /** The commits after one up to what is applied, that change the catalog; none where the first is unknown. */
  readonly commitsAfter: (commit: string) => Promise<readonly HistoryCommit[]>
}

export interface Judgement {
  readonly stops: Stops
  readonly stopped: readonly ChangedUnit[]
  /** Changed too, and carried out all the same. */
  readonly proceeding: readonly ChangedUnit[]
}

export const nothingJudged: Judgement = { stops: new Map(), stopped: [], proceeding: [] }

/** Pull requests whose comments are asked for one by one, where the newest of the repository do not hold them. */
const SINGLE_QUESTIONS = 20
const AT_ONCE = 4

/** Reads the pull requests that brought what a revision declares beyond what was applied as a whole. */
export async function readMergedPlans(
  app: App,
  connection: Connection,
  request: { readonly declared: DeclaredState; readonly tables: Tables; readonly branch: string; readonly plan: Plan },
): Promise<MergedPlans> {
  const { declared, tables, branch, plan } = request
  const to = commitOf(declared.revision)
  const commits = await commitsToApply(app, tables, declared)
  const closed = await closedPulls(connection, branch)
  const pulls = await mergedAs(
    connection,
    closed,
    commits.map(({ commit }) => commit),
  )
  const comments = new PlanComments(connection, declared.root)
  const recent = await comments.newest()
  const models = new Set<ModelId>([...declared.units.keys(), ...plan.units.map(({ unit }) => unit)])
  // The newest first: what was merged last decides. What changes nothing of the catalog has shown nothing of it.
  const unseen = commits.toReversed().flatMap(({ commit, paths }) => {
    const pull = paths.length === 0 ? undefined : pulls.get(commit)
    return pull === undefined || recent.some((each) => each.pull === pull.number) ? [] : [pull.number]
  })
  const asked = await mapLimited(unseen.slice(0, SINGLE_QUESTIONS), AT_ONCE, (number) => comments.of(number))
  const standing = new Map([...asked.flat(), ...recent].toReversed().map((each) => [each.pull, each]))
  const merges: Merge[] = []
  const merged: MergedPull[] = []
  for (const { commit, paths } of commits) {
    const pull = pulls.get(commit)
    const changed = changedModels(paths, declared.root, models)
    const affected = affectedModels(paths, declared.root, models)
    const found = pull === undefined ? null : (standing.get(pull.number) ?? null)
    merges.push({ commit, pull: pull?.number ?? null, changed, affected, reviewed: found?.comment.reviewed ?? null })
    if (pull !== undefined) merged.push({ pull, standing: found, changed })
  }
  const inRange = new Set(merged.map(({ pull }) => pull.number))
  const lingering = await unfinished(app, to, closed, recent)
  return {
    merges,
    closed,
    pulls: [...lingering.filter(({ pull }) => !inRange.has(pull.number)), ...merged],
    open: recent.filter(
      ({ pull, comment }) => comment.state === 'planned' && !closed.some(({ number }) => number === pull),
    ),
    commitsAfter: memoised(async (commit) => {
      const { source, history } = await app.repository()
      return (await source.isAncestor(commit, to)) ? history.commits(commit, to) : []
    }),
  }
}

/** Asked again with every round of a daemon while something is stopped. */
function memoised<Result>(ask: (commit: string) => Promise<Result>): (commit: string) => Promise<Result> {
  const known = new Map<string, Promise<Result>>()
  return (commit) => {
    const found = known.get(commit) ?? ask(commit)
    known.set(commit, found)
    return found
  }
}

/** Merged earlier, and the comment does not say how it ended: who applied it was killed before it could. */
async function unfinished(
  app: App,
  to: string,
  closed: readonly PullRequest[],
  recent: readonly StandingComment[],
): Promise<MergedPull[]> {
  const { source } = await app.repository()
  const found: MergedPull[] = []
  for (const standing of recent) {
    const pull = closed.find(({ number }) => number === standing.pull)
    const commit = pull?.merged === true ? pull.mergeCommit : null
    if (pull === undefined || commit === null) continue
    if (standing.comment.state === 'applied' || standing.comment.state === 'failed') continue
    if (await source.isAncestor(commit, to)) found.push({ pull, standing, changed: [] })
  }
  return found
}

/**
 * Compares a plan with what was shown. Each pull request is judged by the rules of what it was merged into (I15): it can
 * not relax what it is judged by.
 */
export async function judge(app: App, { merges, pulls }: MergedPlans, plan: Plan): Promise<Judgement> {
  const changed = changedSinceReview(plan, merges)
  if (changed.length === 0) return nothingJudged
  const rules = new Map<number, StopRule>()
  for (const number of new Set(changed.map(({ pull }) => pull))) {
    rules.set(number, await ruleBefore(app, pulls.find(({ pull }) => pull.number === number)?.pull.mergeCommit ?? null))
  }
  const stops = stopsOf(changed, ({ pull }) => rules.get(pull) ?? strictest)
  const isStopped = ({ unit, stage }: ChangedUnit): boolean => {
    const stages = stops.get(unit)
    return stages !== undefined && (stages.has(null) || stages.has(stage))
  }
  return {
    stops,
    stopped: changed.filter(isStopped),
    proceeding: changed.filter((each) => !isStopped(each)),
  }
}

/** Where nobody knows what held before: nothing that was not shown goes on. */
const strictest: StopRule = { protectedStages: [], onChangedPlan: 'stop' }

async function ruleBefore(app: App, commit: string | null): Promise<StopRule> {
  const { source, history } = await app.repository()
  const [parent] = commit === null ? [] : await history.parents(commit)
  if (parent === undefined || (await source.folderAt(parent)) === null) return strictest
  const { settings } = (await app.declared({ kind: 'git', revision: parent })).state
  if (settings === null) return strictest
  return { protectedStages: settings.guards.protectedStages, onChangedPlan: settings.onChangedPlan }
}

/**
 * The commits since everything was applied last. Where the clone is too short to tell, nothing is taken for granted;
 * where that commit is nowhere, history was rewritten, and the newest commit alone is looked at.
 */
async function commitsToApply(app: App, tables: Tables, declared: DeclaredState): Promise<readonly HistoryCommit[]> {
  const { source, history } = await app.repository()
  const to = commitOf(declared.revision)
  const checkpoint = await readCheckpoint(tables, declared.root)
  const applied = commitOf(checkpoint?.last_applied_revision)
  if (applied === '') return history.commits(null, to)
  if (await source.isAncestor(applied, to)) return history.commits(applied, to)
  if (await history.isShallow()) {
    throw new StewardError(`this clone does not reach back to ${applied.slice(0, 12)}, which was applied last`, {
      code: 'history_missing',
      kind: 'user',
      hint: 'Check out with `fetch-depth: 0`: what was shown of the changes since has to be compared.',
    })
  }
  return history.commits(null, to)
}

export function changedModels(paths: readonly string[], root: string, models: ReadonlySet<ModelId>): ModelId[] {
  const found = new Set<ModelId>()
  for (const path of paths) {
    const segments = path.slice(root.length).split('/')
    for (let length = segments.length - 1; length > 1; length -= 1) {
      const model = segments.slice(0, length).join('/') as ModelId
      if (models.has(model)) found.add(model)
    }
  }
  return [...found]
}

/** What a change of a namespace's document, or of `_platform`, may mean something else for. */
export function affectedModels(paths: readonly string[], root: string, models: ReadonlySet<ModelId>): ModelId[] {
  if (paths.some((path) => path.startsWith(`${root}/_platform/`))) return [...models]
  const namespaces = paths.filter((path) => path.endsWith('/namespace.yaml')).map((path) => path.slice(root.length))
  const folders = namespaces.map((path) => path.slice(0, -'namespace.yaml'.length))
  return [...models].filter((model) => folders.some((folder) => model.startsWith(folder)))
}
