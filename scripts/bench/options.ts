import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Identifiers of goals in the order of the table. */
  readonly only: readonly string[]
  readonly models: readonly number[]
  readonly rounds: number
  readonly budgetMs: number
}

/** Reads `--only P1,P6 --models 100,1000 --rounds 7 --budget 600`; throws with the reason. */
export function readOptions(words: readonly string[], known: readonly string[]): BenchOptions {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ args: [...words], options: { only: text, models: text, rounds: text, budget: text } })
  const only = values.only?.split(',') ?? known
  const strange = only.find((id) => !known.includes(id))
  if (strange !== undefined) throw new Error(`there is no goal ${strange}; there are ${known.join(', ')}`)
  return {
    only,
    models: (values.models ?? '100,1000,10000')
      .split(',')
      .map((each) => positive('models', each))
      .toSorted((a, b) => a - b),
    rounds: positive('rounds', values.rounds ?? '7'),
    budgetMs: positive('budget', values.budget ?? '600') * 1000,
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} ${text} is no positive whole number`)
  return value
}
