import { parseMoment } from '../../app/history.ts'
import { readInventory, readService } from '../../app/inventory.ts'
import { knownStages } from '../../app/standing-units.ts'
import type { DeclaredState } from '../../declared/declared-state.ts'
import { readCheckpoint } from '../../recorded/checkpoint.ts'
import type { Tables } from '../../recorded/tables.ts'
import { plain } from '../../report/diagnostics.ts'
import { exitCodes, ownFormat, type Command, type CommandData, type Invocation } from '../command.ts'
import { inventoryCsv, inventoryText, serviceCsv, serviceText } from '../inventory-text.ts'
import { usageError } from '../parse.ts'
import { requireSettings } from './require-settings.ts'

const data: CommandData = {
  name: 'inventory',
  summary: 'shows what serves in the stages, now or at a moment, or who serves a service tag',
  arguments: [],
  options: [
    { name: 'as-of', value: 'TIME', summary: 'what served then; a bare date is the end of that day' },
    { name: 'stage', value: 'STAGE', summary: 'only this stage' },
    { name: 'service', value: 'TAG', summary: 'where the models that carry this tag answer now' },
  ],
  formats: ['csv'],
  detail:
    'From what is recorded: `steward status` also looks at what runs. Without --as-of it shows what has all traffic;\n' +
    'with it, also what had a part of it then. Dates are days of `timezone` in Settings.',
  examples: [
    'steward inventory',
    'steward inventory --as-of 2026-03-03 --stage prod --format csv',
    'steward inventory --service cc-fraud --stage prod',
  ],
}

export const inventory: Command = {
  ...data,
  async run(invocation) {
    const { options, io } = invocation
    const csv = ownFormat(data, options) === 'csv'
    const declared = await invocation.app.declared(invocation.revision, invocation.signal)
    requireSettings(declared)
    const { state } = declared
    const tables = await invocation.app.tables(state.settings)
    const print = (value: object, table: string, lines: readonly string[]): number => {
      if (io.json) io.out(JSON.stringify(value))
      else if (csv) io.out(table)
      else lines.forEach((line) => io.out(plain(line)))
      return exitCodes.done
    }
    const service = options.text('service')
    if (service !== undefined) {
      const read = await readService(tables, { service, ...place(invocation), signal: invocation.signal })
      return print(read, serviceCsv(read), serviceText(read))
    }
    const timezone = state.settings?.timezone ?? 'UTC'
    const asked = options.text('as-of')
    const asOf = asked === undefined ? null : parseMoment(asked, timezone)
    const { stage } = place(invocation)
    const stages = stage === null ? await allStages(tables, state) : [stage]
    const read = await readInventory(tables, { stages, asOf, signal: invocation.signal })
    return print(read, inventoryCsv(read), inventoryText(read, timezone))
  },
}

function place({ options }: Invocation): { readonly stage: string | null } {
  if (options.text('service') !== undefined && options.text('as-of') !== undefined) {
    throw usageError('--service says where a tag is served now', 'For the past, use --as-of without --service.')
  }
  return { stage: options.text('stage') ?? null }
}

async function allStages(tables: Tables, declared: DeclaredState): Promise<string[]> {
  return knownStages(declared, await readCheckpoint(tables, declared.root))
}
