import { shortText } from '../../domain/short-text.ts'
import { StewardError } from '../../domain/errors.ts'

export type CheckLevel = 'ok' | 'warning' | 'problem' | 'skipped'

/** One line of `doctor`: what was looked at, what was seen, and what to do about it. */
export interface Check {
  readonly name: string
  readonly level: CheckLevel
  readonly message: string
  readonly help: string | null
}

export const ok = (name: string, message: string): Check => ({ name, level: 'ok', message, help: null })
export const skipped = (name: string, message: string): Check => ({ name, level: 'skipped', message, help: null })
export const warning = (name: string, message: string, help: string): Check => ({
  ...{ name, level: 'warning', message, help },
})
export const problem = (name: string, message: string, help: string | null): Check => ({
  ...{ name, level: 'problem', message, help },
})

/** A check never throws: what it did not foresee is what it has to tell. */
export async function guarded(name: string, work: () => Promise<Check>): Promise<Check> {
  try {
    return await work()
  } catch (error) {
    return { name, level: 'warning', message: `could not be looked at: ${shortText(error)}`, help: hintOf(error) }
  }
}

export function hintOf(error: unknown): string | null {
  return error instanceof StewardError ? (error.hint ?? null) : null
}
