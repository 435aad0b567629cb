import { featuresOf } from '../served/doc_classification/predict.mjs'
import { LABELS, type LabelledDocument } from './generate.ts'

/** Weights are whole hundredths of a nat: the last bits of `Math.log` are not the same on every machine. */
const SCALE = 0.01
const TEMPERATURES = [1, 1.5, 2, 3, 4, 6, 8, 10, 12, 14, 16, 20] as const

export interface TrainingOptions {
  /** Added to every count, so that an unseen word excludes no label. */
  readonly alpha: number
  /** How many features the model keeps: those that tell the labels apart best. */
  readonly features: number
  /** Whether pairs of neighbouring words are features. */
  readonly pairs: boolean
  readonly stopWords: readonly string[]
}

export interface NaiveBayes {
  readonly labels: readonly string[]
  readonly pairs: boolean
  readonly scale: number
  /** Divides the sums, so that the score is near the share of right answers. */
  readonly temperature: number
  readonly bias: readonly number[]
  /** A weight of each label for each feature. */
  readonly weights: ReadonlyMap<string, readonly number[]>
}

interface Counts {
  readonly documents: number[]
  readonly features: Map<string, number[]>
}

/** Multinomial naive Bayes; the temperature is chosen on every fifth document, which the counts leave out for that. */
export function trained(documents: readonly LabelledDocument[], options: TrainingOptions): NaiveBayes {
  const checked = documents.filter((_, index) => index % 5 === 0)
  const rest = documents.filter((_, index) => index % 5 !== 0)
  const temperature = bestTemperature(fitted(rest, options), checked, options)
  return { ...fitted(documents, options), temperature }
}

function fitted(documents: readonly LabelledDocument[], options: TrainingOptions): NaiveBayes {
  const counts = counted(documents, options)
  const weights = [...weightsOf(counts, options.alpha)]
    .map(([feature, row]) => ({ feature, row, value: occurrences(counts, feature) * Math.max(...row.map(Math.abs)) }))
    // The value is a product of whole numbers, so the choice of features is the same on every machine.
    .toSorted((left, right) => right.value - left.value || order(left.feature, right.feature))
    .slice(0, options.features)
    .toSorted((left, right) => order(left.feature, right.feature))
  return {
    labels: LABELS,
    pairs: options.pairs,
    scale: SCALE,
    temperature: 1,
    bias: centred(counts.documents.map((count) => Math.log((count + 1) / (documents.length + LABELS.length)))),
    weights: new Map(weights.map(({ feature, row }) => [feature, row])),
  }
}

function counted(documents: readonly LabelledDocument[], options: TrainingOptions): Counts {
  const counts: Counts = { documents: LABELS.map(() => 0), features: new Map() }
  for (const { text, label } of documents) {
    const index = LABELS.indexOf(label)
    add(counts.documents, index)
    for (const feature of featuresIn(text, options)) {
      const row = counts.features.get(feature) ?? LABELS.map(() => 0)
      counts.features.set(feature, row)
      add(row, index)
    }
  }
  return counts
}

function weightsOf({ features }: Counts, alpha: number): Map<string, readonly number[]> {
  const totals = LABELS.map((_, index) => [...features.values()].reduce((sum, row) => sum + (row[index] ?? 0), 0))
  return new Map(
    [...features].map(([feature, row]) => {
      const chances = row.map((count, index) =>
        Math.log((count + alpha) / ((totals[index] ?? 0) + alpha * features.size)),
      )
      return [feature, centred(chances)]
    }),
  )
}

function occurrences({ features }: Counts, feature: string): number {
  return (features.get(feature) ?? []).reduce((sum, count) => sum + count, 0)
}

function bestTemperature(model: NaiveBayes, documents: readonly LabelledDocument[], options: TrainingOptions): number {
  const losses = TEMPERATURES.map((temperature) => ({ temperature, loss: logLoss({ ...model, temperature }) }))
  return losses.reduce((best, next) => (next.loss < best.loss ? next : best)).temperature

  function logLoss(tempered: NaiveBayes): number {
    return documents.reduce((sum, { text, label }) => sum + lossOf(tempered, featuresIn(text, options), label), 0)
  }
}

function lossOf({ bias, weights, temperature }: NaiveBayes, features: readonly string[], label: string): number {
  const sums = [...bias]
  for (const feature of features) weights.get(feature)?.forEach((weight, index) => add(sums, index, weight))
  const logits = sums.map((sum) => (sum * SCALE) / temperature)
  const largest = Math.max(...logits)
  const normaliser = largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0))
  return normaliser - (logits[LABELS.indexOf(label)] ?? 0)
}

function featuresIn(text: string, { pairs, stopWords }: TrainingOptions): string[] {
  return featuresOf(text, { pairs, stopWords: new Set(stopWords) })
}

/** Differences between labels are all that counts; around zero they are short to write. */
function centred(logarithms: readonly number[]): readonly number[] {
  const middle = logarithms.reduce((sum, next) => sum + next, 0) / logarithms.length
  return logarithms.map((logarithm) => Math.round((logarithm - middle) / SCALE))
}

function add(row: number[], index: number, amount = 1): void {
  row[index] = (row[index] ?? 0) + amount
}

function order(left: string, right: string): number {
  return left < right ? -1 : 1
}
