/** In what a deployment that runs can differ; some have parts, such as `environment_variables.MODE`. */
export const driftFields = [
  'deployment',
  'model_version',
  'command',
  'artifacts',
  'environment_variables',
  'processes',
  'replicas',
  'weight',
  'path',
  'token_ref',
] as const
export type DriftField = (typeof driftFields)[number]
