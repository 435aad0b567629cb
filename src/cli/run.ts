import type { PortDecorator } from '../app/app.ts'
import { readEnvironment, type Environment } from '../app/environment.ts'
import { errorMessage, StewardError } from '../domain/errors.ts'
import {
  exitCodes,
  outputFormats,
  ownFormat,
  type CommandData,
  type CommandLine,
  type Io,
  type Options,
  type OutputFormat,
} from './command.ts'
import { commands } from './commands/index.ts'
import { commandHelp, overview } from './help.ts'
import { processIo } from './io.ts'
import { parseLine, usageError, type ParsedLine } from './parse.ts'

const logLevels = ['error', 'warn', 'info', 'debug']

export interface RunOptions {
  /** Wraps ports, for the crash tests. */
  readonly decorate?: PortDecorator
}

/** Runs one command line and gives its exit code. Every failure ends here, as text and a code. */
export async function run(
  words: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
  runOptions: RunOptions = {},
): Promise<number> {
  const { environment, warnings } = readEnvironment(variables)
  const early = processIo({ format: 'pretty', noColour: environment.noColor, ci: environment.ci })
  const [first] = words
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    early.out(overview(commands))
    return first === undefined ? exitCodes.usage : exitCodes.done
  }
  if (first === '__complete') {
    const { completionAnswer } = await import('./completion/answer.ts')
    process.stdout.write(await completionAnswer(words.slice(1), commands, environment))
    return exitCodes.done
  }
  let io = early
  try {
    const parsed = await parseLine(first === '--version' ? ['version'] : words, commands)
    if (parsed.options.flag('help')) {
      early.out(commandHelp(parsed.command))
      return exitCodes.done
    }
    io = ioOf(parsed, environment)
    warn(warnings, parsed.options, environment, io)
    return await runCommand(
      parsed,
      { arguments: parsed.arguments, options: parsed.options, environment, io },
      runOptions,
    )
  } catch (error) {
    return report(error, io)
  }
}

async function runCommand({ command }: ParsedLine, line: CommandLine, { decorate }: RunOptions): Promise<number> {
  if ('answer' in command) return command.answer(line)
  const { runWithApp } = await import('./run-with-app.ts')
  return runWithApp(command, line, decorate)
}

function ioOf({ command, options }: ParsedLine, { noColor, ci }: Environment): Io {
  return processIo({ format: formatOf(command, options), noColour: noColor || options.flag('no-color'), ci })
}

function warn(warnings: readonly string[], options: Options, environment: Environment, io: Io): void {
  const level = options.text('log-level') ?? environment.logLevel ?? 'info'
  if (!logLevels.includes(level)) throw usageError(`unknown log level ${level}`, `Use ${logLevels.join(', ')}.`)
  checkUrl('STEWARD_DYNAMODB_ENDPOINT', environment.dynamodbEndpoint)
  for (const warning of level === 'error' ? [] : warnings) io.note(`warning: ${warning}`)
}

function checkUrl(name: string, text: string | undefined): void {
  if (text === undefined || /^https?:$/.test(URL.parse(text)?.protocol ?? '')) return
  throw usageError(`${name} is no address: ${text}`, 'Write http://host:port.')
}

function formatOf(command: CommandData, options: Options): OutputFormat {
  if (options.flag('json')) return 'json'
  const named = options.text('format') ?? 'pretty'
  const format = outputFormats.find((each) => each === named)
  if (format !== undefined) return format
  if (ownFormat(command, options) !== null) return 'pretty'
  throw usageError(`unknown format ${named}`, `Use ${[...outputFormats, ...(command.formats ?? [])].join(', ')}.`)
}

/** The one mapping from anything thrown to text and exit code. */
function report(error: unknown, io: Io): number {
  if (!(error instanceof StewardError)) {
    io.note(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    io.note('This is a mistake of steward’s own: please report it with the lines above.')
    return exitCodes.problems
  }
  io.note(`error: ${error.message}`)
  if (error.hint !== undefined) io.note(`help: ${error.hint}`)
  if (error.cause !== undefined && error.kind !== 'user')
    io.note(`cause: ${errorMessage(error.cause).split('\n')[0] ?? ''}`)
  return error.code === 'usage' ? exitCodes.usage : exitCodes.problems
}
