import { omit, same } from '../domain/objects.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import { wantedServices } from '../recorded/services.ts'
import type { Item } from '../recorded/tables.ts'
import { withItem } from '../recorded/unit-view.ts'
import { writeItem } from '../recorded/write-item.ts'
import type { ReconcilePorts } from './ports.ts'

interface ServiceChange {
  readonly before: Item | null
  readonly after: Item
}

/** Brings the entries of the service tags to what is live. They follow from audited items and are not audited again. */
export async function publishServices(ports: ReconcilePorts, unit: RecordedUnit): Promise<void> {
  for (const { before, after } of serviceChanges(unit, wantedServices(unit))) {
    await writeItem(ports.tables, ports.writer, { table: 'steward-control', before, after })
  }
}

/**
 * Withdraws the entries that a unit will not have any more, before the record that names their tags is changed: after
 * it nobody would know that they are there. Gives the unit without them.
 */
export async function withdrawServices(
  ports: ReconcilePorts,
  unit: RecordedUnit,
  next: RecordedUnit,
): Promise<RecordedUnit> {
  const gone = serviceChanges(unit, wantedServices(next)).filter(({ after }) => after.status === 'retired')
  let left = unit
  for (const { before, after } of gone) {
    const written = await writeItem(ports.tables, ports.writer, { table: 'steward-control', before, after })
    left = withItem(left, 'steward-control', written)
  }
  return left
}

/** Whether anything is left to publish: after a crash, of a unit that has nothing else to do. */
export function hasStaleServices(unit: RecordedUnit): boolean {
  return serviceChanges(unit, wantedServices(unit)).length > 0
}

const own = new Set(['rev', 'fence'])

function serviceChanges(unit: RecordedUnit, wanted: readonly Item[]): ServiceChange[] {
  const keyOf = ({ pk, sk }: Item): string => `${String(pk)} ${String(sk)}`
  const known = new Map(unit.services.map((item) => [keyOf(item), item]))
  const names = new Set(wanted.map(keyOf))
  const published = wanted
    .map((after) => ({ before: known.get(keyOf(after)) ?? null, after }))
    .filter(({ before, after }) => before === null || !same(omit(before, own), after))
  // Without the endpoint: who does not look at the status must not be led to what is gone.
  const withdrawn = unit.services
    .filter((item) => item.status !== 'retired' && !names.has(keyOf(item)))
    .map((before) => ({ before, after: { ...omit(before, new Set(['endpoint'])), status: 'retired' } }))
  return [...withdrawn, ...published]
}
