import { CatalogNames } from '../../app/catalog-names.ts'
import type { Environment } from '../../app/environment.ts'
import type { Command } from '../command.ts'
import { complete } from './complete.ts'
import { valuesIn } from './values.ts'

/** What `steward __complete` prints for the words of a line (see scripts.ts). */
export async function completionAnswer(
  words: readonly string[],
  commands: readonly Command[],
  environment: Environment,
): Promise<string> {
  const folder = lastValue(words, 'repo') ?? environment.repo ?? process.cwd()
  const names = await CatalogNames.around(folder, lastValue(words, 'root') ?? environment.root ?? 'models')
  const values = await complete(words, commands, valuesIn(names))
  if (typeof values === 'string') return `:${values}\n`
  return values.map(({ value, summary }) => `${value}\t${summary}\n`).join('')
}

/** The value that the line itself gives the option. */
function lastValue(words: readonly string[], name: string): string | undefined {
  const before = words.slice(0, -1)
  const at = before.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  const word = before[at]
  if (word === undefined) return undefined
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : before[at + 1]
}
