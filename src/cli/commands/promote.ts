import type { Command } from '../command.ts'
import { stageOption, versionArgument } from '../model-argument.ts'
import { tellEdits } from './edits.ts'
import { tellNewDocument } from './new-document.ts'
import { proposeHere, pullOptions } from './propose.ts'

export const promote: Command = {
  name: 'promote',
  summary: 'lets a stage follow a version: changes one line of its deployment',
  arguments: ['MODEL@N'],
  options: [
    { name: 'to', value: 'STAGE', required: true, summary: 'the stage; its deployment is added where it has none' },
    ...pullOptions,
  ],
  detail:
    'Edits the work tree only, byte for byte: nothing else in the file changes. What is merged is applied.\n' +
    'With --pr the change is made on GitHub, on the tip of the default branch: one open pull request for each stage of a\n' +
    'model, with one commit. STEWARD_GITHUB_TOKEN_FILE, an App or GITHUB_TOKEN says who asks.',
  examples: [
    'steward promote abc_corp/claim/doc_classification@3 --to prod',
    'steward promote abc_corp/claim/doc_classification@3 --to prod --pr',
    'steward promote abc_corp/claim/doc_classification@3 --to prod && git add --all && git commit -m "Version 3 to prod"',
  ],
  reads: 'worktree',
  async run({ app, arguments: [text], options, io, signal }) {
    const { model, version } = versionArgument(text)
    const stage = stageOption(options, 'to')
    if (options.flag('pr')) {
      const again = options.flag('again')
      return proposeHere(app, io, { command: 'promote', model, stage, version, again, signal })
    }
    const { declaredUnit, heldNotes, editDocuments, requireVersion, stageIntents } =
      await import('../../app/edit-documents.ts')
    const { promoteText } = await import('../../declared/edits/document-edits.ts')
    const { state } = await app.declared({ kind: 'worktree' }, signal)
    const unit = declaredUnit(state, model)
    const { deprecated } = requireVersion(state, unit, version).value
    const paths = stageIntents(state, unit, stage).map(({ path }) => path)
    if (paths.length === 0) {
      const { newDeployment } = await import('../../app/new-document.ts')
      return tellNewDocument(await newDeployment(app, { model, stage, version, runtime: null }, signal), io)
    }
    const edited = await editDocuments(app, paths, (before) => promoteText(before, version), signal)
    const notes = [
      ...(deprecated === undefined ? [] : [`version ${version} is deprecated: ${deprecated.reason}`]),
      ...heldNotes(unit, stage),
    ]
    return tellEdits(edited, 'promote', notes, io)
  },
}
