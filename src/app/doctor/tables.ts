import { describeTable, type TableState } from '../../recorded/create-tables.ts'
import { TABLE_DEFINITIONS, tableName, type TableDefinition } from '../../recorded/table-definitions.ts'
import { shortText } from '../../domain/short-text.ts'
import { ok, problem, warning, type Check } from './check.ts'
import type { Probe } from './probe.ts'

/** A table as the server describes it; an error where it does not. */
export interface SurveyedTable {
  readonly definition: TableDefinition
  readonly name: string
  readonly found: TableState | { readonly state: 'unknown'; readonly error: unknown }
}

export async function surveyTables({ client, place, signal }: Probe): Promise<readonly SurveyedTable[]> {
  const { prefix } = place
  return Promise.all(
    TABLE_DEFINITIONS.map(async (definition) => {
      const name = tableName(definition.base, prefix)
      const found = await describeTable(definition, { client, prefix, signal }).catch((error: unknown) => {
        return { state: 'unknown' as const, error }
      })
      return { definition, name, found }
    }),
  )
}

/** Whether the tables are there, and as they are defined. */
export function tablesCheck(tables: readonly SurveyedTable[]): Check {
  const missing = tables.filter(({ found }) => found.state === 'missing').map(({ name }) => name)
  const differences = tables.flatMap(({ name, found }) =>
    found.state === 'present' ? found.differences.map((difference) => `${name}: ${difference}`) : [],
  )
  if (missing.length + differences.length > 0) return wrongTables(missing, differences)
  const unknown = tables.find(({ found }) => found.state === 'unknown')
  if (unknown?.found.state === 'unknown') {
    const help = 'Allow dynamodb:DescribeTable on the tables; nothing but `doctor` and `tables create` needs it.'
    return warning('tables', `${unknown.name} can not be described: ${shortText(unknown.found.error)}`, help)
  }
  const waiting = tables.filter(({ found }) => found.state === 'present' && !found.active).map(({ name }) => name)
  if (waiting.length > 0) {
    return warning('tables', `not ACTIVE yet: ${waiting.join(', ')}`, 'Wait until DynamoDB has made or changed them.')
  }
  return ok('tables', `${tables.length} tables, with the keys and indexes that they should have`)
}

function wrongTables(missing: readonly string[], differences: readonly string[]): Check {
  const seen = [...(missing.length === 0 ? [] : [`missing: ${missing.join(', ')}`]), ...differences].join('; ')
  const help = [
    ...(missing.length === 0 ? [] : ['Create what is missing with `steward tables create`.']),
    ...(differences.length === 0
      ? []
      : ['Keys can not be changed in place: move that table away, or use another `tables.prefix`.']),
  ]
  return problem('tables', seen, help.join(' '))
}
