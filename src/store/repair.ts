import library, {
  type Attributes,
  type Database,
  type IndexDescription,
  type Level,
  type Range,
  type StoredTable,
  type Write,
} from 'dynalite/db/index.js'

/**
 * Brings data that a killed engine left back to a state that no running one shows. dynalite keeps everything in one
 * LevelDB: `table~NAME`, `item-TABLE~KEY`, `index-global~TABLE~INDEX~KEY`, `index-local~…`. It writes index entries
 * before the item and both without a transaction; the item is the truth.
 */
export async function repairData({ db }: Database): Promise<{ rewritten: number; deleted: number }> {
  const total = { rewritten: 0, deleted: 0 }
  for (const table of await settleTables(db)) {
    for (const [kind, indexes] of indexesOf(table)) {
      for (const index of indexes) {
        const prefix = `index-${kind}~${table.TableName}~${index.IndexName}~`
        total.rewritten += await addEntries(db, table, index, prefix)
        total.deleted += await dropEntries(db, table, index, prefix)
      }
    }
  }
  return total
}

/** A table stays CREATING, UPDATING or DELETING when its engine ends before the timer that finishes it. */
async function settleTables(db: Level): Promise<StoredTable[]> {
  const tables: StoredTable[] = []
  for await (const [key, value] of db.iterator(range('table~'))) {
    const table = value as StoredTable
    if (table.TableStatus === 'DELETING') {
      for (const prefix of [`item-${table.TableName}~`, `tag-${table.TableName}~`]) await db.clear(range(prefix))
      for (const kind of ['local', 'global']) await db.clear(range(`index-${kind}~${table.TableName}~`))
      await db.del(key)
      continue
    }
    const active = asActive(table)
    if (active !== table) await db.put(key, active)
    tables.push(active)
  }
  return tables
}

function asActive(table: StoredTable): StoredTable {
  if (table.TableStatus === 'ACTIVE') return table
  const global = table.GlobalSecondaryIndexes?.map((index) => ({ ...index, IndexStatus: 'ACTIVE' }))
  return { ...table, TableStatus: 'ACTIVE', ...(global === undefined ? {} : { GlobalSecondaryIndexes: global }) }
}

function indexesOf(table: StoredTable): (readonly [string, readonly IndexDescription[]])[] {
  return [
    ['local', table.LocalSecondaryIndexes ?? []],
    ['global', table.GlobalSecondaryIndexes ?? []],
  ]
}

/** Writes the entries that items should have in an index and do not, or that hold something else. */
async function addEntries(db: Level, table: StoredTable, index: IndexDescription, prefix: string): Promise<number> {
  let count = 0
  for await (const chunk of chunks(db, range(`item-${table.TableName}~`))) {
    const entries = chunk.flatMap(([, item]) => entriesOf(item as Attributes, table, index, prefix))
    const stored = await db.getMany(entries.map(({ key }) => key))
    const writes: Write[] = entries.flatMap(({ key, value }, at) =>
      // As text: a projection leaves undefined attributes in an entry, and the order of keys is the item's in both.
      JSON.stringify(stored[at]) === JSON.stringify(value) ? [] : [{ type: 'put', key, value }],
    )
    if (writes.length > 0) await db.batch(writes)
    count += writes.length
  }
  return count
}

/** Deletes the entries of an index whose item is gone or belongs elsewhere by now. */
async function dropEntries(db: Level, table: StoredTable, index: IndexDescription, prefix: string): Promise<number> {
  let count = 0
  for await (const chunk of chunks(db, range(prefix))) {
    const keys = chunk.map(([, entry]) => `item-${table.TableName}~${library.createKey(entry as Attributes, table)}`)
    const items = await db.getMany(keys)
    const writes: Write[] = chunk.flatMap(([key], at) => {
      const item = items[at] as Attributes | undefined
      const belongs = item !== undefined && entriesOf(item, table, index, prefix).some((entry) => entry.key === key)
      return belongs ? [] : [{ type: 'del', key }]
    })
    if (writes.length > 0) await db.batch(writes)
    count += writes.length
  }
  return count
}

/** The entry, one or none, that an item has in an index. */
function entriesOf(
  item: Attributes,
  table: StoredTable,
  index: IndexDescription,
  prefix: string,
): { key: string; value: Attributes }[] {
  const { puts } = library.getIndexActions([index], null, item, table)
  return puts.map((put) => ({ key: prefix + put.key, value: put.item }))
}

const range = (prefix: string): Range => ({ gte: prefix, lt: `${prefix}\u00ff` })

async function* chunks(db: Level, within: Range): AsyncGenerator<[string, unknown][]> {
  let chunk: [string, unknown][] = []
  for await (const entry of db.iterator(within)) {
    chunk.push(entry)
    if (chunk.length < 256) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
