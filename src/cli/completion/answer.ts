import { CatalogNames } from '../../app/catalog-names.ts'
import type { Environment } from '../../app/environment.ts'
import type { CommandData, CommandEntry } from '../command.ts'
import { complete } from './complete.ts'
import { valuesIn } from './values.ts'

/** What `steward __complete` prints for the words of a line (see scripts.ts). */
export async function completionAnswer(
  words: readonly string[],
  commands: readonly CommandEntry[],
  environment: Environment,
): Promise<string> {
  const folder = lastValue(words, 'repo') ?? environment.repo ?? process.cwd()
  const names = await CatalogNames.around(folder, lastValue(words, 'root') ?? environment.root ?? 'models')
  const values = await complete(
    words,
    await Promise.all(commands.map((entry) => dataOf(entry, words))),
    valuesIn(names),
  )
  if (typeof values === 'string') return `:${values}\n`
  return values.map(({ value, summary }) => `${value}\t${summary}\n`).join('')
}

/** Only what the line may name is loaded: a shell waits for the answer at every key. */
async function dataOf(entry: CommandEntry, words: readonly string[]): Promise<CommandData> {
  const [first = ''] = entry.name.split(' ')
  return words.includes(first) ? entry.load() : { ...entry, options: [], examples: [] }
}

/** The value that the line itself gives the option. */
function lastValue(words: readonly string[], name: string): string | undefined {
  const before = words.slice(0, -1)
  const at = before.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  const word = before[at]
  if (word === undefined) return undefined
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : before[at + 1]
}
