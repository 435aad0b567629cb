import { mapLimited } from '../../domain/map-limited.ts'
import { shortText } from '../../domain/short-text.ts'
import { ok, problem, skipped, warning, type Check } from './check.ts'
import type { Probe } from './probe.ts'
import type { SurveyedTable } from './tables.ts'

const NAME = 'permissions'
const NOBODY = 'steward-doctor: no such item'
const AT_ONCE = 6
/** Read whole by a plan of everything. */
const SCANNED: ReadonlySet<string> = new Set(['model-catalog', 'model-registry', 'model-deployment'])

interface Trial {
  readonly operation: string
  readonly table: string
  run(): Promise<unknown>
}

type Verdict = 'allowed' | 'denied' | { readonly failed: string }

/** Tries what every run does, without effect: keys that no item has, and a write whose condition can never hold. */
export async function permissionsCheck(probe: Probe, tables: readonly SurveyedTable[]): Promise<Check> {
  const present = tables.filter(({ found }) => found.state !== 'missing')
  if (present.length === 0) return skipped(NAME, 'there is no table to try them on')
  const trials = present.flatMap((table) => trialsOf(probe, table))
  const verdicts = await mapLimited(trials, AT_ONCE, async (trial) => ({
    trial,
    verdict: await verdictOf(probe, trial),
  }))
  const denied = verdicts.filter(({ verdict }) => verdict === 'denied').map(({ trial }) => text(trial))
  if (denied.length > 0) {
    const help =
      'Allow to the role or user that runs this what deploy/iam/apply.json names; a role that only plans needs no writes.'
    return problem(NAME, `refused: ${denied.join(', ')}`, help)
  }
  const failed = verdicts.flatMap(({ trial, verdict }) =>
    typeof verdict === 'object' ? [`${text(trial)}: ${verdict.failed}`] : [],
  )
  if (failed.length > 0) return warning(NAME, `could not be told: ${failed.join('; ')}`, 'Try again later.')
  return ok(NAME, `reading and writing are allowed on ${present.length} tables`)
}

function text({ operation, table }: Trial): string {
  return `${operation} on ${table}`
}

function trialsOf({ sdk, client, signal }: Probe, { name: table, definition }: SurveyedTable): Trial[] {
  const { partition, sort } = definition
  const key = { [partition.name]: { S: NOBODY }, [sort.name]: sort.type === 'N' ? { N: '-1' } : { S: NOBODY } }
  const names = { '#key': partition.name }
  const options = { abortSignal: signal }
  const query = { KeyConditionExpression: '#key = :key', ExpressionAttributeValues: { ':key': { S: NOBODY } } }
  // Holds for no item, there or not: nothing is ever written.
  const never = 'attribute_exists(#key) AND attribute_not_exists(#key)'
  const input = { TableName: table }
  const trial = (operation: string, run: () => Promise<unknown>): Trial => ({ operation, table, run })
  return [
    trial('GetItem', () => client.send(new sdk.GetItemCommand({ ...input, Key: key, ConsistentRead: true }), options)),
    trial('Query', () =>
      client.send(new sdk.QueryCommand({ ...input, ...query, ExpressionAttributeNames: names }), options),
    ),
    trial('PutItem', () =>
      client.send(
        new sdk.PutItemCommand({
          ...{ ...input, Item: key },
          ...{ ConditionExpression: never, ExpressionAttributeNames: names },
        }),
        options,
      ),
    ),
    trial('BatchGetItem', () =>
      client.send(new sdk.BatchGetItemCommand({ RequestItems: { [table]: { Keys: [key] } } }), options),
    ),
    trial('UpdateItem', () =>
      client.send(
        new sdk.UpdateItemCommand({
          ...{ ...input, Key: key, UpdateExpression: 'SET #rev = :key', ConditionExpression: never },
          ExpressionAttributeNames: { ...names, '#rev': 'rev' },
          ExpressionAttributeValues: { ':key': { S: NOBODY } },
        }),
        options,
      ),
    ),
    ...(SCANNED.has(definition.base)
      ? [trial('Scan', () => client.send(new sdk.ScanCommand({ ...input, Limit: 1 }), options))]
      : []),
    ...definition.indexes.map((index) =>
      trial(`Query of ${index.name}`, () =>
        client.send(
          new sdk.QueryCommand({
            ...{ ...input, ...query, IndexName: index.name },
            ExpressionAttributeNames: { '#key': index.partition.name },
          }),
          options,
        ),
      ),
    ),
  ]
}

async function verdictOf({ sdk }: Probe, { run }: Trial): Promise<Verdict> {
  try {
    await run()
    return 'allowed'
  } catch (error) {
    if (error instanceof sdk.ConditionalCheckFailedException) return 'allowed'
    if (error instanceof Error && error.name === 'AccessDeniedException') return 'denied'
    return { failed: shortText(error) }
  }
}
