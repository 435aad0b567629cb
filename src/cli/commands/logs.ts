import type { LogsReport } from '../../app/logs.ts'
import { painter, plain } from '../../report/diagnostics.ts'
import { exitCodes, type Command, type Io, type Options } from '../command.ts'
import { modelArgument, stageOption } from '../model-argument.ts'
import { usageError } from '../parse.ts'
import { requireSettings } from './require-settings.ts'

const MOST_LINES = 10_000

export const logs: Command = {
  name: 'logs',
  summary: 'shows what the processes of a stage wrote last',
  arguments: ['MODEL'],
  options: [
    { name: 'stage', value: 'STAGE', required: true, summary: 'the stage' },
    { name: 'lines', value: 'N', summary: 'how many lines of each replica (default 100)' },
    { name: 'deployment', value: 'NAME', summary: 'only this deployment of the stage' },
    { name: 'id', value: 'ID', summary: 'one deployment id, as `steward history` shows them' },
  ],
  detail:
    'Of what serves, and of the newest attempt where that is another: also of one that failed. Each line begins with the\n' +
    'deployment id and the replica. Secrets, and what looks like a credential, are hidden.',
  examples: [
    'steward logs abc_corp/claim/doc_classification --stage prod',
    'steward logs abc_corp/claim/doc_classification --stage prod --id 5 --lines 1000 --json',
  ],
  async run({ app, arguments: [text], options, revision, io, signal }) {
    const model = modelArgument(text)
    const stage = stageOption(options, 'stage')
    const lines = numberOption(options, 'lines', MOST_LINES) ?? 100
    const id = numberOption(options, 'id', Number.MAX_SAFE_INTEGER)
    const declared = await app.declared(revision, signal)
    requireSettings(declared)
    const { readLogs } = await import('../../app/logs.ts')
    const name = options.text('deployment') ?? null
    const report = await readLogs(app, { declared: declared.state, model, stage, name, id, lines, signal })
    if (io.json) io.out(JSON.stringify(report))
    else print(report, io)
    return exitCodes.done
  },
}

function numberOption(options: Options, name: string, most: number): number | null {
  const text = options.text(name)
  if (text === undefined) return null
  if (/^[1-9][0-9]*$/.test(text) && Number(text) <= most) return Number(text)
  throw usageError(`--${name} ${text} is no whole number from 1 to ${most}`, `Write for instance --${name} 100.`)
}

function print({ deployments }: LogsReport, io: Io): void {
  const paint = painter(io.colour)
  for (const { name, deployment_id: id, model_version: version, state, lines } of deployments) {
    io.out(paint('bold', `${name} #${id}, version ${version}, ${state}`))
    for (const line of lines) io.out(plain(line))
    if (lines.length === 0) io.out(paint('dim', '(nothing)'))
  }
}
