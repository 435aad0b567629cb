import { join } from 'node:path'
import type { PortDecorator } from '../app/app.ts'
import { readEnvironment } from '../app/environment.ts'
import { errorMessage, StewardError } from '../domain/errors.ts'
import type { RevisionRequest } from '../source/source.ts'
import { systemClock, systemIds, systemRandomness } from '../system/clock.ts'
import { livenessOf, ownIdentity } from '../system/processes.ts'
import { exitCodes, type Command, type Io, type Options } from './command.ts'
import { commands } from './commands/index.ts'
import { commandHelp, overview } from './help.ts'
import { processIo } from './io.ts'
import { parseLine, usageError } from './parse.ts'
import { interruptSignal } from './signals.ts'

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
  const early = processIo({ json: false, noColour: environment.noColor, ci: environment.ci })
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
    const { command, arguments: given, options } = parseLine(first === '--version' ? ['version'] : words, commands)
    if (options.flag('help')) {
      early.out(commandHelp(command))
      return exitCodes.done
    }
    io = processIo({
      json: wantsJson(options),
      noColour: environment.noColor || options.flag('no-color'),
      ci: environment.ci,
    })
    const level = options.text('log-level') ?? environment.logLevel ?? 'info'
    if (!logLevels.includes(level)) throw usageError(`unknown log level ${level}`, `Use ${logLevels.join(', ')}.`)
    const quiet = level === 'error'
    checkUrl('STEWARD_DYNAMODB_ENDPOINT', environment.dynamodbEndpoint)
    for (const warning of quiet ? [] : warnings) io.note(`warning: ${warning}`)
    const { App } = await import('../app/app.ts')
    const app = new App({
      repo: options.text('repo') ?? environment.repo ?? process.cwd(),
      root: normaliseRoot(options.text('root') ?? environment.root ?? 'models'),
      stateDir: options.text('state') ?? environment.stateDir ?? null,
      environment,
      clock: systemClock,
      ids: systemIds,
      randomness: systemRandomness,
      identity: ownIdentity(),
      livenessOf,
      storeCommand: (stateDir) => [
        process.execPath,
        join(import.meta.dirname, 'main.ts'),
        'store',
        '--state',
        stateDir,
      ],
      ...(runOptions.decorate && { decorate: runOptions.decorate }),
    })
    const { signal, stop } = interruptSignal()
    try {
      const revision = revisionOf(command, options)
      return await command.run({ arguments: given, options, app, environment, revision, io, signal })
    } catch (error) {
      if (signal.aborted && isAbort(error)) return exitCodes.interrupted
      throw error
    } finally {
      stop()
      await app.close()
    }
  } catch (error) {
    return report(error, io)
  }
}

function checkUrl(name: string, text: string | undefined): void {
  if (text === undefined || /^https?:$/.test(URL.parse(text)?.protocol ?? '')) return
  throw usageError(`${name} is no address: ${text}`, 'Write http://host:port.')
}

function wantsJson(options: Options): boolean {
  const format = options.text('format') ?? (options.flag('json') ? 'json' : 'pretty')
  if (format !== 'json' && format !== 'pretty') throw usageError(`unknown format ${format}`, 'Use pretty or json.')
  return format === 'json' || options.flag('json')
}

function normaliseRoot(root: string): string {
  const segments = root.split('/').filter((segment) => segment !== '' && segment !== '.')
  if (segments.length === 0 || segments.includes('..'))
    throw usageError(`--root ${root} is no folder of the repository`)
  return segments.join('/')
}

function revisionOf(command: Command, options: Options): RevisionRequest {
  const named = options.text('rev')
  if (named !== undefined && options.flag('worktree')) throw usageError('--rev and --worktree exclude each other')
  if (named !== undefined) return { kind: 'git', revision: named }
  if (options.flag('worktree') || command.reads === 'worktree') return { kind: 'worktree' }
  return { kind: 'git', revision: 'HEAD' }
}

function isAbort(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'AbortError' || error.name === 'TimeoutError' || error.name === 'Interrupted')
  )
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
