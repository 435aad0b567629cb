/** Rounded decimals are what the documents record; beyond them floating point may differ between machines. */
export function rounded(value: number, decimals: number): number {
  const factor = 10 ** decimals
  return Math.round(value * factor) / factor
}

export interface LabelPair {
  readonly actual: string
  readonly predicted: string
}

export function accuracy(pairs: readonly LabelPair[]): number {
  return pairs.filter(({ actual, predicted }) => actual === predicted).length / pairs.length
}

/** The mean of every label's F1, so that a rare label counts as much as a frequent one. */
export function macroF1(pairs: readonly LabelPair[], labels: readonly string[]): number {
  const scores = labels.map((label) => {
    const hits = pairs.filter(({ actual, predicted }) => actual === label && predicted === label).length
    const claimed = pairs.filter(({ predicted }) => predicted === label).length
    const present = pairs.filter(({ actual }) => actual === label).length
    return claimed + present === 0 ? 0 : (2 * hits) / (claimed + present)
  })
  return mean(scores)
}

export interface ValuePair {
  readonly actual: number
  readonly predicted: number
}

export function meanAbsoluteError(pairs: readonly ValuePair[]): number {
  return mean(pairs.map(({ actual, predicted }) => Math.abs(actual - predicted)))
}

/** 1 for a perfect prediction, 0 for one that is no better than the mean. */
export function rSquared(pairs: readonly ValuePair[]): number {
  const centre = mean(pairs.map(({ actual }) => actual))
  const unexplained = sum(pairs.map(({ actual, predicted }) => (actual - predicted) ** 2))
  const total = sum(pairs.map(({ actual }) => (actual - centre) ** 2))
  return 1 - unexplained / total
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
