import { exportAudit, type ExportedEntry } from '../../app/audit/export-audit.ts'
import { parseMoment } from '../../app/history.ts'
import { plain } from '../../report/diagnostics.ts'
import { csvLine } from '../../report/csv.ts'
import { exitCodes, ownFormat, type Command, type Io, type Options } from '../command.ts'
import { usageError } from '../parse.ts'
import { auditWork, whichModels } from './audit-models.ts'

const columns = [
  'at',
  'model',
  'sequence',
  'event',
  'what',
  'who',
  'result',
  'revision',
  'plan_digest',
  'evidence',
  'change',
  'previous',
  'hash',
] as const satisfies readonly (keyof ExportedEntry)[]

export const auditExport: Command = {
  name: 'audit export',
  summary: 'prints who changed what and when, oldest first',
  arguments: ['[MODEL]'],
  options: [
    { name: 'since', value: 'TIME', summary: 'from then on; a bare date is the beginning of that day' },
    { name: 'until', value: 'TIME', summary: 'up to then; a bare date is the end of that day' },
  ],
  formats: ['csv'],
  detail:
    `${whichModels}\n` +
    "Days are those of `timezone` in the settings. As CSV a text that a spreadsheet would take for a formula is led by '.",
  examples: [
    'steward audit export --since 2026-01-01 --until 2026-03-31 --format csv > audit.csv',
    'steward audit export abc_corp/claim/doc_classification --json',
  ],
  async run(invocation) {
    const { options, io, signal } = invocation
    const { tables, declared, models } = await auditWork(invocation)
    const times = spanOf(options, declared.settings?.timezone ?? 'UTC')
    const entries = await exportAudit(tables, { models, ...times, signal })
    if (io.json) printJson(entries, io)
    else if (ownFormat(auditExport, options) === 'csv') printCsv(entries, io)
    else for (const entry of entries) io.out(line(entry))
    if (entries.length === 0) io.note('no entries')
    return exitCodes.done
  },
}

function spanOf(options: Options, timezone: string): { readonly since: Date | null; readonly until: Date | null } {
  const [from, to] = [options.text('since'), options.text('until')]
  const since = from === undefined ? null : parseMoment(from, timezone, 'beginning')
  const until = to === undefined ? null : parseMoment(to, timezone)
  if (since === null || until === null || since <= until) return { since, until }
  throw usageError(`--since ${from ?? ''} is after --until ${to ?? ''}`, 'Exchange the two.')
}

/** An entry a line, so that the whole is never one text. */
function printJson(entries: readonly ExportedEntry[], io: Io): void {
  io.out('{"format":"steward.audit/v1","entries":[')
  for (const [index, entry] of entries.entries()) {
    io.out(`${JSON.stringify(entry)}${index === entries.length - 1 ? '' : ','}`)
  }
  io.out(']}')
}

function printCsv(entries: readonly ExportedEntry[], io: Io): void {
  io.out(`${csvLine(columns)}\r`)
  for (const entry of entries) {
    const evidence = entry.evidence === null ? null : JSON.stringify(entry.evidence)
    io.out(`${csvLine(columns.map((name) => (name === 'evidence' ? evidence : entry[name])))}\r`)
  }
}

function line({ at, event, what, who, result, revision }: ExportedEntry): string {
  const outcome = result === 'done' ? '' : `: ${result}`
  return plain(`${at}  ${event} ${what}${outcome}, by ${who}, ${revision}`).replaceAll('\n', ' ')
}
