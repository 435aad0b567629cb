import type { Json } from '../../domain/json.ts'
import type { ModelId } from '../../domain/names.ts'
import { readChain } from '../../recorded/audit.ts'
import type { Item, Tables } from '../../recorded/tables.ts'
import { mapLimited } from '../../domain/map-limited.ts'

const READERS = 8

/** One entry of `audit export`, with what its place in the chain can be checked by. */
export interface ExportedEntry {
  readonly at: string
  readonly model: ModelId
  readonly sequence: number
  readonly event: string
  readonly what: string
  readonly who: string
  readonly result: string
  readonly revision: string
  readonly plan_digest: string | null
  readonly evidence: Json
  readonly change: string
  readonly previous: string
  readonly hash: string
}

export interface ExportRequest {
  readonly models: readonly ModelId[]
  /** Both included; null: from the first, to the last. */
  readonly since: Date | null
  readonly until: Date | null
  readonly signal: AbortSignal
}

/**
 * The entries of the models, oldest first. Those of one model are in the order of its chain, also where the clock of
 * a controller was set back. Only what was asked for is kept.
 */
export async function exportAudit(tables: Tables, request: ExportRequest): Promise<readonly ExportedEntry[]> {
  const { models, signal } = request
  const chains = await mapLimited(models, READERS, async (model) => {
    const entries = (await readChain(tables, model, signal)).map((item) => toEntry(model, item))
    return inTime(entries, request)
  })
  return chains
    .flat()
    .sort(
      (a, b) =>
        compare(a.order, b.order) || compare(a.entry.model, b.entry.model) || a.entry.sequence - b.entry.sequence,
    )
    .map(({ entry }) => entry)
}

interface Ordered {
  readonly entry: ExportedEntry
  /** The latest time of the chain up to here. */
  readonly order: string
}

function inTime(entries: readonly ExportedEntry[], { since, until }: ExportRequest): Ordered[] {
  const [from, to] = [since?.toISOString() ?? '', until?.toISOString() ?? '\uffff']
  let order = ''
  return entries
    .filter(({ at }) => at >= from && at <= to)
    .map((entry) => {
      order = entry.at > order ? entry.at : order
      return { entry, order }
    })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function toEntry(model: ModelId, item: Item): ExportedEntry {
  const text = (name: string): string => (typeof item[name] === 'string' ? item[name] : '')
  return {
    at: text('at'),
    model,
    sequence: Number(item.sk),
    event: text('event'),
    what: text('what'),
    who: text('who'),
    result: text('result'),
    revision: text('revision'),
    plan_digest: typeof item.plan_digest === 'string' ? item.plan_digest : null,
    evidence: item.evidence ?? null,
    change: text('change'),
    previous: text('previous'),
    hash: text('hash'),
  }
}
