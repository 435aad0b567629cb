import type { Command } from '../command.ts'
import { dayOption, modelArgument, neededOption, stageOption } from '../model-argument.ts'
import { usageError } from '../parse.ts'
import { tellEdits } from './edits.ts'

export const hold: Command = {
  name: 'hold',
  summary: 'keeps what runs in a stage as it is, for a reason',
  arguments: ['MODEL'],
  options: [
    { name: 'stage', value: 'STAGE', required: true, summary: 'the stage' },
    { name: 'reason', value: 'TEXT', required: true, summary: 'why; it is shown everywhere' },
    { name: 'until', value: 'DAY', summary: 'the last day of the hold (default: until `steward resume`)' },
  ],
  detail: 'Writes `hold` into the deployments of the stage in the work tree.',
  examples: [
    'steward hold abc_corp/claim/doc_classification --stage prod --reason "audit until Friday" --until 2026-12-04',
  ],
  reads: 'worktree',
  async run({ app, arguments: [text], options, io, signal }) {
    const model = modelArgument(text)
    const stage = stageOption(options, 'stage')
    const reason = neededOption(options, 'reason', '"audit until Friday"')
    const until = dayOption(options, 'until')
    if (until !== undefined && until < app.clock.now().toISOString().slice(0, 10)) {
      throw usageError(`--until ${until} is past`, 'Name the last day of the hold.')
    }
    const { declaredUnit, editDocuments, noDeployment, stageIntents } = await import('../../app/edit-documents.ts')
    const { holdText } = await import('../../declared/edits/document-edits.ts')
    const { state } = await app.declared({ kind: 'worktree' }, signal)
    const unit = declaredUnit(state, model)
    const paths = stageIntents(state, unit, stage).map(({ path }) => path)
    if (paths.length === 0) throw noDeployment(unit, stage)
    const held = { reason, ...(until !== undefined && { until }) }
    return tellEdits(await editDocuments(app, paths, (before) => holdText(before, held), signal), 'hold', [], io)
  },
}
