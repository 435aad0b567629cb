import type { Command } from '../command.ts'
import { neededOption, versionArgument } from '../model-argument.ts'
import { usageError } from '../parse.ts'
import { tellEdits } from './edits.ts'

export const deprecate: Command = {
  name: 'deprecate',
  summary: 'says that a version should not be used any more, and why',
  arguments: ['MODEL@N'],
  options: [
    { name: 'reason', value: 'TEXT', required: true, summary: 'why' },
    { name: 'replaced-by', value: 'N', summary: 'the version to use instead' },
  ],
  detail: 'Writes `deprecated` into the version in the work tree. What runs goes on.',
  examples: ['steward deprecate abc_corp/claim/doc_classification@1 --reason "too many false rejects" --replaced-by 3'],
  reads: 'worktree',
  async run({ app, arguments: [text], options, io, signal }) {
    const { model, version } = versionArgument(text)
    const reason = neededOption(options, 'reason', '"replaced"')
    const next = options.text('replaced-by')
    if (next !== undefined && !/^[1-9][0-9]{0,5}$/.test(next)) throw usageError(`--replaced-by ${next} is no version`)
    const { declaredUnit, editDocuments, requireVersion } = await import('../../app/edit-documents.ts')
    const { deprecateText } = await import('../../declared/edits/document-edits.ts')
    const { state } = await app.declared({ kind: 'worktree' }, signal)
    const unit = declaredUnit(state, model)
    const { path } = requireVersion(state, unit, version).document
    if (next !== undefined) requireVersion(state, unit, Number(next))
    if (next !== undefined && Number(next) === version) throw usageError('a version can not replace itself')
    const deprecated = { reason, ...(next !== undefined && { replacedBy: Number(next) }) }
    const edited = await editDocuments(app, [path], (before) => deprecateText(before, deprecated), signal)
    const users = unit.intents.filter((intent) => intent.modelVersion === version).map(({ name }) => name)
    const notes = users.length === 0 ? [] : [`still used by ${users.join(', ')}`]
    return tellEdits(edited, 'deprecate', notes, io)
  },
}
