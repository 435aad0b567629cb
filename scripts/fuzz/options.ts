import { parseArgs } from 'node:util'

export interface FuzzOptions {
  /** Mutated documents; as many are generated for the comparison of the parsers. */
  readonly count: number
  /** The same seed gives the same documents. */
  readonly seed: number
  /** The number of one document to look at alone, as a finding names it; null for all. */
  readonly only: number | null
  /** Whether the documents of a megabyte are read too. */
  readonly hostile: boolean
}

/** Reads `--count 10000 --seed 1 --only 17 --skip-hostile`; throws with the reason. */
export function readOptions(words: readonly string[]): FuzzOptions {
  const text = { type: 'string' } as const
  const options = { count: text, seed: text, only: text, 'skip-hostile': { type: 'boolean' } } as const
  const { values } = parseArgs({ args: [...words], options })
  return {
    count: whole('count', values.count ?? '10000'),
    seed: whole('seed', values.seed ?? '20260301'),
    only: values.only === undefined ? null : whole('only', values.only),
    hostile: values['skip-hostile'] !== true && values.only === undefined,
  }
}

function whole(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} ${text} is no whole number`)
  return value
}
