import { accuracy, macroF1, rounded } from '../metrics.ts'
import type { Artifact } from '../packing/artifact.ts'
import { sha256Of } from '../packing/artifact.ts'
import { jsonLines } from '../packing/jsonl.ts'
import type { Release } from '../release.ts'
import { load, type DocumentClassifier } from '../served/doc_classification/predict.mjs'
import { readerOf, serverOf } from '../served/sources.ts'
import { claimDocuments, LABELS, type LabelledDocument } from './generate.ts'
import { STOP_WORDS } from './phrases.ts'
import { trained, type NaiveBayes } from './train.ts'

const UNIT = 'abc_corp/claim/doc_classification'
const TRAINING_SEED = 20_260_301
const HELD_OUT_SEED = 20_260_302
const HELD_OUT_DOCUMENTS = 1500
const STOP_WORDS_FILE = 'static_data/stop_words.json'

interface Plan {
  readonly version: number
  readonly documents: number
  readonly features: number
  readonly alpha: number
  readonly pairs: boolean
  readonly leaveOutStopWords: boolean
}

const PLANS: readonly Plan[] = [
  { version: 1, documents: 400, features: 160, alpha: 1, pairs: false, leaveOutStopWords: false },
  { version: 2, documents: 1500, features: 400, alpha: 0.5, pairs: false, leaveOutStopWords: false },
  { version: 3, documents: 5000, features: 1000, alpha: 0.3, pairs: true, leaveOutStopWords: true },
]

/** What no version has seen in training: another seed of the same generator. */
export function heldOutDocuments(): readonly LabelledDocument[] {
  return claimDocuments(HELD_OUT_SEED, HELD_OUT_DOCUMENTS)
}

export function documentReleases(): readonly Release[] {
  const heldOut = heldOutDocuments()
  return PLANS.map((plan) => released(plan, heldOut))
}

export function documentMetrics(model: DocumentClassifier, heldOut: readonly LabelledDocument[]): Release['metrics'] {
  const pairs = heldOut.map(({ text, label }) => ({ actual: label, predicted: model.predict({ text }).label }))
  return { accuracy: rounded(accuracy(pairs), 4), macro_f1: rounded(macroF1(pairs, LABELS), 4) }
}

function released(plan: Plan, heldOut: readonly LabelledDocument[]): Release {
  const { version, documents, features, alpha, pairs, leaveOutStopWords } = plan
  const data = claimDocuments(TRAINING_SEED, documents)
  const model = trained(data, { alpha, features, pairs, stopWords: leaveOutStopWords ? STOP_WORDS : [] })
  const files = new Map([...serverOf('doc_classification'), ['model.json', modelFile(model, plan)] as const])
  const staticData = new Map([['stop_words.json', `${JSON.stringify(STOP_WORDS)}\n`]])
  const artifacts: readonly Artifact[] = [
    { name: 'trained', number: version, files },
    ...(leaveOutStopWords ? [{ name: 'static_data', number: 1, files: staticData }] : []),
  ]
  const unpacked = new Map([...files, [STOP_WORDS_FILE, staticData.get('stop_words.json') ?? ''] as const])
  return {
    unit: UNIT,
    version,
    artifacts,
    metrics: documentMetrics(load(readerOf(unpacked)), heldOut),
    parameters: {
      algorithm: 'multinomial naive Bayes',
      alpha,
      features,
      word_pairs: pairs,
      stop_words: leaveOutStopWords,
      temperature: model.temperature,
      training_documents: documents,
      held_out_documents: HELD_OUT_DOCUMENTS,
    },
    trainingData: {
      uri: `generator:models/_training/claim-documents/generate.ts?seed=${TRAINING_SEED}&count=${documents}`,
      sha256: sha256Of(jsonLines(data)),
    },
  }
}

/** `model.json`: one feature a line, because people will look into it. */
function modelFile(model: NaiveBayes, { version, leaveOutStopWords }: Plan): string {
  const { weights, ...rest } = model
  const about = { model: `/${UNIT}`, version, ...rest, stop_words: leaveOutStopWords ? STOP_WORDS_FILE : null }
  const lines = [...weights].map(([feature, row]) => `${JSON.stringify(feature)}:${JSON.stringify(row)}`)
  return `${JSON.stringify(about).slice(0, -1)},\n"weights":{\n${lines.join(',\n')}\n}}\n`
}
