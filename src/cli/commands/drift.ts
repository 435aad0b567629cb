import { painter, plain } from '../../report/diagnostics.ts'
import { exitCodes, type Command } from '../command.ts'
import { modelArgument } from '../model-argument.ts'
import { printDiagnostics } from '../print-diagnostics.ts'
import { requireSettings } from './require-settings.ts'

export const drift: Command = {
  name: 'drift',
  summary: 'shows how what runs differs from what was deployed',
  arguments: ['[MODEL]'],
  options: [{ name: 'stage', value: 'STAGE', summary: 'only this stage' }],
  detail:
    'Classes: changed outside (somebody changed it at the runtime), not applied yet (an adjustment on its way), ignored\n' +
    '(`drift.ignore` in the settings names it). Exits 2 where there are differences that are not ignored.',
  examples: ['steward drift', 'steward drift abc_corp/claim/doc_classification --stage prod --json'],
  async run({ app, arguments: [text], options, revision, io, signal }) {
    const model = text === undefined ? null : modelArgument(text)
    const declared = await app.declared(revision, signal)
    requireSettings(declared)
    const { readDrift } = await import('../../app/drift.ts')
    const report = await readDrift(app, {
      ...{ declared: declared.state, model, stage: options.text('stage') ?? null, signal },
    })
    if (io.json) io.out(JSON.stringify(report))
    else {
      await printDiagnostics(report.diagnostics, declared.frame, io)
      const paint = painter(io.colour)
      for (const { class: kind, message } of report.drift) {
        io.out(`${paint(kind === 'ignored' ? 'dim' : 'yellow', kind.replaceAll('_', ' '))}: ${plain(message)}`)
      }
      if (report.drift.length === 0 && report.observed) io.out('what runs is as it was deployed')
      if (!report.observed && report.diagnostics.length === 0)
        io.out('nobody looks: the settings say `drift.mode: ignore`')
    }
    if (report.diagnostics.length > 0) return exitCodes.problems
    return report.drift.some((entry) => entry.class !== 'ignored') ? exitCodes.changes : exitCodes.done
  },
}
