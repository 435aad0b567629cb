import { writeSync } from 'node:fs'
import { errorCode } from '../domain/errors.ts'
import { commands } from './commands/index.ts'
import { overview } from './help.ts'
import { versionLine } from './version-line.ts'

/**
 * `--help` and `--version` alone: nothing to parse, no environment, no colours. It writes to the descriptor: making
 * `process.stdout` loads Node's streams, which takes a tenth of a bare start.
 */
export function answerAtOnce(asked: 'help' | 'version'): void {
  const text = `${asked === 'help' ? overview(commands) : versionLine()}\n`
  try {
    writeSync(1, text)
  } catch (error) {
    // A full pipe that does not block; a reader that has gone away is no failure.
    if (errorCode(error) === 'EAGAIN') process.stdout.write(text)
    else if (errorCode(error) !== 'EPIPE') throw error
  }
}
