import type { Diagnostic } from '../domain/diagnostics.ts'
import type { GuardRefusal } from '../plan/guards.ts'
import { removes, type Action, type Plan, type UnitPlan } from '../plan/plan.ts'
import { diffLines, valueText } from './action-diff.ts'
import { countText } from './diagnostics.ts'
import { code, fenced, folded, htmlText, link, sentence, table } from './markdown.ts'
import { metricLines, type MetricsChange } from './metric-table.ts'

/** What a plan says to the people of a pull request. */
export interface ShownPlan {
  readonly plan: Plan
  readonly metrics: readonly MetricsChange[]
  /** What waits for the end of a hold. */
  readonly held: readonly UnitPlan[]
  /** Guards that would refuse it as it is. */
  readonly refusals: readonly GuardRefusal[]
  readonly protectedStages: readonly string[]
  /** What stands between the merge and the change, in sentences of ours: approvals, holds, gates. */
  readonly gates: readonly string[]
  /** Who carries it out, as `settings.apply.by` says. */
  readonly applyBy: 'daemon' | 'action' | 'cli' | null
  /** Where a line of a document can be seen; null where it can not. */
  readonly linkTo: (path: string, line: number) => string | null
  /** The commits and the run, in Markdown of ours. */
  readonly footer: string
}

/** Objects whose changes are shown field by field, in the comment's longest form. */
const MAX_DIFFS = 40
const OPEN_LINES = 10
const MAX_PROBLEMS = 20
/** Bytes from which on a place is no comment. */
const ROOMY = 200_000
/** Where not even the table fits. */
const SOME_PROBLEMS = 8

/** Counts first: what a person wants to know who reads nothing else. */
export function planTitle({
  plan,
  held,
  protectedStages,
}: Pick<ShownPlan, 'plan' | 'held' | 'protectedStages'>): string {
  const { create, update, delete: deletes, blocked } = plan.summary
  const promote = plan.units.flatMap(({ actions }) => actions).filter((action) => verbOf(action) === 'promote').length
  const counts = [
    ...(create > 0 ? [`${create} to create`] : []),
    ...(promote > 0 ? [`${promote} to promote`] : []),
    ...(update > promote ? [`${update - promote} to update`] : []),
    ...(deletes > 0 ? [`${deletes} to delete`] : []),
    ...(blocked > 0 ? [`${countText(blocked, 'model')} blocked by errors`] : []),
    ...(held.length > 0 ? [`${held.length} held`] : []),
  ]
  const stages = changedStages(plan)
  const touched = stages.filter((stage) => protectedStages.includes(stage))
  const radius = touched.length > 0 ? ` · ${touched.map(sentence).join(', ')} affected` : ''
  return `Model plan: ${counts.length === 0 ? 'no changes' : counts.join(', ')}${radius}`
}

export function changedStages({ units }: Plan): string[] {
  const changed = units.filter(({ stage, actions }) => stage !== null && actions.length > 0)
  return [...new Set(changed.map(({ stage }) => stage ?? ''))].sort()
}

/**
 * The plan for a pull request, in the longest form that fits into `budget` bytes of UTF-8: with every change field by
 * field, as a table, as a table of what fits, or as counts.
 */
export function planBody(shown: ShownPlan, budget: number): string {
  // The job summary has room, and is where the rest is looked for.
  const [mostDiffs, mostProblems] = budget > ROOMY ? [1_000, 1_000] : [MAX_DIFFS, MAX_PROBLEMS]
  const { plan } = shown
  const changes = plan.units.flatMap((unit) => unit.actions.map((action) => ({ unit, action })))
  const lines = (rows: number, diffs: number, problems: number): string =>
    [
      ...verdict(shown),
      ...dangers(shown),
      ...problemLines(shown, problems),
      ...changeTable(shown, changes, rows),
      ...heldPart(shown, rows + 1),
      ...metricsPart(shown, diffs),
      ...diffParts(changes.slice(0, diffs), changes.length > diffs ? changes.length - diffs : 0, diffs > 0),
      ...driftPart(shown, rows),
      ...onMerge(shown),
      '',
      shown.footer,
    ].join('\n')
  const fits = (text: string): boolean => Buffer.byteLength(text) <= budget
  const whole = lines(changes.length, Math.min(mostDiffs, changes.length), mostProblems)
  if (fits(whole)) return whole
  const listed = lines(changes.length, 0, mostProblems)
  if (fits(listed)) return listed
  // As many rows as there is room for: a row more is only longer.
  let [rows, tooMany] = [0, changes.length]
  while (tooMany - rows > 1) {
    const middle = Math.floor((rows + tooMany) / 2)
    if (fits(lines(middle, 0, SOME_PROBLEMS))) rows = middle
    else tooMany = middle
  }
  const text = lines(rows, 0, SOME_PROBLEMS)
  return fits(text) ? text : lines(0, 0, 0)
}

function verdict({ plan, gates }: ShownPlan): string[] {
  const errors = plan.diagnostics.filter(({ severity }) => severity === 'error').length
  const warnings = plan.diagnostics.length - errors
  const stages = changedStages(plan)
  const models = new Set(plan.units.filter(({ actions }) => actions.length > 0).map(({ unit }) => unit))
  const parts = [
    errors > 0 ? `**Validation failed: ${countText(errors, 'error')}**` : 'Validation passed',
    ...(warnings > 0 ? [countText(warnings, 'warning')] : []),
    ...(models.size > 0 ? [countText(models.size, 'model')] : []),
    ...(stages.length > 0 ? [`${stages.length === 1 ? 'stage' : 'stages'} ${stages.map(code).join(', ')}`] : []),
    ...(plan.observed || stages.length === 0 ? [] : ['runtimes not observed']),
  ]
  return [parts.join(' · '), '', `**Gates:** ${gates.join(' · ')}`]
}

/** Only for what hurts: what is taken away, what serves people in protected stages, drift, a refusal to come. */
function dangers({ plan, refusals, protectedStages }: ShownPlan): string[] {
  const actions = plan.units.flatMap(({ stage, actions: found }) => found.map((action) => ({ stage, action })))
  const gone = actions.filter(({ action }) => removes(action))
  const serving = actions.filter(
    ({ stage, action }) => stage !== null && protectedStages.includes(stage) && action.kind !== 'deployment.adjust',
  )
  const drifted = plan.drift.filter((entry) => entry.class !== 'ignored')
  const lines = [
    ...(gone.length === 0 ? [] : [`**Taken away:** ${some(gone.map(({ action }) => code(action.key)))}`]),
    ...(serving.length === 0
      ? []
      : [
          `**Serves people:** ${some(serving.map(({ action, stage }) => `${code(action.key)} in ${code(stage ?? '')}`))}`,
        ]),
    ...(drifted.length === 0 ? [] : [`**Drift found:** ${some(drifted.map(({ key }) => code(key)))}`]),
  ]
  const refused = refusals.map(({ guard, message }) => `> **Guard ${guard} will refuse this:** ${sentence(message)}`)
  return [
    ...(lines.length === 0 ? [] : ['', '> [!WARNING]', ...lines.map((line) => `> ${line}  `)]),
    ...(refused.length === 0
      ? []
      : [
          ...['', '> [!CAUTION]', ...refused, '>'],
          `> To allow exactly this plan, name ${code(plan.digest)} in \`guards.allow_deletes\` or \`allow-deletes\`.`,
        ]),
  ]
}

function some(items: readonly string[]): string {
  const shown = items.slice(0, 8).join(', ')
  return items.length > 8 ? `${shown} and ${items.length - 8} more` : shown
}

function problemLines({ plan, linkTo }: ShownPlan, limit: number): string[] {
  const { diagnostics } = plan
  if (diagnostics.length === 0) return []
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const ordered = [...errors, ...diagnostics.filter(({ severity }) => severity !== 'error')]
  const shown = ordered.slice(0, limit).map((diagnostic) => problemLine(diagnostic, linkTo))
  const more = ordered.length - shown.length
  const lines = [...shown, ...(more > 0 ? [`- and ${more} more: see the job summary`] : [])]
  return errors.length > 0 ? ['', ...lines] : ['', ...folded(countText(ordered.length, 'warning'), lines)]
}

export function problemLine(diagnostic: Diagnostic, linkTo: ShownPlan['linkTo']): string {
  const { code: name, severity, summary, help, path, range } = diagnostic
  const place = `${path}:${range.start.line}`
  const url = linkTo(path, range.start.line)
  const where = url === null ? code(place) : link(code(place), url)
  return `- **${severity} ${name}** ${where} ${sentence(summary)}${help === undefined ? '' : ` — ${sentence(help)}`}`
}

interface Change {
  readonly unit: UnitPlan
  readonly action: Action
}

function changeTable({ linkTo }: ShownPlan, changes: readonly Change[], limit: number): string[] {
  if (changes.length === 0) return []
  const rows = changes.slice(0, limit).map(({ unit, action }) => {
    const { position } = action
    const url = position === null ? null : linkTo(position.path, position.line)
    const place = position === null ? '' : code(`${position.path.split('/').slice(-2).join('/')}:${position.line}`)
    return [
      verbOf(action),
      code(action.key),
      unit.stage === null ? '' : code(unit.stage),
      whatChanges(action),
      url === null ? place : link(place, url),
    ]
  })
  const more = changes.length - rows.length
  return [
    ...(rows.length === 0 ? [] : ['', ...table(['change', 'object', 'stage', 'what', 'declared at'], rows)]),
    ...(more > 0 ? ['', `**${more} more changes are not listed here**: the whole plan is in the job summary.`] : []),
  ]
}

/** One word for what happens, by the action's kind. */
export function verbOf({ kind, before, after }: Action): string {
  if (kind.endsWith('.retire')) return '**delete**'
  if (kind === 'deployment.create') return 'deploy'
  if (kind === 'deployment.rollout') {
    return before?.model_version === undefined || before.model_version === after?.model_version ? 'roll out' : 'promote'
  }
  return before === null ? 'record' : 'update'
}

/** The field that matters: the version, else the names of what changes. */
function whatChanges({ kind, before, after, fields }: Action): string {
  const [from, to] = [before?.model_version, after?.model_version]
  if (kind === 'deployment.create') return `version ${valueText(to ?? null)}`
  if (from !== undefined && to !== undefined && from !== to) return `version ${valueText(from)} → ${valueText(to)}`
  if (kind.endsWith('.retire')) return from === undefined ? '' : `version ${valueText(from)} is taken down`
  if (before === null) return 'new'
  return some(fields.map(code))
}

function heldPart({ held }: ShownPlan, limit: number): string[] {
  const actions = held.flatMap((unit) => unit.actions)
  if (actions.length === 0) return []
  const shown = actions.slice(0, Math.min(limit, 20)).map((action) => {
    return `- when its hold ends: ${verbOf(action).replaceAll('*', '')} ${code(action.key)}, ${whatChanges(action)}`
  })
  return ['', ...shown, ...(actions.length > shown.length ? [`- and ${actions.length - shown.length} more`] : [])]
}

function diffParts(changes: readonly Change[], more: number, asked: boolean): string[] {
  if (!asked || changes.length === 0) return []
  const parts = changes.flatMap(({ action }) => {
    const lines = diffLines(action)
    const open = lines.length <= OPEN_LINES && changes.length <= 5
    const body = [...(action.reason === '' ? [] : [sentence(action.reason), '']), ...fenced('diff', lines)]
    return ['', ...folded(`${verbOf(action).replaceAll('*', '')} ${htmlText(action.key)}`, body, open)]
  })
  return [...parts, ...(more > 0 ? ['', `and ${countText(more, 'more change')} in the job summary`] : [])]
}

function metricsPart({ metrics }: ShownPlan, diffs: number): string[] {
  if (metrics.length === 0 || diffs === 0) return []
  const parts = metrics.slice(0, 10).flatMap((change) => ['', ...metricLines(change)])
  return ['', ...folded('Metrics', parts.slice(1), metrics.length <= 2)]
}

function driftPart({ plan }: ShownPlan, limit: number): string[] {
  const drift = plan.drift.filter((entry) => entry.class !== 'ignored')
  if (drift.length === 0) return []
  const lines = drift
    .slice(0, Math.min(limit, 20))
    .map(({ class: kind, message }) => `- ${kind.replaceAll('_', ' ')}: ${sentence(message)}`)
  const more = drift.length - lines.length
  return ['', ...folded('Drift', [...lines, ...(more > 0 ? [`- and ${more} more`] : [])])]
}

const appliers = {
  daemon: 'the daemon',
  action: 'the workflow that applies',
  cli: 'whoever runs `steward apply`',
} as const

function onMerge({ plan, applyBy, refusals }: ShownPlan): string[] {
  const actions = plan.units.flatMap(({ actions: found }) => found)
  const who = applyBy === null ? 'the workflow that applies, or the daemon,' : appliers[applyBy]
  const records = actions.filter(({ kind }) => !kind.startsWith('deployment.')).length
  const deployments = actions.length - records
  const does = [
    ...(records > 0 ? [`records ${countText(records, 'entry', 'entries')}`] : []),
    ...(deployments > 0 ? [`carries out ${countText(deployments, 'deployment change')}`] : []),
  ]
  const blocked = plan.summary.blocked > 0 ? ' What is blocked by errors stays as it is.' : ''
  const happens =
    refusals.length > 0
      ? 'nothing is taken away before a person allows it (see above).'
      : does.length === 0
        ? 'nothing changes.'
        : `${who} ${does.join(' and ')}, if this still is the plan then.`
  return ['', `**On merge:** ${happens}${blocked}`]
}
