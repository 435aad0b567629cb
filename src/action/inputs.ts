import { parseTimer } from '../domain/durations.ts'
import { StewardError } from '../domain/errors.ts'

export const actionCommands = ['validate', 'plan', 'apply'] as const
export type ActionCommand = (typeof actionCommands)[number]

/** Named by the design, and not there yet. */
const later = ['promote', 'pin', 'report']

/** The inputs of `action.yml`. One that is absent or empty means its default. */
export interface Inputs {
  readonly command: ActionCommand
  readonly root: string
  readonly token: string | null
  /** The repository's checkout, relative to the workspace. */
  readonly workingDirectory: string
  /** From which problems on the step fails. */
  readonly failOn: 'error' | 'warning' | 'never'
  readonly comment: 'auto' | 'never'
  /** Where stores, guards, life cycles and freezes are read from; null: the base branch. */
  readonly settingsRef: string | null
  readonly allowDeletes: string | null
  /** How long `apply` stays for rollouts that are on their way. */
  readonly waitMs: number
}

type Variables = Readonly<Record<string, string | undefined>>

/** The runner gives an input in upper case with spaces as `_` (actions/toolkit, core `getInput`); - stays. */
export function readInputs(variables: Variables): Inputs {
  const text = (name: string): string | null => {
    const value = (variables[`INPUT_${name.toUpperCase().replaceAll(' ', '_')}`] ?? '').trim()
    return value === '' ? null : value
  }
  const command = text('command') ?? 'validate'
  if (later.includes(command)) throw wrong('command', `${command} does not exist yet`, actionCommands.join(', '))
  const waitMs = parseTimer(text('wait') ?? '10m')
  if (waitMs === null) throw wrong('wait', 'is no duration', 'a duration such as 90s or 10m')
  return {
    command: oneOf('command', command, actionCommands),
    root: text('root') ?? 'models',
    token: text('github-token'),
    workingDirectory: text('working-directory') ?? '.',
    failOn: oneOf('fail-on', text('fail-on') ?? 'error', ['error', 'warning', 'never'] as const),
    comment: oneOf('comment', text('comment') ?? 'auto', ['auto', 'never'] as const),
    settingsRef: text('settings-ref'),
    allowDeletes: text('allow-deletes'),
    waitMs,
  }
}

function oneOf<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value)
  if (found !== undefined) return found
  throw wrong(name, `${JSON.stringify(value)} is none of its words`, words.join(', '))
}

function wrong(name: string, what: string, words: string): StewardError {
  return new StewardError(`input ${name}: ${what}`, { code: 'usage', kind: 'user', hint: `Use ${words}.` })
}
