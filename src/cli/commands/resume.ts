import type { Command } from '../command.ts'
import { modelArgument, stageOption } from '../model-argument.ts'
import { tellEdits } from './edits.ts'

export const resume: Command = {
  name: 'resume',
  summary: 'ends a hold: the stage follows its version again',
  arguments: ['MODEL'],
  options: [{ name: 'stage', value: 'STAGE', required: true, summary: 'the stage' }],
  detail: 'Removes `hold` from the deployments of the stage in the work tree.',
  examples: ['steward resume abc_corp/claim/doc_classification --stage prod'],
  reads: 'worktree',
  async run({ app, arguments: [text], options, io, signal }) {
    const model = modelArgument(text)
    const stage = stageOption(options, 'stage')
    const { declaredUnit, editDocuments, noDeployment, stageIntents } = await import('../../app/edit-documents.ts')
    const { resumeText } = await import('../../declared/edits/document-edits.ts')
    const { state } = await app.declared({ kind: 'worktree' }, signal)
    const unit = declaredUnit(state, model)
    const paths = stageIntents(state, unit, stage).map(({ path }) => path)
    if (paths.length === 0) throw noDeployment(unit, stage)
    const edited = await editDocuments(app, paths, resumeText, signal)
    const nothing = edited.files.every(({ changed }) => !changed)
    return tellEdits(edited, 'resume', nothing ? [`stage ${stage} is not held: nothing to resume`] : [], io)
  },
}
