import type { LifecycleDocument } from '../domain/generated/lifecycle.ts'

export type LifecycleStage = NonNullable<LifecycleDocument['stages']>[number]
type Preset = NonNullable<LifecycleDocument['preset']>

/**
 * Stages of well-known life cycles, without gates: those are a company's own. `mlflow` has the classic stages of the
 * MLflow registry, `aws` those of accounts for development, test and production, `modelop` the runtime stages that
 * ModelOp Center's documentation names.
 */
const presets: Readonly<Record<Preset, readonly string[]>> = {
  mlflow: ['staging', 'production'],
  aws: ['dev', 'test', 'prod'],
  modelop: ['dev', 'sit', 'uat', 'prod'],
}

/** The stages of a life cycle: its own, else its preset's. */
export function stagesOf({ preset, stages }: LifecycleDocument): readonly LifecycleStage[] {
  if (stages !== undefined) return stages
  return preset === undefined ? [] : presets[preset].map((name) => ({ name }))
}
