import type { NamedArtifact } from '../../app/new-artifact.ts'
import { namePattern } from '../../domain/names.ts'
import type { Command } from '../command.ts'
import { usageError } from '../parse.ts'
import { modelArgument } from '../model-argument.ts'
import { tellNewDocument } from './new-document.ts'

export const newVersionCommand: Command = {
  name: 'new version',
  summary: 'writes a version under the next free number into the work tree',
  arguments: ['MODEL'],
  options: [
    { name: 'artifact', value: 'NAME=URI', summary: 'an archive that is stored already; may be repeated', many: true },
    { name: 'description', value: 'TEXT', summary: 'what is new in it' },
  ],
  detail:
    'The number follows the highest in the work tree, at HEAD and on the main branch, here and at the origin.\n' +
    'sha256 and size are read from the archive; how it is served is taken from the newest version.\n' +
    'A URI is file:///absolute/path, a key below artifacts.uri of the settings, or s3://….',
  examples: [
    'steward new version abc_corp/claim/doc_classification',
    'steward new version abc_corp/claim/doc_classification --artifact trained=file:///srv/models/3.tar.gz --description "Adds invoices."',
  ],
  async run({ app, arguments: [name], options, io, signal }) {
    const model = modelArgument(name)
    const artifacts = options.texts('artifact').map(parseArtifact)
    const twice = artifacts.find((artifact, index) => artifacts.findIndex(({ name: n }) => n === artifact.name) < index)
    if (twice !== undefined) throw usageError(`--artifact ${twice.name} is given twice`)
    const { newVersion } = await import('../../app/new-document.ts')
    const request = { model, artifacts, description: options.text('description') ?? null }
    return tellNewDocument(await newVersion(app, request, signal), io)
  },
}

function parseArtifact(text: string): NamedArtifact {
  const at = text.indexOf('=')
  const name = text.slice(0, Math.max(at, 0))
  const uri = text.slice(at + 1)
  if (namePattern.test(name) && uri !== '') return { name, uri }
  throw usageError(`--artifact ${text} is no NAME=URI`, 'Write for example trained=file:///srv/models/3.tar.gz.')
}
