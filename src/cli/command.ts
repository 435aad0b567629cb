import type { App } from '../app/app.ts'
import type { Environment } from '../app/environment.ts'
import type { RevisionRequest } from '../source/source.ts'

export interface OptionSpec {
  readonly name: string
  /** Named in help where the option takes a value; absent for a flag. */
  readonly value?: string
  readonly summary: string
  /** The command can not do without. */
  readonly required?: true
  /** It may be given several times. */
  readonly many?: true
}

/** What the overview shows of a command. */
export interface CommandHead {
  /** One word, or two for a group such as `tables create`. */
  readonly name: string
  readonly summary: string
  /** `[PLAN]`, `MODEL` … in order; brackets mean optional. */
  readonly arguments: readonly string[]
}

/** A line of the table of commands (`commands/index.ts`): the command's own file is loaded when it is asked for. */
export interface CommandEntry extends CommandHead {
  load(): Promise<AnyCommand>
}

/** All that parsing, help and documents are derived from. */
export interface CommandData extends CommandHead {
  readonly options: readonly OptionSpec[]
  readonly examples: readonly string[]
  readonly detail?: string
  /** Formats of its own, beside those of every command; it asks for the one that was named by `ownFormat`. */
  readonly formats?: readonly string[]
}

/** A command is data and what runs it. */
export interface Command extends CommandData {
  /** What is read where neither --rev nor --worktree says. */
  readonly reads?: 'worktree' | 'HEAD'
  /** Returns the exit code. */
  run(invocation: Invocation): Promise<number>
}

/** A command that looks at nothing but its words: it answers before the application is loaded. */
export interface PlainCommand extends CommandData {
  /** Returns the exit code. */
  answer(line: CommandLine): Promise<number>
}

export type AnyCommand = Command | PlainCommand

export interface CommandLine {
  readonly arguments: readonly string[]
  readonly options: Options
  readonly environment: Environment
  readonly io: Io
}

export interface Invocation extends CommandLine {
  readonly app: App
  readonly revision: RevisionRequest
  /** Aborted on the first interrupt. */
  readonly signal: AbortSignal
}

/** Parsed options: what was not given is absent. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  /** Every value of an option that may be given several times. */
  texts(name: string): readonly string[] {
    const values = this.#values[name]
    return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : []
  }

  flag(name: string): boolean {
    return this.#values[name] === true
  }
}

export const outputFormats = ['pretty', 'concise', 'json', 'github'] as const
/** `concise` and `github` show problems in one line each; what a command answers beside them is as in `pretty`. */
export type OutputFormat = (typeof outputFormats)[number]

/** Which of a command's own formats was asked for; null where it was one of every command's. */
export function ownFormat({ formats = [] }: Pick<CommandData, 'formats'>, options: Options): string | null {
  return formats.find((each) => each === options.text('format')) ?? null
}

/** Where output goes: results on standard output, everything else on standard error. */
export interface Io {
  readonly format: OutputFormat
  readonly json: boolean
  readonly colour: boolean
  /** Progress is shown to a person at a terminal only. */
  readonly interactive: boolean
  out(text: string): void
  note(text: string): void
  /** Asks a person; null where there is no terminal. */
  confirm(question: string): Promise<boolean | null>
}

export const exitCodes = {
  done: 0,
  problems: 1,
  changes: 2,
  stale: 3,
  held: 4,
  refused: 5,
  timeout: 6,
  usage: 64,
  interrupted: 130,
} as const
