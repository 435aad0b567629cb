import type { Artifact } from './packing/artifact.ts'

/** One model version as training leaves it: what is packed, and what its document records. */
export interface Release {
  /** The unit's path below `models/`. */
  readonly unit: string
  readonly version: number
  readonly artifacts: readonly Artifact[]
  readonly metrics: Readonly<Record<string, number>>
  readonly parameters: Readonly<Record<string, number | string | boolean>>
  readonly trainingData: TrainingData
}

export interface TrainingData {
  /** Which generator with which arguments; there is no file. */
  readonly uri: string
  /** Of the generated rows as JSON lines. */
  readonly sha256: string
}
