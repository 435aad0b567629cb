import { mapLimited } from '../domain/map-limited.ts'
import { liveIn } from '../recorded/read-known.ts'
import type { Item, Tables } from '../recorded/tables.ts'
import { servedAt, toEntry, type HistoryEntry } from './history.ts'

const READERS = 8

export interface InventoryEntry extends HistoryEntry {
  readonly model: string
  readonly mode: string
  readonly deployment_method: string
  readonly runtime: string | null
  readonly endpoint: string | null
}

/** `inventory --json`: what serves, or served at a moment, by stage, model and name. */
export interface Inventory {
  readonly format: 'steward.inventory/v1'
  /** ISO 8601; null: now. */
  readonly as_of: string | null
  readonly stages: readonly string[]
  readonly entries: readonly InventoryEntry[]
}

/** One query a stage: of `live-by-stage` for now, of `by-stage` for a moment. During a canary two versions served. */
export async function readInventory(
  tables: Tables,
  request: { readonly stages: readonly string[]; readonly asOf: Date | null; readonly signal: AbortSignal },
): Promise<Inventory> {
  const { stages, asOf, signal } = request
  const found = await mapLimited(stages, READERS, (stage) =>
    asOf === null ? liveIn(tables, stage, signal) : servedThen(tables, stage, asOf, signal),
  )
  const entries = found.flat().map(toInventoryEntry).sort(byPlace)
  return { format: 'steward.inventory/v1', as_of: asOf?.toISOString() ?? null, stages, entries }
}

async function servedThen(tables: Tables, stage: string, asOf: Date, signal: AbortSignal): Promise<readonly Item[]> {
  const partition = { attribute: 'stage', value: stage }
  const sort = { atMost: asOf.toISOString() }
  const items = await tables.query('model-deployment', { partition, index: 'by-stage', sort }, signal)
  return items.filter((item) => servedAt(toEntry(item), asOf))
}

function toInventoryEntry(item: Item): InventoryEntry {
  const text = (name: string): string | null => (typeof item[name] === 'string' ? item[name] : null)
  return {
    model: text('model') ?? '',
    mode: text('mode') ?? 'online',
    deployment_method: text('deployment_method') ?? '',
    runtime: text('runtime'),
    endpoint: text('endpoint'),
    ...toEntry(item),
  }
}

function byPlace(a: InventoryEntry, b: InventoryEntry): number {
  const place = ({ stage, model, name, deployment_id: id }: InventoryEntry): string =>
    JSON.stringify([stage, model, name, String(id).padStart(9, '0')])
  return place(a) < place(b) ? -1 : 1
}

export interface ServiceEntry {
  readonly model: string
  readonly name: string
  readonly stage: string
  readonly model_version: number
  readonly deployment_id: number
  readonly endpoint: string
}

/** `inventory --service TAG --json`: where the models that carry a tag answer now. */
export interface ServiceEndpoints {
  readonly format: 'steward.service/v1'
  readonly service: string
  readonly entries: readonly ServiceEntry[]
}

/** One query on the tag, consistent. */
export async function readService(
  tables: Tables,
  request: { readonly service: string; readonly stage: string | null; readonly signal: AbortSignal },
): Promise<ServiceEndpoints> {
  const { service, stage, signal } = request
  const items = await tables.query(
    'steward-control',
    {
      partition: { attribute: 'pk', value: `service#${service}` },
      ...(stage !== null && { sort: { beginsWith: `${stage}#` } }),
    },
    signal,
  )
  const entries = items.filter(({ endpoint }) => typeof endpoint === 'string').map(toServiceEntry)
  return { format: 'steward.service/v1', service, entries }
}

function toServiceEntry({ sk, model_version: version, deployment_id: id, endpoint }: Item): ServiceEntry {
  const [stage = '', model = '', name = ''] = String(sk).split('#')
  return {
    model,
    name,
    stage,
    model_version: Number(version),
    deployment_id: Number(id),
    endpoint: String(endpoint),
  }
}
