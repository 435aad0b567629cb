import { ok, warning, type Check } from './check.ts'
import type { Probe } from './probe.ts'
import type { SurveyedTable } from './tables.ts'

/** On, off, or null where the server does not tell. */
type Told = boolean | null

/** Whether the tables survive a mistake. What an engine does not know, or does not tell, is no finding. */
export async function protectionChecks(probe: Probe, tables: readonly SurveyedTable[]): Promise<readonly Check[]> {
  const present = tables.filter(({ found }) => found.state === 'present').map(({ name }) => name)
  const [recovery, deletion] = await Promise.all([
    Promise.all(present.map(async (name) => ({ name, told: await recoveryOf(probe, name) }))),
    Promise.all(present.map(async (name) => ({ name, told: await deletionOf(probe, name) }))),
  ])
  return [
    ...finding('point-in-time recovery', recovery, (table) => {
      const specification = 'PointInTimeRecoveryEnabled=true'
      return `aws dynamodb update-continuous-backups --table-name ${table} --point-in-time-recovery-specification ${specification}`
    }),
    ...finding('deletion protection', deletion, (table) => {
      return `aws dynamodb update-table --table-name ${table} --deletion-protection-enabled`
    }),
  ]
}

function finding(
  name: string,
  tables: readonly { readonly name: string; readonly told: Told }[],
  command: (table: string) => string,
): Check[] {
  const off = tables.filter(({ told }) => told === false).map((table) => table.name)
  const [first] = off
  if (first !== undefined) return [warning(name, `off for ${off.join(', ')}`, `For each: \`${command(first)}\``)]
  return tables.length > 0 && tables.every(({ told }) => told === true) ? [ok(name, 'on for all tables')] : []
}

async function recoveryOf({ sdk, client, signal }: Probe, table: string): Promise<Told> {
  try {
    const question = new sdk.DescribeContinuousBackupsCommand({ TableName: table })
    const answer = await client.send(question, { abortSignal: signal })
    const status = answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus
    return status === undefined ? null : status === 'ENABLED'
  } catch {
    return null
  }
}

async function deletionOf({ sdk, client, signal }: Probe, table: string): Promise<Told> {
  try {
    const answer = await client.send(new sdk.DescribeTableCommand({ TableName: table }), { abortSignal: signal })
    return answer.Table?.DeletionProtectionEnabled ?? null
  } catch {
    return null
  }
}
