import { parseArgs } from 'node:util'
import { errorMessage, StewardError } from '../domain/errors.ts'
import { Options, type AnyCommand, type CommandData, type CommandEntry } from './command.ts'
import { globalOptions } from './help.ts'

export interface ParsedLine {
  readonly command: AnyCommand
  readonly arguments: readonly string[]
  readonly options: Options
}

export function usageError(message: string, hint = 'See `steward --help`.'): StewardError {
  return new StewardError(message, { code: 'usage', kind: 'user', hint })
}

/** Finds the command in the words and reads its options; every mistake is one usage error. */
export async function parseLine(words: readonly string[], commands: readonly CommandEntry[]): Promise<ParsedLine> {
  const { leading, following } = splitLeading(words)
  const command = await (await findCommand(following, commands)).load()
  const rest = [...following.slice(command.name.split(' ').length), ...leading]
  const specs = [...command.options, ...globalOptions]
  const options = Object.fromEntries(
    specs.map(({ name, value, many }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: many === true },
    ]),
  )
  const hint = `See \`steward ${command.name} --help\`.`
  try {
    const { values, positionals } = parseArgs({ args: [...rest], options, allowPositionals: true, strict: true })
    if (values.help !== true) {
      checkCount(command, positionals, hint)
      checkRequired(command, values, hint)
    }
    return { command, arguments: positionals, options: new Options(values) }
  } catch (error) {
    if (error instanceof StewardError) throw error
    const names = rest.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=')[0] ?? '')
    const name = names.find((each) => !Object.hasOwn(options, each))
    if (name === undefined) throw usageError(errorMessage(error).split('. ')[0] ?? '', hint)
    const nearest = await nearestOf(name, Object.keys(options))
    throw usageError(
      `unknown option --${name}`,
      nearest === null ? hint : `The nearest option is --${nearest}. ${hint}`,
    )
  }
}

/** Options of every command may stand before the command too. */
function splitLeading(words: readonly string[]): { leading: readonly string[]; following: readonly string[] } {
  let at = 0
  while (words[at]?.startsWith('--') === true) {
    const [name, value] = (words[at] ?? '').slice(2).split('=')
    const spec = globalOptions.find((option) => option.name === name)
    at += spec?.value !== undefined && value === undefined ? 2 : 1
  }
  return { leading: words.slice(0, at), following: words.slice(at) }
}

async function findCommand(words: readonly string[], commands: readonly CommandEntry[]): Promise<CommandEntry> {
  const found = commands.find(({ name }) => name.split(' ').every((word, index) => words[index] === word))
  if (found !== undefined) return found
  const [first = ''] = words
  const group = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name)
  if (group.length > 0) throw usageError(`${first} needs a second word`, `There is: ${group.join(', ')}.`)
  const nearest = await nearestOf(
    first,
    commands.map(({ name }) => name),
  )
  throw usageError(
    `there is no command ${first}`,
    nearest === null ? undefined : `The nearest is \`steward ${nearest}\`.`,
  )
}

/** Loaded for a mistake only. */
async function nearestOf(name: string, known: readonly string[]): Promise<string | null> {
  const { nearestName } = await import('../domain/nearest-name.ts')
  return nearestName(name, known)
}

function checkCount(command: CommandData, given: readonly string[], hint: string): void {
  const needed = command.arguments.filter((name) => !name.startsWith('['))
  const missing = needed[given.length]
  if (missing !== undefined) throw usageError(`${command.name} needs ${missing}`, hint)
  const extra = given[command.arguments.length]
  if (extra !== undefined) throw usageError(`${command.name} does not take ${JSON.stringify(extra)}`, hint)
}

/** All that are missing at once. */
function checkRequired({ name, options }: CommandData, values: Readonly<Record<string, unknown>>, hint: string): void {
  const missing = options.filter((option) => option.required === true && values[option.name] === undefined)
  if (missing.length === 0) return
  const named = missing.map((option) => `--${option.name} ${option.value ?? ''}`.trim())
  throw usageError(`${name} needs ${named.join(' and ')}`, hint)
}
