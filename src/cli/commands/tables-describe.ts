import { describeStore } from '../../app/describe-tables.ts'
import type { TableState } from '../../recorded/create-tables.ts'
import { exitCodes, ownFormat, type Command } from '../command.ts'
import { printTemplate, templateFormats } from './print-template.ts'
import { requireSettings } from './require-settings.ts'

export const tablesDescribe: Command = {
  name: 'tables describe',
  summary: 'compares the metadata tables with their definition, or prints it as a template',
  arguments: [],
  options: [],
  formats: templateFormats,
  detail:
    'Exits 0 if all tables are there as defined, else 1. The templates need no store, no credentials and no network; ' +
    'their tables can be restored to a point in time and are protected from deletion.',
  examples: [
    'steward tables describe',
    'steward tables describe --json',
    'steward tables describe --format cloudformation > tables.yaml',
    'steward tables describe --format terraform > tables/main.tf',
  ],
  async run({ app, revision, options, io, signal }) {
    const declared = await app.declared(revision, signal)
    requireSettings(declared)
    const { settings } = declared.state
    const format = ownFormat(tablesDescribe, options)
    if (format !== null && !io.json) {
      const { tablesBlueprint } = await import('../../provision/blueprint.ts')
      return printTemplate(format, tablesBlueprint(app.tablesPlace(settings).prefix), io)
    }
    const tables = await describeStore(app, settings, signal)
    if (io.json) io.out(JSON.stringify({ format: 'steward.tables/v1', tables: tables.map(tableJson) }))
    else for (const line of tableLines(tables)) io.out(line)
    return tables.every(isAsDefined) ? exitCodes.done : exitCodes.problems
  },
}

function isAsDefined(table: TableState): boolean {
  return table.state === 'present' && table.active && table.differences.length === 0
}

/** Every table has the same fields. */
function tableJson(found: TableState): object {
  const { table, state } = found
  return state === 'missing'
    ? { table, state, active: false, differences: [] }
    : { table, state, active: found.active, differences: found.differences }
}

function tableLines(tables: readonly TableState[]): readonly string[] {
  const width = Math.max(...tables.map(({ table }) => table.length))
  const lines = tables.flatMap((found) => [
    `${found.table.padEnd(width)}  ${stateText(found)}`,
    ...(found.state === 'present' ? found.differences.map((difference) => `  ${difference}`) : []),
  ])
  const missing = tables.some(({ state }) => state === 'missing')
  return missing ? [...lines, 'Create what is missing with `steward tables create`.'] : lines
}

function stateText(found: TableState): string {
  if (found.state === 'missing') return 'missing'
  const shape = found.differences.length === 0 ? 'as defined' : 'differs'
  return `present, ${found.active ? 'active' : 'not active yet'}, ${shape}`
}
