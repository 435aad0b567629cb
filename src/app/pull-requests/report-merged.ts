import type { DeclaredDeployment, DeclaredState } from '../../declared/declared-state.ts'
import { errorMessage } from '../../domain/errors.ts'
import { deploymentKey, type ModelId } from '../../domain/names.ts'
import { isOpen } from '../../domain/rollout-states.ts'
import { PlanComments, type StandingComment } from '../../github/comments.ts'
import type { Connection } from '../../github/connection.ts'
import { readComment, withPast, writeComment, type CommentState, type PlanComment } from '../../github/plan-comment.ts'
import { planRecords } from '../../plan/plan-records.ts'
import { isFailure, standingOf } from '../../plan/standing.ts'
import type { RecordedUnit } from '../../recorded/recorded-state.ts'
import { waitingFor } from '../../reconcile/waiting-for.ts'
import { mergedStatus, type MergedDeployment, type MergedOutcome } from '../../report/merge-status.ts'
import { changedModels, type Judgement, type MergedPlans, type MergedPull } from './merged-plans.ts'

/** Where the models of merged pull requests stand. */
export interface Outcome {
  readonly declared: DeclaredState
  readonly recorded: ReadonlyMap<ModelId, RecordedUnit>
  /** What kept a model from being applied. */
  readonly problems: ReadonlyMap<ModelId, readonly string[]>
  /** The models in which something was changed: plans of open pull requests that name them are of another time. */
  readonly touched: ReadonlySet<ModelId>
  readonly judgement: Judgement
  readonly by: string
}

/** Comments of open pull requests that one run may mark as stale. */
const MAX_STALE = 5

/**
 * Brings the comments of merged pull requests to what became of them, and marks plans of open ones that are of another
 * time now. A comment that can not be written is told, and never fails what was applied. Gives the comments as they are
 * afterwards, and whether one could not be written.
 */
export async function reportMerged(
  connection: Connection,
  plans: MergedPlans,
  outcome: Outcome,
  log: (text: string) => void,
): Promise<{ readonly plans: MergedPlans; readonly failed: boolean }> {
  const comments = new PlanComments(connection, outcome.declared.root)
  let failed = false
  const edit = async (standing: StandingComment, body: string): Promise<StandingComment> => {
    try {
      await comments.edit(standing, body)
      log(`pull request #${standing.pull}: its comment says how it stands`)
      return { ...standing, body, comment: readComment(body) ?? standing.comment }
    } catch (error) {
      log(`the comment of #${standing.pull} is not up to date: ${errorMessage(error)}`)
      failed = true
      return standing
    }
  }
  const pulls: MergedPull[] = []
  for (const merged of plans.pulls) {
    const { standing } = merged
    const body = standing === null ? null : await bodyFor(merged, plans, outcome, connection)
    const same = standing === null || body === null || saysTheSame(body, standing.body)
    pulls.push(same ? merged : { ...merged, standing: await edit(standing, body) })
  }
  const isStale = ({ comment }: StandingComment): boolean =>
    (comment.reviewed.units ?? []).some(({ unit }) => outcome.touched.has(unit))
  for (const standing of plans.open.filter(isStale).slice(0, MAX_STALE)) {
    await edit(standing, nextBody(standing.comment, 'stale', STALE))
  }
  return { plans: { ...plans, pulls, open: plans.open.filter((standing) => !isStale(standing)) }, failed }
}

/** Another revision at which nothing of it has changed is nothing new: it would be told at every apply. */
function saysTheSame(one: string, other: string): boolean {
  const bare = (text: string): string => text.replace(/^<sub>(?:applied|seen) by .*<\/sub>$/m, '')
  return bare(one) === bare(other)
}

const STALE = [
  '### Model plan: stale',
  '',
  'What it builds on has changed since. Update the branch, or push, to see the plan as it is now.',
].join('\n')

/** The text changes only where the state of affairs does (I14): the history grows by states that are over. */
export function nextBody(comment: PlanComment, state: CommentState, status: string): string {
  const history = comment.state === state ? comment.history : withPast(comment)
  return writeComment({ ...comment, state, status, history })
}

async function bodyFor(
  merged: MergedPull,
  plans: MergedPlans,
  outcome: Outcome,
  connection: Connection,
): Promise<string | null> {
  const comment = merged.standing?.comment
  if (comment === undefined) return null
  const places = placesOf(merged, outcome)
  const later = newerPull(merged, plans)
  const own = places.filter(({ unit, stage }) => later(unit, stage) === null)
  const [first] = places
  if (own.length === 0 && first !== undefined) {
    if (comment.state === 'applied') return null
    const status = `### Merged, and changed again by #${later(first.unit, first.stage) ?? ''}\n\nThat one says what serves now.`
    return nextBody(comment, 'superseded', status)
  }
  const told = await outcomeOf(merged, own, plans, outcome, connection)
  return nextBody(comment, told.state, mergedStatus(told))
}

interface Place {
  readonly unit: ModelId
  readonly stage: string | null
}

/** What the pull request was about: what its plan named, else the models that it changes. */
function placesOf({ standing, changed }: MergedPull, { declared, recorded }: Outcome): readonly Place[] {
  const units = standing?.comment.reviewed.units ?? null
  if (units !== null) return units
  return changed.flatMap((unit) => {
    const stages = [...(declared.units.get(unit)?.deployments.values() ?? [])].map(({ stage }) => stage)
    const past = (recorded.get(unit)?.deployments ?? []).map(({ stage }) => stage)
    return [null, ...new Set([...stages, ...past])].map((stage) => ({ unit, stage }))
  })
}

/** The number of a pull request that was merged later and is about the same stage of a model. */
function newerPull(
  { pull }: MergedPull,
  { pulls }: MergedPlans,
): (unit: ModelId, stage: string | null) => number | null {
  const at = pulls.findIndex((each) => each.pull.number === pull.number)
  const later = pulls.slice(at + 1)
  return (unit, stage) => {
    const found = later.findLast(({ standing }) =>
      (standing?.comment.reviewed.units ?? []).some((each) => each.unit === unit && each.stage === stage),
    )
    return found?.pull.number ?? null
  }
}

async function outcomeOf(
  merged: MergedPull,
  places: readonly Place[],
  plans: MergedPlans,
  outcome: Outcome,
  connection: Connection,
): Promise<MergedOutcome> {
  const { declared, judgement, by } = outcome
  const mine = ({ pull }: { readonly pull: number }): boolean => pull === merged.pull.number
  const stopped = judgement.stopped.filter(mine)
  const deployments = places.flatMap((place) => deploymentsAt(place, outcome))
  const units = [...new Set(places.map(({ unit }) => unit))]
  const stops = new Set([...judgement.stops.values()].flatMap((stages) => [...stages.values()]))
  const problems = units.flatMap((unit) => {
    const own = (outcome.problems.get(unit) ?? []).filter((problem) => !stops.has(problem))
    return own.map((problem) => `${unit}: ${problem}`)
  })
  const failed = deployments.flatMap(({ key, failure }) => (failure === null ? [] : [`${key}: ${failure}`]))
  const all = [...problems, ...failed]
  const changed = judgement.proceeding.filter(mine)
  const waiting = deployments.some(({ waitsFor }) => waitsFor !== null) || unrecorded(places, outcome).length > 0
  return {
    state: stopped.length > 0 || all.length > 0 ? 'failed' : waiting ? 'waiting' : 'applied',
    deployments,
    problems: all,
    stopped,
    changed,
    causes: await causesOf(merged, [...stopped, ...changed], plans, declared, connection),
    by,
    revision: declared.revision,
  }
}

/** Models whose catalog or registry entries are not yet what is declared. */
function unrecorded(places: readonly Place[], { declared, recorded }: Outcome): readonly ModelId[] {
  return places.flatMap(({ unit, stage }) => {
    const intent = declared.units.get(unit)
    const known = recorded.get(unit)
    if (stage !== null || intent === undefined || intent.blocked) return []
    return known === undefined || planRecords(intent, known).actions.length > 0 ? [unit] : []
  })
}

type DeploymentOutcome = MergedDeployment & { readonly failure: string | null }

function deploymentsAt({ unit, stage }: Place, { declared, recorded }: Outcome): DeploymentOutcome[] {
  if (stage === null) return []
  const known = recorded.get(unit)
  const intents = [...(declared.units.get(unit)?.deployments.values() ?? [])].filter((each) => each.stage === stage)
  const names = new Set([
    ...intents.map(({ name }) => name),
    ...(known?.deployments ?? []).filter((each) => each.stage === stage).map(({ name }) => name),
  ])
  return [...names].sort().map((name) => deploymentOutcome({ unit, stage, name }, intents, known))
}

function deploymentOutcome(
  { unit, stage, name }: { readonly unit: ModelId; readonly stage: string; readonly name: string },
  intents: readonly DeclaredDeployment[],
  known: RecordedUnit | undefined,
): DeploymentOutcome {
  const intent = intents.find((each) => each.name === name)
  const standing = known === undefined ? null : standingOf(known, name)
  const newest = standing?.newest ?? null
  const rollout = known?.rollouts.get(name)
  const own = newest !== null && rollout?.deploymentId === newest.id ? rollout : undefined
  const reason = own?.reason || String(newest?.item.reason ?? '')
  const failed = newest !== null && isFailure(newest) && newest.specDigest === intent?.specDigest
  const held = intent?.held === true && standing?.live?.specDigest !== intent.specDigest
  const hold = held ? holdText(intent) : null
  const open = newest !== null && isOpen(newest.status)
  const same =
    intent === undefined ? (standing?.live ?? null) === null : standing?.live?.specDigest === intent.specDigest
  const left = !same && !failed && !open ? 'its turn: it was not carried out yet' : null
  return {
    key: deploymentKey(unit, name),
    stage,
    wanted: intent?.modelVersion ?? null,
    live: standing?.live?.modelVersion ?? null,
    state: newest?.status ?? null,
    weight: own?.weight ?? 0,
    waitsFor: hold ?? (open ? waitingFor(newest.status, own) : left),
    reason,
    failure: failed ? `version ${newest.modelVersion} ${newest.status.replace('_', ' ')}: ${reason}` : null,
  }
}

/** Who holds it is whoever wrote the hold; when it ends by itself is said. */
function holdText({ resolved }: DeclaredDeployment): string {
  const until = resolved.hold?.until
  return `the end of its hold (${resolved.hold?.reason ?? ''})${until === undefined ? '' : `, until ${until}`}`
}

/** Commits of others, after the one that was planned on, that change the models whose plans differ. */
async function causesOf(
  { pull, standing }: MergedPull,
  units: readonly { readonly unit: ModelId }[],
  { commitsAfter }: MergedPlans,
  { root }: DeclaredState,
  { place }: Connection,
): Promise<MergedOutcome['causes']> {
  if (units.length === 0 || standing === null) return []
  const models = new Set(units.map(({ unit }) => unit))
  const commits = await commitsAfter(standing.comment.reviewed.base)
  return commits
    .filter(({ commit, paths }) => commit !== pull.mergeCommit && changedModels(paths, root, models).length > 0)
    .map(({ commit, subject }) => ({ commit, subject, url: commitUrl(pull.url, place.owner, place.repo, commit) }))
}

function commitUrl(pullUrl: string, owner: string, repo: string, commit: string): string | null {
  const origin = URL.parse(pullUrl)?.origin
  return origin === undefined ? null : `${origin}/${owner}/${repo}/commit/${commit}`
}
