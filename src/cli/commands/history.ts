import { approversOf, parseMoment, readHistory, requireRecorded, type HistoryEntry } from '../../app/history.ts'
import { parseModelReference } from '../../domain/names.ts'
import { plain, reasonText } from '../../report/diagnostics.ts'
import { exitCodes, type Command } from '../command.ts'
import { usageError } from '../parse.ts'
import { requireSettings } from './require-settings.ts'

export const history: Command = {
  name: 'history',
  summary: 'shows what ran, newest first, or what ran at a moment',
  arguments: ['MODEL'],
  options: [
    { name: 'as-of', value: 'TIME', summary: 'what served then; a bare date is the end of that day' },
    { name: 'stage', value: 'STAGE', summary: 'only this stage' },
  ],
  examples: [
    'steward history abc_corp/claim/doc_classification',
    'steward history abc_corp/claim/doc_classification --as-of 2026-03-03 --stage prod',
  ],
  async run({ app, arguments: [text = ''], options, revision, io, signal }) {
    const reference = parseModelReference(text)
    if (reference === null) throw usageError(`${text} is no model`, 'Write namespace/…/name.')
    const declared = await app.declared(revision, signal)
    requireSettings(declared)
    const asked = options.text('as-of')
    const timezone = declared.state.settings?.timezone ?? 'UTC'
    const asOf = asked === undefined ? null : parseMoment(asked, timezone)
    const tables = await app.tables(declared.state.settings)
    const read = await readHistory(tables, {
      model: reference.model,
      asOf,
      stage: options.text('stage') ?? null,
      version: reference.version,
      signal,
    })
    if (read.entries.length === 0 && !declared.state.units.has(reference.model))
      await requireRecorded(tables, reference.model, signal)
    if (io.json) io.out(JSON.stringify(read))
    else {
      if (asOf !== null) io.out(`as of ${asOf.toISOString()} (dates are in ${timezone})`)
      for (const entry of read.entries) io.out(line(entry))
      if (read.entries.length === 0) io.out(asOf === null ? 'nothing was ever deployed' : 'nothing served then')
    }
    return exitCodes.done
  },
}

function line(entry: HistoryEntry): string {
  const {
    deployment_id: id,
    name,
    model_version: version,
    status,
    served_from: from,
    live_until: until,
    revision,
  } = entry
  const served = from === null ? `created ${entry.create_at}, never served` : `served ${from} to ${until ?? 'now'}`
  const approvers = approversOf(entry)
  const approved = approvers.length === 0 ? '' : `, approved by ${approvers.join(', ')}`
  const reason = entry.reason === '' ? '' : reasonText(entry.reason, '     ')
  const text = `#${id} ${name} version ${version}: ${status}, ${served}\n     ${revision}, by ${entry.requested_by ?? 'unknown'}${approved}`
  return `${plain(text)}${reason}`
}
