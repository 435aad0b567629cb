import { integerBetween, oneOf, randomFrom, type Random } from '../random.ts'
import { DOCUMENT_TYPES, FAMILIES, FILLER, SLOTS, type DocumentType } from './phrases.ts'

export interface LabelledDocument {
  readonly text: string
  readonly label: string
}

export const LABELS: readonly string[] = DOCUMENT_TYPES.map(({ label }) => label).toSorted()

const WRONGLY_LABELLED = 0.015
const MISREAD_WORDS = 0.04

/** SYNTHETIC documents: sentences put together by a seeded generator, with scanning errors and some wrong labels. */
export function claimDocuments(seed: number, count: number): readonly LabelledDocument[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, () => {
    const type = drawnType(random)
    const sentences = Array.from({ length: integerBetween(random, 4, 8) }, () => sentence(random, type))
    const label = random() < WRONGLY_LABELLED ? oneOf(random, DOCUMENT_TYPES).label : type.label
    return { text: sentences.join('. ') + '.', label }
  })
}

function drawnType(random: Random): DocumentType {
  const total = DOCUMENT_TYPES.reduce((sum, { share }) => sum + share, 0)
  let rest = random() * total
  for (const type of DOCUMENT_TYPES) {
    rest -= type.share
    if (rest < 0) return type
  }
  return DOCUMENT_TYPES[0]
}

function sentence(random: Random, type: DocumentType): string {
  const kind = random()
  // A document quotes others: an invoice names its estimate, a lawyer's letter the witness.
  const source =
    kind < 0.42 ? type.phrases : kind < 0.62 ? FAMILIES[type.family] : kind < 0.7 ? quoted(random, type) : FILLER
  const filled = oneOf(random, source).replaceAll(/\{(\w+)\}/g, (_, slot: string) => valueOf(random, slot))
  return filled
    .split(' ')
    .map((word) => (word.length > 3 && random() < MISREAD_WORDS ? misread(random, word) : word))
    .join(' ')
}

function quoted(random: Random, type: DocumentType): DocumentType['phrases'] {
  const relatives = DOCUMENT_TYPES.filter(({ family }) => family === type.family)
  return oneOf(random, [type, ...relatives]).phrases
}

function valueOf(random: Random, slot: string): string {
  if (slot === 'number') return String(integerBetween(random, 2, 98))
  if (slot === 'amount') return `CHF ${integerBetween(random, 120, 9800)}.${oneOf(random, ['00', '50', '95'])}`
  if (slot === 'date') return `${integerBetween(random, 1, 28)}.${integerBetween(random, 1, 12)}.2025`
  const values = SLOTS[slot]
  if (values === undefined) throw new Error(`a phrase has the unknown slot {${slot}}`)
  return oneOf(random, values)
}

/** One letter read as another, as a scanner does. */
function misread(random: Random, word: string): string {
  const position = integerBetween(random, 0, word.length - 1)
  return word.slice(0, position) + oneOf(random, ['i', 'l', 'o', 'e', 'c', 'n', 'rn']) + word.slice(position + 1)
}
