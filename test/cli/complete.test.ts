import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CatalogNames } from '../../src/app/catalog-names.ts'
import type { Command } from '../../src/cli/command.ts'
import { complete } from '../../src/cli/completion/complete.ts'
import { valuesIn } from '../../src/cli/completion/values.ts'
import { ScratchRepository } from '../support/catalog-repository.ts'

function command(name: string, spec: Partial<Command>): Command {
  return { name, summary: name, arguments: [], options: [], examples: [], run: async () => 0, ...spec }
}

/** Commands with every placeholder, whether the command line has them yet or not. */
const commands = [
  command('show', { arguments: ['MODEL[@N]'], options: [{ name: 'stage', value: 'S', summary: '' }] }),
  command('promote', { arguments: ['MODEL@N'], options: [{ name: 'to', value: 'STAGE', summary: '' }] }),
  command('explain', { arguments: ['CODE'], formats: ['csv'] }),
  command('schema', { arguments: ['KIND'] }),
  command('register', { options: [{ name: 'artifact', value: 'NAME=FILE', summary: '', many: true }] }),
]

type Row = readonly [what: string, words: readonly string[], expected: readonly string[] | string]

async function answers(...words: readonly string[]): Promise<readonly string[] | string> {
  await using repository = new ScratchRepository()
  for (const path of [
    'a/x/model',
    'a/x/versions/2',
    'a/x/versions/10',
    'a/xy/model',
    'a/x/deployments/qa',
    '_t/n/model',
  ]) {
    const file = join(repository.folder, 'models', `${path}.yaml`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, '')
  }
  const names = await CatalogNames.around(join(repository.folder, 'models/a'), 'models')
  const values = await complete(words, commands, valuesIn(names))
  return typeof values === 'string' ? values : values.map(({ value }) => value)
}

describe('what may stand at a place of the line', () => {
  test.each([
    ['models; a folder that begins with _ is none', ['promote', ''], ['a/x', 'a/xy']],
    ['a model without versions', ['promote', 'a/xy'], ['a/xy']],
    ['its versions, the newest first', ['promote', 'a/x@'], ['a/x@10', 'a/x@2']],
    ['its versions, with the slash that was typed', ['promote', '/a/x@1'], ['/a/x@10']],
    ['stages of the model without its version', ['promote', 'a/x@2', '--to', ''], ['qa']],
    ['stages of all models where it has none', ['promote', 'a/xy', '--to', ''], ['qa']],
    ['the whole word after an equals sign', ['promote', 'a/x@2', '--to=q'], ['--to=qa']],
    ['nothing where no argument is left', ['show', 'a/x', 'more', ''], []],
    ['kinds', ['schema', 'Model'], ['Model', 'ModelVersion']],
    ['codes', ['explain', 'ST1001'], ['ST1001']],
    ['a format of its own', ['explain', '--format', 'c'], ['concise', 'csv']],
    ['what the shell completes itself', ['register', '--artifact', 'trained=x'], 'file'],
    ['an option that may be repeated', ['register', '--artifact', 'a=b', '--art'], ['--artifact']],
    ['no option twice that may not', ['show', '--stage', 'qa', '--sta'], ['--state']],
  ] satisfies Row[])('%s: %j', async (_what, words, expected) => {
    expect(await answers(...words)).toEqual(expected)
  })
})
