import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { documentKinds } from '../../declared/catalog/layout.ts'
import { nearestName } from '../../domain/nearest-name.ts'
import { packageFolder } from '../../system/program-files.ts'
import { exitCodes, type PlainCommand } from '../command.ts'
import { usageError } from '../parse.ts'

export const schema: PlainCommand = {
  name: 'schema',
  summary: 'prints the JSON Schema of a kind of document',
  arguments: ['KIND'],
  options: [],
  detail: `Draft-07, for editors and other tools. Kinds: ${documentKinds.join(', ')}.`,
  examples: ['steward schema Deployment', 'steward schema model-version > model-version.schema.json'],
  async answer({ arguments: [text = ''], io }) {
    const kind = documentKinds.find((each) => each.toLowerCase() === text.toLowerCase().replaceAll(/[-_ ]/g, ''))
    if (kind === undefined) {
      const nearest = nearestName(text, documentKinds)
      const hint = `${nearest === null ? '' : `The nearest is ${nearest}. `}Kinds: ${documentKinds.join(', ')}.`
      throw usageError(`there is no kind ${text}`, hint)
    }
    const file = `${kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.schema.json`
    io.out((await readFile(join(packageFolder, 'schemas', file), 'utf8')).trimEnd())
    return exitCodes.done
  },
}
