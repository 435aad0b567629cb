import type { Check, CheckLevel } from '../../app/doctor/check.ts'
import { diagnose } from '../../app/doctor/doctor.ts'
import { painter, plain } from '../../report/diagnostics.ts'
import { exitCodes, type Command, type Io } from '../command.ts'
import { stewardVersion } from '../version-line.ts'

export const doctor: Command = {
  name: 'doctor',
  summary: 'looks whether everything is there that a run needs',
  arguments: [],
  options: [],
  detail:
    'The programs, the repository and its settings, the state folder, and the tables: credentials, endpoint, clock,\n' +
    'shape, permissions, protection, lease and checkpoint. Nothing is written to a table: permission to write is tried\n' +
    'by a write whose condition can never hold. Embedded tables are started, as by every other command.\n' +
    'With an identity for GitHub (STEWARD_GITHUB_TOKEN_FILE, an App, GITHUB_TOKEN) also what protects the repository\n' +
    'there: the rules of its default branch, CODEOWNERS, and the workflows that run steward. It is only read.\n' +
    'Exit code 0: no problem, though there may be warnings; 1: a problem.',
  examples: [
    'steward doctor',
    'steward doctor --json',
    'STEWARD_DYNAMODB_ENDPOINT=http://127.0.0.1:8000 steward doctor',
  ],
  async run({ app, revision, io, signal }) {
    const diagnosis = await diagnose(app, { revision, version: stewardVersion(), signal })
    if (io.json) io.out(JSON.stringify(diagnosis))
    else print(diagnosis.checks, io)
    return diagnosis.checks.some(({ level }) => level === 'problem') ? exitCodes.problems : exitCodes.done
  },
}

const levels = ['ok', 'warning', 'problem', 'skipped'] as const satisfies readonly CheckLevel[]
const colours = { ok: 'cyan', warning: 'yellow', problem: 'red', skipped: 'dim' } as const

function print(checks: readonly Check[], io: Io): void {
  const paint = painter(io.colour)
  const width = Math.max(...checks.map(({ name }) => name.length))
  for (const { name, level, message, help } of checks) {
    io.out(`${paint(colours[level], level.padEnd(7))}  ${name.padEnd(width)}  ${oneLine(message)}`)
    if (help !== null) io.out(`${' '.repeat(width + 11)}${paint('bold', 'help')}: ${oneLine(help)}`)
  }
  const counts = levels.map((level) => [level, checks.filter((check) => check.level === level).length] as const)
  io.out(`\n${counts.flatMap(([level, count]) => (count === 0 ? [] : [`${count} ${level}`])).join(', ')}`)
}

function oneLine(text: string): string {
  return plain(text).replaceAll('\n', ' ')
}
