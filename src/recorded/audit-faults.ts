import { isOpen } from '../domain/rollout-states.ts'
import { findChainBreak } from './audit.ts'
import { lastChangeName } from './change-name.ts'
import type { RecordedUnit } from './recorded-state.ts'
import type { Item, TableName } from './tables.ts'
import { keyOf } from './tables.ts'

export interface AuditFault {
  /** Of the entry that is wrong; null where an item is. */
  readonly sequence: number | null
  /** `model-registry /abc/claim/docs 3`: the item that is wrong; null where an entry is. */
  readonly key: string | null
  readonly why: string
}

/** What takes over items that were written without Steward, whatever their numbers and gaps. */
const ADOPTED = 'item.adopted'

/**
 * What is wrong with one model's chain, and what stands in the tables and was not audited. The items have to be read
 * before the chain: every write is audited first, so that a running controller raises no alarm. An entry whose write
 * never landed is no fault: a kill leaves one behind.
 */
export function auditFaults(recorded: RecordedUnit, chain: readonly Item[]): AuditFault[] {
  const broken = findChainBreak(chain)
  const names = new Set(chain.map(({ change }) => String(change)))
  const found = auditedItems(recorded).flatMap(([table, item]) => {
    const name = lastChangeName(table, item)
    if (name !== null && names.has(name)) return []
    return [{ sequence: null, key: keyText(table, item), why: name === null ? foreign : unaccounted }]
  })
  const adopted = chain.some(({ event }) => event === ADOPTED)
  const gone = adopted ? [] : missingItems(recorded)
  return [
    ...(broken === null ? [] : [{ sequence: Number(broken.sequence), key: null, why: broken.why }]),
    ...found,
    ...gone.map((key) => ({ sequence: null, key, why: 'it is gone, and nothing is ever deleted' })),
  ]
}

const foreign = 'it was not written by Steward'
const unaccounted = 'no entry accounts for what it is: it was changed elsewhere, or entries are missing'

/**
 * The items whose last write was audited: all of the catalog and the registry, and deployments that serve or have
 * ended. One on its way changes with every step, and only its beginning and its end are audited.
 */
function auditedItems({ catalog, versions, deployments }: RecordedUnit): (readonly [TableName, Item])[] {
  const settled = deployments.filter(({ status, item }) => !isOpen(status) || typeof item.rev !== 'number')
  return [
    ...(catalog === null ? [] : [['model-catalog', catalog] as const]),
    ...[...versions.values()].map((item) => ['model-registry', item] as const),
    ...settled.map(({ item }) => ['model-deployment', item] as const),
  ]
}

/**
 * Items that others presuppose: a model is recorded before its versions, a version before its deployments, and the
 * numbers of deployments have no gaps.
 */
function missingItems({ model, catalog, versions, deployments }: RecordedUnit): string[] {
  const ours = deployments.filter(({ item }) => typeof item.rev === 'number')
  const something = ours.length > 0 || [...versions.values()].some(({ rev }) => typeof rev === 'number')
  const used = new Set(ours.map(({ modelVersion }) => modelVersion))
  const ids = new Set(deployments.map(({ id }) => id))
  const last = Math.max(0, ...ours.map(({ id }) => id))
  const gaps = Array.from({ length: last }, (_, index) => index + 1).filter((id) => !ids.has(id))
  return [
    ...(something && catalog === null ? [`model-catalog ${model}`] : []),
    ...[...used].filter((version) => !versions.has(version)).map((version) => `model-registry ${model} ${version}`),
    ...gaps.map((id) => `model-deployment ${model} ${id}`),
  ]
}

/** As a catalog item's key names a model in two parts, it is written as the model's id. */
function keyText(table: TableName, item: Item): string {
  const [partition, sort] = Object.values(keyOf(table, item))
  return `${table} ${partition}${table === 'model-catalog' ? '/' : ' '}${sort}`
}
