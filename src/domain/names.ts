/** `/abc_corp/claim/doc_classification`: a namespace and a model's name, as tables and JSON write it. */
export type ModelId = string & { readonly __brand: 'ModelId' }

export const namePattern = /^[a-z0-9][a-z0-9_-]*$/

export interface ModelReference {
  readonly model: ModelId
  readonly version: number | null
}

export function modelId(namespace: string, name: string): ModelId {
  return `${namespace}/${name}` as ModelId
}

export function splitModelId(model: ModelId): { namespace: string; name: string } {
  const at = model.lastIndexOf('/')
  return { namespace: model.slice(0, at), name: model.slice(at + 1) }
}

/** Reads MODEL of the command line: `abc/claim/m`, `/abc/claim/m`, with `@3` for a version; null if it is neither. */
export function parseModelReference(text: string): ModelReference | null {
  const match = /^\/?((?:[a-z0-9][a-z0-9_-]*\/)+[a-z0-9][a-z0-9_-]*)(?:@([1-9][0-9]{0,5}))?$/.exec(text)
  if (match?.[1] === undefined) return null
  return { model: `/${match[1]}` as ModelId, version: match[2] === undefined ? null : Number(match[2]) }
}

/** The key of a deployment in plans and at the host: `/ns/model#name`. */
export function deploymentKey(model: ModelId, deployment: string): string {
  return `${model}#${deployment}`
}

export const deploymentMethods = [
  'self hosted ECS',
  'self hosted EKS',
  'AWS Lambda',
  'AWS SageMaker',
  'local host',
  'external',
  'none',
] as const
export type DeploymentMethod = (typeof deploymentMethods)[number]

/** `external` and `none` record a deployment that others drive, or nobody. */
export function isDriven(method: DeploymentMethod): boolean {
  return method !== 'external' && method !== 'none'
}

const methodSpellings: Readonly<Record<string, DeploymentMethod>> = {
  ecs: 'self hosted ECS',
  eks: 'self hosted EKS',
  lambda: 'AWS Lambda',
  sagemaker: 'AWS SageMaker',
  host: 'local host',
}

/** The one spelling that is written, from any that is read. */
export function normaliseMethod(text: string): DeploymentMethod {
  return methodSpellings[text] ?? (text as DeploymentMethod)
}

export const rollingStrategies = ['rolling', 'blue green', 'canary'] as const
export type RollingStrategy = (typeof rollingStrategies)[number]

export function normaliseStrategy(text: string): RollingStrategy {
  if (text === 'canory') return 'canary'
  if (text === 'blue_green') return 'blue green'
  return text as RollingStrategy
}
