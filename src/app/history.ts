import { splitModelId, type ModelId } from '../domain/names.ts'
import { isDay } from '../domain/days.ts'
import { isJsonObject } from '../domain/json.ts'
import { isEnded, type RolloutState } from '../domain/rollout-states.ts'
import { StewardError } from '../domain/errors.ts'
import type { Item, Tables } from '../recorded/tables.ts'

export interface HistoryEntry {
  readonly deployment_id: number
  readonly name: string
  readonly stage: string
  readonly model_version: number
  readonly status: string
  readonly create_at: string
  readonly served_from: string | null
  readonly live_from: string | null
  readonly live_until: string | null
  readonly revision: string
  readonly plan_digest: string | null
  readonly requested_by: string | null
  readonly approvals: readonly unknown[]
  readonly reason: string
}

/** `history --json`: newest first. */
export interface History {
  readonly format: 'steward.history/v1'
  readonly model: ModelId
  /** ISO 8601, or null for the whole history. */
  readonly as_of: string | null
  readonly entries: readonly HistoryEntry[]
}

/** One query on the model. With `asOf`, what served then: served_from <= T < live_until. */
export async function readHistory(
  tables: Tables,
  request: {
    readonly model: ModelId
    readonly asOf: Date | null
    readonly stage: string | null
    readonly version: number | null
    readonly signal: AbortSignal
  },
): Promise<History> {
  const { model, asOf, stage, version, signal } = request
  const partition = { attribute: 'model', value: model }
  const items = await tables.query('model-deployment', { partition, descending: true }, signal)
  const entries = items
    .map(toEntry)
    .filter((entry) => stage === null || entry.stage === stage)
    .filter((entry) => version === null || entry.model_version === version)
    .filter((entry) => asOf === null || servedAt(entry, asOf))
  return { format: 'steward.history/v1', model, as_of: asOf?.toISOString() ?? null, entries }
}

/**
 * A version serves from its first traffic until it is replaced or ended: served_from <= T < live_until. Of an ended one
 * without an end, which only an adopted item can be, it is not known.
 */
export function servedAt(
  { served_from: from, live_until: until, status }: Pick<HistoryEntry, 'served_from' | 'live_until' | 'status'>,
  asOf: Date,
): boolean {
  const at = asOf.toISOString()
  if (from === null || from > at) return false
  return until === null ? !isEnded(status as RolloutState) : at < until
}

export function toEntry(item: Item): HistoryEntry {
  const text = (name: string): string | null => (typeof item[name] === 'string' ? item[name] : null)
  return {
    deployment_id: Number(item.deployment_id),
    name: text('deployment_name') ?? '',
    stage: text('stage') ?? '',
    model_version: Number(item.model_version),
    status: text('status') ?? '',
    create_at: text('create_at') ?? '',
    served_from: text('served_from'),
    live_from: text('live_from'),
    live_until: text('live_until'),
    revision: text('revision') ?? '',
    plan_digest: text('plan_digest'),
    requested_by: text('requested_by'),
    approvals: Array.isArray(item.approvals) ? item.approvals : [],
    reason: text('reason') ?? '',
  }
}

/** Who approved what a deployment item brought, as the evidence copied into it says. */
export function approversOf({ approvals }: Pick<HistoryEntry, 'approvals'>): string[] {
  return approvals.filter(isJsonObject).map(({ who, role }) => `${String(who)}${role ? ` (${String(role)})` : ''}`)
}

/**
 * The moment that a person names: an ISO time with zone, or a bare date, which is the end of that day in `timezone`,
 * or where `day` says so its beginning.
 */
export function parseMoment(text: string, timezone: string, day: 'beginning' | 'end' = 'end'): Date {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return inZone(text, day === 'end' ? 'T23:59:59.999Z' : 'T00:00:00.000Z', timezone)
  }
  const time = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (!Number.isNaN(time.getTime()) && isDay(text.slice(0, 10))) return time
  throw new StewardError(`${text} is no date and no time with a zone`, {
    code: 'usage',
    kind: 'user',
    hint: 'Write 2026-03-03, or 2026-03-03T12:00:00Z.',
  })
}

/** A day's first or last millisecond: the offset is looked up twice, since it may change during the day. */
function inZone(date: string, time: string, timezone: string): Date {
  const utc = Date.parse(`${date}${time}`)
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== date) {
    throw new StewardError(`${date} is no date of the calendar`, { code: 'usage', kind: 'user' })
  }
  const guess = utc - offsetMs(utc, timezone)
  return new Date(utc - offsetMs(guess, timezone))
}

function offsetMs(at: number, timezone: string): number {
  const options = { timeZone: timezone, timeZoneName: 'longOffset' } as const
  const parts = new Intl.DateTimeFormat('en-US', options).formatToParts(new Date(at))
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name)
  if (match === null) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return (match[1] === '-' ? -minutes : minutes) * 60_000
}

/** A model that was never recorded is a mistake in the name, not an empty history. */
export async function requireRecorded(tables: Tables, model: ModelId, signal: AbortSignal): Promise<void> {
  const { namespace, name } = splitModelId(model)
  if ((await tables.get('model-catalog', { namespace, model_name: name }, signal)) !== null) return
  throw new StewardError(`there is no model ${model}`, {
    code: 'model_unknown',
    kind: 'user',
    hint: 'It is neither declared at this revision nor recorded; `steward status` lists all.',
  })
}
