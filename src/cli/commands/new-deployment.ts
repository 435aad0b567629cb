import { namePattern } from '../../domain/names.ts'
import type { Command } from '../command.ts'
import { usageError } from '../parse.ts'
import { modelArgument } from '../model-argument.ts'
import { tellNewDocument } from './new-document.ts'

export const newDeploymentCommand: Command = {
  name: 'new deployment',
  summary: 'writes a deployment of a stage into the work tree',
  arguments: ['MODEL', 'STAGE'],
  options: [
    { name: 'version', value: 'N', summary: 'which version serves (default: the highest)' },
    { name: 'runtime', value: 'RUNTIME', summary: 'where it runs (default: the one runtime that serves the stage)' },
  ],
  detail: 'Refuses where no runtime, or several, serve the stage. A file that is there is never changed.',
  examples: [
    'steward new deployment abc_corp/claim/doc_classification dev',
    'steward new deployment abc_corp/claim/doc_classification prod --version 2 --runtime local',
  ],
  async run({ app, arguments: [name, stage = ''], options, io, signal }) {
    const model = modelArgument(name)
    if (!namePattern.test(stage)) throw usageError(`${stage} is no stage`, 'Use lower-case letters, digits, _ and -.')
    const version = options.text('version')
    if (version !== undefined && !/^[1-9][0-9]{0,5}$/.test(version)) {
      throw usageError(`--version ${version} is no version number`)
    }
    const { newDeployment } = await import('../../app/new-document.ts')
    const request = {
      model,
      stage,
      version: version === undefined ? null : Number(version),
      runtime: options.text('runtime') ?? null,
    }
    return tellNewDocument(await newDeployment(app, request, signal), io)
  },
}
