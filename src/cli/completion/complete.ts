import type { CommandData, OptionSpec } from '../command.ts'
import { globalOptions } from '../help.ts'

export interface Candidate {
  readonly value: string
  readonly summary: string
}

/** What a place in the line takes: the placeholder of help (`MODEL`, `DIR` …), with what was typed so far. */
export interface Wanted {
  readonly placeholder: string
  readonly beginning: string
  /** The command's arguments before this place. */
  readonly arguments: readonly string[]
  /** The command's own formats. */
  readonly formats: readonly string[]
}

/** `file` and `folder`: the shell completes paths itself. */
export type Values = readonly Candidate[] | 'file' | 'folder'
export type ValuesOf = (wanted: Wanted) => Promise<Values>

/** What may stand in place of the last word, which may be empty. */
export async function complete(
  words: readonly string[],
  commands: readonly CommandData[],
  valuesOf: ValuesOf,
): Promise<Values> {
  const current = words.at(-1) ?? ''
  const line = readLine(words.slice(0, -1), commands)
  const { command } = line
  const given = command === null ? [] : line.positionals.slice(command.name.split(' ').length)
  const wanted = { beginning: current, arguments: given, formats: command?.formats ?? [] }
  if (line.open !== null) return matching(await valuesOf({ ...wanted, placeholder: line.open }), current)
  const inline = /^--([^=]+)=(.*)$/s.exec(current)
  if (inline !== null) return inlineValues({ inline, command, wanted, valuesOf })
  if (current.startsWith('-')) return matching(optionNames(command, line.options), current)
  if (command === null) return matching(commandWords(line.positionals, commands), current)
  const placeholder = command.arguments[given.length]
  if (placeholder === undefined) return []
  return matching(await valuesOf({ ...wanted, placeholder: placeholder.replace(/^\[(.*)\]$/, '$1') }), current)
}

interface Line {
  readonly command: CommandData | null
  /** The words of the command, and its arguments. */
  readonly positionals: readonly string[]
  /** Names of options that stand in it. */
  readonly options: readonly string[]
  /** The placeholder of an option that still waits for its value. */
  readonly open: string | null
}

function readLine(words: readonly string[], commands: readonly CommandData[]): Line {
  const positionals: string[] = []
  const options: string[] = []
  let open: string | null = null
  for (const word of words) {
    if (open !== null) open = null
    else if (word.startsWith('--')) {
      const name = word.slice(2).split('=')[0] ?? ''
      options.push(name)
      open = word.includes('=') ? null : (specOf(name, commandOf(positionals, commands))?.value ?? null)
    } else positionals.push(word)
  }
  return { command: commandOf(positionals, commands), positionals, options, open }
}

function commandOf(positionals: readonly string[], commands: readonly CommandData[]): CommandData | null {
  return commands.find(({ name }) => name.split(' ').every((word, index) => positionals[index] === word)) ?? null
}

function specOf(name: string, command: CommandData | null): OptionSpec | undefined {
  return [...(command?.options ?? []), ...globalOptions].find((option) => option.name === name)
}

function optionNames(command: CommandData | null, given: readonly string[]): readonly Candidate[] {
  return [...(command?.options ?? []), ...globalOptions]
    .filter(({ name, many }) => many === true || !given.includes(name))
    .map(({ name, summary }) => ({ value: `--${name}`, summary }))
}

/** The next word of every command that begins with these words; a group is told once. */
function commandWords(positionals: readonly string[], commands: readonly CommandData[]): readonly Candidate[] {
  const words = new Map<string, Candidate>()
  for (const { name, summary } of commands) {
    const parts = name.split(' ')
    const next = parts[positionals.length]
    if (next === undefined || !positionals.every((word, index) => parts[index] === word) || words.has(next)) continue
    const group = parts.length > positionals.length + 1
    words.set(next, { value: next, summary: group ? groupSummary(next, commands) : summary })
  }
  return [...words.values()]
}

function groupSummary(first: string, commands: readonly CommandData[]): string {
  const seconds = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name.split(' ')[1])
  return seconds.join(', ')
}

/** `--stage=pr`: the shell replaces the whole word. */
async function inlineValues(options: {
  readonly inline: RegExpExecArray
  readonly command: CommandData | null
  readonly wanted: Omit<Wanted, 'placeholder'>
  readonly valuesOf: ValuesOf
}): Promise<Values> {
  const [, name = '', beginning = ''] = options.inline
  const placeholder = specOf(name, options.command)?.value
  if (placeholder === undefined) return []
  const values = matching(await options.valuesOf({ ...options.wanted, beginning, placeholder }), beginning)
  if (typeof values === 'string') return values
  return values.map(({ value, summary }) => ({ value: `--${name}=${value}`, summary }))
}

function matching(values: Values, beginning: string): Values {
  return typeof values === 'string' ? values : values.filter(({ value }) => value.startsWith(beginning))
}
