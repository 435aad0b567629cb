import type { Command } from '../command.ts'
import { modelArgument } from '../model-argument.ts'
import { tellNewDocument } from './new-document.ts'

export const newModelCommand: Command = {
  name: 'new model',
  summary: 'writes a catalog entry into the work tree',
  arguments: ['MODEL'],
  options: [
    { name: 'owner', value: 'ADDRESS', summary: 'who answers for the model (default: user.email of Git)' },
    { name: 'description', value: 'TEXT', summary: 'what the model does' },
    { name: 'url', value: 'URL', summary: 'where its source is' },
  ],
  detail: 'Optional fields stand in the document as comments. A file that is there is never changed.',
  examples: [
    'steward new model abc_corp/claim/doc_classification',
    'steward new model abc_corp/fraud/card_fraud --owner fraud@example.com --description "Scores card payments."',
  ],
  async run({ app, arguments: [name], options, io, signal }) {
    const model = modelArgument(name)
    const { newModel } = await import('../../app/new-document.ts')
    const request = {
      model,
      owner: options.text('owner') ?? null,
      description: options.text('description') ?? null,
      url: options.text('url') ?? null,
    }
    return tellNewDocument(await newModel(app, request, signal), io)
  },
}
