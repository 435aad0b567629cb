import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { isJsonObject, type Json, type JsonObject } from '../domain/json.ts'
import { hiddenLine, parseObject, readHiddenLine } from './hidden-line.ts'
import type { ModelId } from '../domain/names.ts'
import type { ReviewedPlan, ReviewedUnit } from '../plan/reviewed.ts'

/**
 * The one comment of a pull request: a hidden line of JSON by which it is found, the state, the plan, and a hidden record
 * of what was planned, unit by unit. Who applies replaces the state and leaves the plan as people have seen it.
 */
export const commentStates = ['planned', 'superseded', 'stale', 'waiting', 'applied', 'failed'] as const
export type CommentState = (typeof commentStates)[number]

export interface PlanComment {
  /** The folder of the catalog: repositories with several have a comment for each. */
  readonly root: string
  readonly state: CommentState
  readonly reviewed: ReviewedPlan
  /** Markdown of the state: the title, and what is to be said of it. */
  readonly status: string
  /** Markdown of the plan. */
  readonly plan: string
  /** What the comment was before, the oldest first. */
  readonly history: readonly string[]
}

/** GitHub refuses more than 65 536 characters by its own words; measured, 262 144 bytes. */
export const COMMENT_BYTES = 60_000
/** For the record of the units; where it is longer, only the plan's digest is kept. */
const RECORD_BYTES = 24_000
/** For everything around the plan but the record. */
const FRAME_BYTES = 6_000
const HISTORY = 8
/** What an inflated record may have, against one made to fill the memory. */
const MAX_RECORD = 4 * 1024 * 1024

const BEGIN = '<!-- steward:begin -->'
const END = '<!-- steward:end -->'
const last = /<!-- steward:record ([A-Za-z0-9+/=]*) -->\s*$/

/** Bytes that a plan's Markdown may have beside its record. */
export function planBudget(reviewed: ReviewedPlan): number {
  return COMMENT_BYTES - FRAME_BYTES - encodeUnits(reviewed.units).length
}

/** Forgets the single units where their record would not fit. */
export function fitting(reviewed: ReviewedPlan): ReviewedPlan {
  return encodeUnits(reviewed.units).length > RECORD_BYTES ? { ...reviewed, units: null } : reviewed
}

export function writeComment(comment: PlanComment): string {
  const { root, state, reviewed, status, plan, history } = comment
  const { digest, base, head } = reviewed
  const kept = history.slice(-HISTORY)
  const marker: JsonObject = { v: 1, root, state, head, base, digest, history: kept }
  const past = kept.length === 0 ? [] : ['', `<sub>${kept.join(' → ')} → ${state}</sub>`]
  const merged = state === 'waiting' || state === 'applied' || state === 'failed'
  const wrap = (lines: readonly string[]): readonly string[] =>
    merged
      ? ['<details><summary>The plan as it was shown</summary>', '', ...lines.map(withoutAlerts), '', '</details>']
      : lines
  return [
    hiddenLine('plan', marker),
    unmarked(status),
    '',
    ...wrap([BEGIN, unmarked(plan), END]),
    ...past,
    `<!-- steward:record ${encodeUnits(reviewed.units)} -->`,
  ].join('\n')
}

/** GitHub shows no alerts inside what is folded (github/markup#1753). */
function withoutAlerts(text: string): string {
  return text.replaceAll(/^> \[!(WARNING|CAUTION)\]$/gm, '>')
}

/** A value that is shown as code may hold lines like our own: they are no longer that. */
function unmarked(text: string): string {
  return text.replaceAll('<!-- steward:', '<!-\u200b- steward:')
}

/** Null for any other comment, also one that begins like ours and is not. */
export function readComment(body: string): PlanComment | null {
  const text = body.replaceAll('\r\n', '\n')
  const marker = readHiddenLine('plan', text)
  if (marker === null || marker.v !== 1 || typeof marker.root !== 'string') return null
  const state = commentStates.find((each) => each === marker.state)
  if (state === undefined) return null
  const [begin, end] = [text.indexOf(BEGIN), text.lastIndexOf(END)]
  const whole = begin > 0 && end > begin
  return {
    root: marker.root,
    state,
    reviewed: {
      digest: String(marker.digest),
      base: String(marker.base),
      head: String(marker.head),
      units: decodeUnits(last.exec(text)?.[1] ?? ''),
    },
    status: text
      .slice(text.indexOf('\n') + 1, whole ? begin : undefined)
      .replace(/<details><summary>The plan as it was shown<\/summary>\s*$/, '')
      .trimEnd(),
    plan: whole ? text.slice(begin + BEGIN.length + 1, end).trimEnd() : '',
    history: Array.isArray(marker.history) ? marker.history.filter(isPastState) : [],
  }
}

/** What the history shows: our own words and the first digits of a commit, whoever has edited the comment. */
function isPastState(entry: Json): entry is string {
  return typeof entry === 'string' && /^[a-z]+(?: [0-9a-f]{7})?$/.test(entry)
}

/** One entry for what a comment was, before it becomes something else. */
export function withPast(comment: PlanComment): readonly string[] {
  const entry = `${comment.state} ${comment.reviewed.head.slice(0, 7)}`
  return comment.history.at(-1) === entry ? comment.history : [...comment.history, entry].slice(-HISTORY)
}

/** {unit: {stage: marks, one behind the other}}, deflated: names repeat. An empty stage is catalog and registry. */
function encodeUnits(units: readonly ReviewedUnit[] | null): string {
  if (units === null) return ''
  const grouped: Record<string, Record<string, string>> = {}
  for (const { unit, stage, marks } of units) (grouped[unit] ??= {})[stage ?? ''] = marks.join('')
  return deflateRawSync(JSON.stringify(grouped)).toString('base64')
}

function decodeUnits(record: string): readonly ReviewedUnit[] | null {
  if (record === '') return null
  let text: string
  try {
    text = inflateRawSync(Buffer.from(record, 'base64'), { maxOutputLength: MAX_RECORD }).toString('utf8')
  } catch {
    return null
  }
  const grouped = parseObject(text)
  if (grouped === null) return null
  return Object.entries(grouped).flatMap(([unit, stages]) =>
    Object.entries(isJsonObject(stages) ? stages : {}).map(([stage, marks]) => ({
      unit: unit as ModelId,
      stage: stage === '' ? null : stage,
      marks: String(marks).match(/[0-9a-f]{32}/g) ?? [],
    })),
  )
}
