import type { AppContext } from '../app/context.ts'

export interface OptionSpec {
  readonly name: string
  readonly type: 'string' | 'boolean'
  readonly value?: string
  readonly summary: string
}

/** A command is data: parsing, help and documents are derived from it. */
export interface Command {
  readonly name: string
  readonly summary: string
  /** `[PLAN]`, `MODEL` … in order; brackets mean optional. */
  readonly arguments: readonly string[]
  readonly options: readonly OptionSpec[]
  readonly examples: readonly string[]
  readonly detail?: string
  run(invocation: Invocation): Promise<number>
}

export interface Invocation {
  readonly arguments: readonly string[]
  readonly options: Options
  readonly context: AppContext
  readonly io: Io
  readonly signal: AbortSignal
}

/** Parsed options: what was not given is absent. */
export class Options {
  readonly #values: Readonly<Record<string, string | boolean | undefined>>

  constructor(values: Readonly<Record<string, string | boolean | undefined>>) {
    this.#values = values
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  flag(name: string): boolean {
    return this.#values[name] === true
  }
}

/** Where output goes. Results on standard output, everything else on standard error. */
export interface Io {
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
