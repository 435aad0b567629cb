import { StewardError } from '../../src/domain/errors.ts'
import type { Item, Key, PutCondition, QueryRequest, TableName, Tables } from '../../src/recorded/tables.ts'
import { keyOf, sortKeyOf, tableKeys } from '../../src/recorded/tables.ts'

/** What the next put does instead of answering. */
export type PutFault = 'lost_before' | 'lost_after'

/** The tables in memory: every call is one atomic step, taken when it is made. Passes tables-contract.ts. */
export class FakeTables implements Tables {
  readonly #items = new Map<TableName, Map<string, Item>>()
  readonly #faults: PutFault[] = []
  /** Called before every put: may make it fail. */
  onPut: ((table: TableName, item: Item) => PutFault | null) | null = null
  /** Every put that was written, in order. */
  readonly puts: { readonly table: TableName; readonly item: Item }[] = []

  /** The next puts end without an answer, before or after they take effect. */
  loseAnswers(...faults: readonly PutFault[]): void {
    this.#faults.push(...faults)
  }

  all(table: TableName): readonly Item[] {
    return [...this.#table(table).values()].map(copyOf).toSorted((a, b) => compareItems(table, a, b))
  }

  /** A copy of everything, to begin several runs from one state. */
  clone(): FakeTables {
    const other = new FakeTables()
    for (const [table, items] of this.#items) other.#items.set(table, new Map(items))
    return other
  }

  /** Writes around every condition, as somebody else's client would. */
  force(table: TableName, item: Item): void {
    this.#table(table).set(keyText(table, item), copyOf(item))
  }

  remove(table: TableName, key: Key): void {
    this.#table(table).delete(keyText(table, key))
  }

  async get(table: TableName, key: Key, signal?: AbortSignal): Promise<Item | null> {
    signal?.throwIfAborted()
    const found = this.#table(table).get(keyText(table, key))
    return found === undefined ? null : copyOf(found)
  }

  async query(table: TableName, request: QueryRequest, signal?: AbortSignal): Promise<readonly Item[]> {
    signal?.throwIfAborted()
    const { partition, index, sort: within, descending = false, limit } = request
    const sort = sortKeyOf(table, index)
    // Copied when they are found: most are not asked for.
    const found = [...this.#table(table).values()]
      .filter((item) => item[partition.attribute] === partition.value && item[sort] !== undefined)
      .filter((item) => within === undefined || isWithin(String(item[sort]), within))
      .map(copyOf)
      .toSorted((a, b) => compareItems(table, a, b))
      .sort((a, b) => compare(a[sort], b[sort]))
    const ordered = descending ? found.toReversed() : found
    return ordered.slice(0, limit ?? ordered.length)
  }

  async getMany(table: TableName, keys: readonly Key[], signal?: AbortSignal): Promise<readonly Item[]> {
    signal?.throwIfAborted()
    const found = keys.map((key) => this.#table(table).get(keyText(table, key)))
    return found.filter((item) => item !== undefined).map(copyOf)
  }

  async scan(table: TableName, signal?: AbortSignal): Promise<readonly Item[]> {
    signal?.throwIfAborted()
    return this.all(table)
  }

  async put(
    table: TableName,
    item: Item,
    condition: PutCondition,
    signal?: AbortSignal,
  ): Promise<'written' | 'conflict'> {
    signal?.throwIfAborted()
    const fault = this.#faults.shift() ?? this.onPut?.(table, item)
    if (fault === 'lost_before') throw lostAnswer()
    const answer = this.#write(table, item, condition)
    if (fault === 'lost_after') throw lostAnswer()
    return answer
  }

  async claim(table: TableName, key: Key, attributes: Item, signal?: AbortSignal): Promise<'written' | 'conflict'> {
    signal?.throwIfAborted()
    const before = this.#table(table).get(keyText(table, key))
    if (before === undefined || before.rev !== undefined) return 'conflict'
    const item = copyOf({ ...before, ...attributes })
    this.#table(table).set(keyText(table, key), item)
    this.puts.push({ table, item })
    return 'written'
  }

  #write(table: TableName, item: Item, condition: PutCondition): 'written' | 'conflict' {
    const key = keyText(table, item)
    const before = this.#table(table).get(key)
    if (!meets(before, condition)) return 'conflict'
    const written = copyOf(item)
    this.#table(table).set(key, written)
    this.puts.push({ table, item: written })
    return 'written'
  }

  #table(table: TableName): Map<string, Item> {
    const items = this.#items.get(table) ?? new Map<string, Item>()
    this.#items.set(table, items)
    return items
  }
}

function meets(before: Item | undefined, condition: PutCondition): boolean {
  if (condition.kind === 'absent') return before === undefined
  const { rev, fence } = before ?? {}
  // An absent or differently typed attribute makes a DynamoDB comparison false.
  return rev === condition.rev && typeof fence === 'number' && fence <= condition.fence
}

function lostAnswer(): StewardError {
  return new StewardError('the connection was reset', { code: 'tables_failed', retry: 'backoff' })
}

function copyOf(item: Item): Item {
  return JSON.parse(JSON.stringify(item)) as Item
}

function keyText(table: TableName, item: Key | Item): string {
  return JSON.stringify(keyOf(table, item as Item))
}

function isWithin(text: string, sort: NonNullable<QueryRequest['sort']>): boolean {
  return 'atMost' in sort ? compare(text, sort.atMost) <= 0 : text.startsWith(sort.beginsWith)
}

function compareItems(table: TableName, a: Item, b: Item): number {
  const [partition, sort] = tableKeys[table]
  return compare(a[partition], b[partition]) || compare(a[sort], b[sort])
}

/** Numbers by value, texts by their UTF-8 bytes, as DynamoDB orders sort keys. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
}
