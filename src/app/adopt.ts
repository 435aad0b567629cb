import type { DeclaredState } from '../declared/declared-state.ts'
import type { ModelId } from '../domain/names.ts'
import { rolloutStates } from '../domain/rollout-states.ts'
import { StewardError } from '../domain/errors.ts'
import { AuditLog } from '../recorded/audit.ts'
import { changeName } from '../recorded/change-name.ts'
import { acquireLease, type Lease, type LeaseHolder } from '../recorded/lease.ts'
import type { RecordedState, RecordedUnit } from '../recorded/recorded-state.ts'
import { keyOf, type Item, type TableName, type Tables } from '../recorded/tables.ts'
import type { App } from './app.ts'
import { leaseOptions } from './apply.ts'
import { readRecorded } from './make-plan.ts'

/** An item under the key of a declared model that Steward has not written (I7). */
export interface ForeignItem {
  readonly model: ModelId
  readonly table: TableName
  readonly item: Item
  /** What is set on it beside `rev` and `fence`; everything else stays as it is. */
  readonly set: Item
}

export type AdoptEnd =
  | { readonly kind: 'held'; readonly by: LeaseHolder }
  | { readonly kind: 'adopted'; readonly items: readonly ForeignItem[] }

/** The foreign items of one model, or of all that are declared. */
export async function findForeign(
  tables: Tables,
  declared: DeclaredState,
  { model, signal }: { readonly model: ModelId | null; readonly signal: AbortSignal },
): Promise<ForeignItem[]> {
  const only = model === null ? undefined : new Set([model])
  const { units }: RecordedState = await readRecorded(tables, declared, { only, signal })
  return [...units.values()].flatMap(foreignOf)
}

function foreignOf({ model, catalog, versions, deployments }: RecordedUnit): ForeignItem[] {
  const items: (readonly [TableName, Item])[] = [
    ...(catalog === null ? [] : [['model-catalog', catalog] as const]),
    ...[...versions.values()].map((item) => ['model-registry', item] as const),
    ...deployments.map(({ item }) => ['model-deployment', item] as const),
  ]
  return items
    .filter(([, { rev }]) => typeof rev !== 'number')
    .map(([table, item]) => ({ model, table, item, set: table === 'model-deployment' ? asHistory(item) : {} }))
}

/** A deployment of which it is not known how it was made is history: nothing of it is ever driven from here. */
function asHistory(item: Item): Item {
  const known = typeof item.spec_digest === 'string' && rolloutStates.some((state) => state === item.status)
  return known ? {} : { status: 'retired', reason: 'adopted: how it was deployed is not known' }
}

/** Takes the items over, each audited before it is marked; an item that somebody else has changed since is an error. */
export async function adopt(
  app: App,
  tables: Tables,
  request: {
    readonly declared: DeclaredState
    readonly items: readonly ForeignItem[]
    readonly leaseMs: number | null
    readonly signal: AbortSignal
  },
): Promise<AdoptEnd> {
  const { declared, items, leaseMs, signal } = request
  const outcome = await acquireLease(leaseOptions(app, tables, leaseMs), { wait: false, signal })
  if (outcome.kind === 'held') return outcome
  const { lease } = outcome
  lease.start()
  try {
    const audit = new AuditLog(tables, app.clock)
    for (const item of items) await claim({ tables, audit, lease, declared }, item)
    return { kind: 'adopted', items }
  } finally {
    await lease.release()
  }
}

async function claim(
  context: {
    readonly tables: Tables
    readonly audit: AuditLog
    readonly lease: Lease
    readonly declared: DeclaredState
  },
  { model, table, item, set }: ForeignItem,
): Promise<void> {
  const { tables, audit, lease, declared } = context
  const attributes = { ...set, rev: 1, fence: lease.epoch }
  const key = keyOf(table, item)
  const what = `${table} ${Object.values(key).join(' ')}`
  await audit.append(lease, model, {
    event: 'item.adopted',
    who: declared.author ?? 'unknown',
    what,
    revision: declared.revision,
    planDigest: null,
    result: 'done',
    change: changeName(table, 0, { ...item, ...attributes }),
  })
  if ((await tables.claim(table, key, attributes, lease.check())) === 'written') return
  const now = await tables.get(table, key, lease.check())
  if (now?.rev === 1 && now.fence === lease.epoch) return // the answer to an earlier try was lost
  throw new StewardError(`${what} was changed by somebody else in the meantime`, {
    code: 'item_foreign',
    hint: 'Look at it, and run `steward adopt` again.',
  })
}
