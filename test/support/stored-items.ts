import { type AttributeValue, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { Json } from '../../src/domain/json.ts'
import { findChainBreak } from '../../src/recorded/audit.ts'
import { TABLE_DEFINITIONS, tableName } from '../../src/recorded/table-definitions.ts'
import { keyOf, type Item, type TableName } from '../../src/recorded/tables.ts'

/** An item as the store holds it. */
export interface StoredItem {
  readonly table: TableName
  /** Table and key, as one text. */
  readonly key: string
  readonly item: Item
}

/** Everything that the tables of a prefix hold, read by a client of its own. */
export async function readItems(client: DynamoDBClient, prefix: string): Promise<StoredItem[]> {
  const found: StoredItem[] = []
  for (const { base } of TABLE_DEFINITIONS) {
    let start: Record<string, AttributeValue> | undefined
    do {
      const input = { TableName: tableName(base, prefix), ConsistentRead: true }
      const page = await client.send(new ScanCommand({ ...input, ...(start && { ExclusiveStartKey: start }) }))
      for (const attributes of page.Items ?? []) {
        const item = unmarshall(attributes) as Item
        found.push({ table: base, key: `${base} ${JSON.stringify(keyOf(base, item))}`, item })
      }
      start = page.LastEvaluatedKey
    } while (start !== undefined)
  }
  return found.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

/** What is recorded, without the lease and without what differs from run to run; `audit: false` leaves that out. */
export function settledItems(items: readonly StoredItem[], audit = true): Readonly<Record<string, Json>> {
  const kept = items.filter(({ item }) => item.pk !== 'lease#writer' && (audit || !isAudit(item)))
  return Object.fromEntries(kept.map(({ key, item }) => [key, steady(item)]))
}

/** What is wrong with the audit chains: a break, or a change that was recorded twice. */
export function auditProblems(items: readonly StoredItem[]): string[] {
  const audits = items.map(({ item }) => item).filter(isAudit)
  return [...Map.groupBy(audits, ({ pk }) => String(pk))].flatMap(([chain, entries]) => {
    const sorted = entries.toSorted((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1))
    const broken = findChainBreak(sorted)
    const changes = sorted.map(({ change }) => change)
    const twice = sorted.filter(({ change }, index) => changes.indexOf(change) !== index)
    return [
      ...(broken === null ? [] : [`${chain} ${broken.sequence}: ${broken.why}`]),
      ...twice.map(({ sk, event, what }) => `${chain} ${String(sk)}: ${String(event)} ${String(what)} twice`),
    ]
  })
}

/** `2 prod v1 live`, by id. */
export function deploymentLines(items: readonly StoredItem[]): string[] {
  return items
    .filter(({ table }) => table === 'model-deployment')
    .map(({ item }) => item)
    .sort((a, b) => Number(a.deployment_id) - Number(b.deployment_id))
    .map((item) => [item.deployment_id, item.deployment_name, `v${String(item.model_version)}`, item.status].join(' '))
}

function isAudit(item: Item): boolean {
  return String(item.pk).startsWith('audit#')
}

const dropped = new Set(['rev', 'fence', 'hash', 'previous', 'change', 'plan_digest'])
const times = new Set([
  ...['create_at', 'live_from', 'served_from', 'live_until', 'at', 'since', 'deadline'],
  ...['begun_at', 'bake_since', 'bake_until'],
])

/** Without digests that follow from times, the commits of one repository and the ports of one host. */
function steady(value: Json): Json {
  if (typeof value === 'string') return value.replace(/sha1:[0-9a-f]{40}/, 'sha1:…').replace(/127\.0\.0\.1:\d+/, 'host')
  if (Array.isArray(value)) return value.map((entry: Json) => steady(entry))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !dropped.has(name))
  return Object.fromEntries(
    kept.map(([name, held]) => [name, times.has(name) && typeof held === 'string' ? '<time>' : steady(held)]),
  )
}
