import { StewardError } from '../../domain/errors.ts'
import type { Command } from '../command.ts'
import { modelArgument, stageOption } from '../model-argument.ts'
import { tellEdits } from './edits.ts'
import { proposeHere, pullOptions } from './propose.ts'
import { requireSettings } from './require-settings.ts'

export const rollback: Command = {
  name: 'rollback',
  summary: 'lets a stage follow again the version that served before',
  arguments: ['MODEL'],
  options: [{ name: 'stage', value: 'STAGE', required: true, summary: 'the stage' }, ...pullOptions],
  detail:
    'Asks the tables what served, and changes one line in the work tree: back to what serves now if the documents\n' +
    'name another version, else to the one before it. `git revert` does as well.\n' +
    'With --pr the change is made on GitHub, in the one pull request of the stage.',
  examples: [
    'steward rollback abc_corp/claim/doc_classification --stage prod',
    'steward rollback abc_corp/claim/doc_classification --stage prod --pr',
  ],
  reads: 'worktree',
  async run({ app, arguments: [text], options, io, signal }) {
    const model = modelArgument(text)
    const stage = stageOption(options, 'stage')
    if (options.flag('pr')) {
      const again = options.flag('again')
      return proposeHere(app, io, { command: 'rollback', model, stage, version: null, again, signal })
    }
    const { declaredUnit, heldNotes, editDocuments, noDeployment, requireVersion, stageIntents } =
      await import('../../app/edit-documents.ts')
    const { promoteText } = await import('../../declared/edits/document-edits.ts')
    const { rollbackTarget } = await import('../../app/rollback-target.ts')
    const declared = await app.declared({ kind: 'worktree' }, signal)
    requireSettings(declared)
    const unit = declaredUnit(declared.state, model)
    const intents = stageIntents(declared.state, unit, stage)
    if (intents.length === 0) throw noDeployment(unit, stage)
    const tables = await app.tables(declared.state.settings)
    const targets = new Map<string, number>()
    for (const { name, path, modelVersion } of intents) {
      targets.set(path, await rollbackTarget(tables, { model, name, declared: modelVersion, signal }))
    }
    for (const version of targets.values()) requireVersion(declared.state, unit, version)
    const versions = [...new Set(targets.values())]
    const [version] = versions
    if (version === undefined || versions.length > 1) {
      const hint = 'Promote each of them by hand.'
      throw new StewardError(`the deployments of stage ${stage} go back to different versions`, {
        code: 'rollback_impossible',
        kind: 'user',
        hint,
      })
    }
    const edited = await editDocuments(app, [...targets.keys()], (before) => promoteText(before, version), signal)
    return tellEdits(edited, 'rollback', [`back to version ${version}`, ...heldNotes(unit, stage)], io)
  },
}
