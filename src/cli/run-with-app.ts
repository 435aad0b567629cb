import { App, type PortDecorator } from '../app/app.ts'
import { catalogRoot } from '../app/catalog-root.ts'
import type { RevisionRequest } from '../source/source.ts'
import { systemPorts } from '../system/ports.ts'
import { entryPointFile } from '../system/program-files.ts'
import { exitCodes, type Command, type CommandLine, type Options } from './command.ts'
import { usageError } from './parse.ts'
import { interruptSignal } from '../system/signals.ts'

/** Wires the application, runs the command in it until it ends or is interrupted, and closes what was opened. */
export async function runWithApp(command: Command, line: CommandLine, decorate?: PortDecorator): Promise<number> {
  const { options, environment } = line
  const app = new App({
    repo: options.text('repo') ?? environment.repo ?? process.cwd(),
    root: catalogRoot(options.text('root') ?? environment.root ?? 'models'),
    stateDir: options.text('state') ?? environment.stateDir ?? null,
    environment,
    ...systemPorts(),
    storeCommand: (stateDir) => [process.execPath, entryPointFile('cli/main'), 'store', '--state', stateDir],
    ...(decorate && { decorate }),
  })
  const { signal, stop } = interruptSignal()
  try {
    return await command.run({ ...line, app, revision: revisionOf(command, options), signal })
  } catch (error) {
    if (signal.aborted && isAbort(error)) return exitCodes.interrupted
    throw error
  } finally {
    stop()
    await app.close()
  }
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
