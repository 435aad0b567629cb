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
/** Those of which a difference may be no drift; that it is there, alone and the version that was asked for, always counts. */
export const ignorableFields = driftFields.filter((field) => !['deployment', 'model_version', 'weight'].includes(field))
export type DriftField = (typeof driftFields)[number]
