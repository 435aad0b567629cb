import type { ModelId } from '../domain/names.ts'
import { itemsOf, readUnit, toUnit, unitKey } from './read-unit.ts'
import type { RecordedUnit } from './recorded-state.ts'
import { keyOf, type Item, type TableName, type Tables } from './tables.ts'

/**
 * What is recorded of one unit, followed through the writes of the one who holds the lease: read once, or taken from
 * what a plan has read. A write that failed, or whose outcome is not known, makes it read again.
 */
export class UnitView {
  /** The tables, with every write of theirs seen here. */
  readonly tables: Tables
  readonly #base: Tables
  readonly #model: ModelId
  #unit: RecordedUnit | null

  constructor(tables: Tables, model: ModelId, known: RecordedUnit | null) {
    this.#base = tables
    this.#model = model
    this.#unit = known
    this.tables = {
      get: (...words) => tables.get(...words),
      getMany: (...words) => tables.getMany(...words),
      query: (...words) => tables.query(...words),
      scan: (...words) => tables.scan(...words),
      put: (table, item, ...rest) => this.#write(table, item, () => tables.put(table, item, ...rest)),
      claim: (table, key, attributes, signal) =>
        this.#write(table, null, () => tables.claim(table, key, attributes, signal)),
    }
  }

  async read(signal: AbortSignal): Promise<RecordedUnit> {
    this.#unit ??= await readUnit(this.#base, this.#model, signal)
    return this.#unit
  }

  async #write(
    table: TableName,
    item: Item | null,
    write: () => Promise<'written' | 'conflict'>,
  ): Promise<'written' | 'conflict'> {
    const before = this.#unit
    this.#unit = null
    const outcome = await write()
    if (outcome === 'written' && item !== null && before !== null) this.#unit = withItem(before, table, item)
    return outcome
  }
}

/** A unit with one item more, or another one under the same key. */
export function withItem(unit: RecordedUnit, table: TableName, written: Item): RecordedUnit {
  const item = JSON.parse(JSON.stringify(written)) as Item
  const key = JSON.stringify(keyOf(table, item))
  const put = (items: readonly Item[]): Item[] => [
    ...items.filter((each) => JSON.stringify(keyOf(table, each)) !== key),
    item,
  ]
  if (table === 'steward-control' && String(item.pk).startsWith('service#'))
    return { ...unit, services: put(unit.services) }
  if (table === 'steward-control' && item.pk !== unitKey(unit.model)) return unit
  const items = itemsOf(unit)
  const changed =
    table === 'model-catalog'
      ? { ...items, catalog: item }
      : table === 'model-registry'
        ? { ...items, versions: put(items.versions) }
        : table === 'model-deployment'
          ? { ...items, deployments: put(items.deployments) }
          : { ...items, control: put(items.control) }
  return toUnit(unit.model, changed)
}
