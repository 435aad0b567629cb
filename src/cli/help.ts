import type { CommandData, CommandHead, OptionSpec } from './command.ts'

export const globalOptions: readonly OptionSpec[] = [
  { name: 'repo', value: 'DIR', summary: 'the Git repository (default: the one that holds the current folder)' },
  { name: 'root', value: 'DIR', summary: 'the catalog’s folder in it (default: models)' },
  { name: 'rev', value: 'REV', summary: 'a branch, tag or commit to read' },
  { name: 'worktree', summary: 'read the work tree as it is' },
  { name: 'state', value: 'DIR', summary: 'the state folder (default: <repo>/.steward)' },
  { name: 'format', value: 'FORMAT', summary: 'pretty, concise, json or github (default: pretty)' },
  { name: 'json', summary: 'short for --format json' },
  { name: 'log-level', value: 'LEVEL', summary: 'error, warn, info or debug; error hides warnings' },
  { name: 'no-color', summary: 'no colours' },
  { name: 'help', summary: 'show help' },
]

export function overview(commands: readonly CommandHead[]): string {
  const width = Math.max(...commands.map((command) => usageOf(command).length))
  return [
    'steward keeps machine-learning models the way Git says they should be.',
    '',
    'Usage: steward COMMAND [OPTION ...]',
    '',
    'Commands:',
    ...commands.map((command) => `  ${usageOf(command).padEnd(width)}  ${command.summary}`),
    '',
    'Options of every command:',
    ...optionLines(globalOptions),
    '',
    'Examples:',
    '  steward validate',
    '  steward plan',
    '  steward apply --yes --wait',
    '',
    '`steward COMMAND --help` says more.',
  ].join('\n')
}

export function commandHelp(command: CommandData): string {
  const own = command.options.length === 0 ? [] : ['', 'Options:', ...optionLines(command.options)]
  return [
    `steward ${command.name}: ${command.summary}`,
    '',
    `Usage: steward ${usageOf(command)}${requiredOptions(command)}${command.options.some(({ required }) => required !== true) ? ' [OPTION ...]' : ''}`,
    ...(command.detail === undefined ? [] : ['', command.detail]),
    ...own,
    '',
    'Options of every command:',
    ...optionLines(globalOptions.map((option) => withFormats(option, command.formats ?? []))),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
  ].join('\n')
}

function withFormats(option: OptionSpec, formats: readonly string[]): OptionSpec {
  if (option.name !== 'format' || formats.length === 0) return option
  return { ...option, summary: `${option.summary}; here also ${formats.join(' or ')}` }
}

function requiredOptions({ options }: CommandData): string {
  return options
    .filter(({ required }) => required === true)
    .map(({ name, value = '' }) => ` --${name} ${value}`)
    .join('')
}

function usageOf({ name, arguments: names }: CommandHead): string {
  return [name, ...names].join(' ')
}

function optionLines(options: readonly OptionSpec[]): string[] {
  const heads = options.map(({ name, value }) => `--${name}${value === undefined ? '' : ` ${value}`}`)
  const width = Math.max(...heads.map((head) => head.length))
  return options.map(({ summary }, index) => `  ${(heads[index] ?? '').padEnd(width)}  ${summary}`)
}
