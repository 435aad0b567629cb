import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import { checkBuckets } from './artifact-rules.ts'
import type { Fault, Path, YamlDocument } from '../fault.ts'
import { checkApprovalItself, checkFreeze, checkLifecycleItself } from './governance-rules.ts'
import { checkInferenceSchemas } from './inference-rules.ts'
import { checkItemLimits } from './item-limits.ts'
import type { DocumentKind } from '../catalog/layout.ts'
import { checkSecrets } from './secret-rules.ts'
import { checkSettings } from './settings-rules.ts'
import { checkDay } from './timezone-rules.ts'
import { checkTraining } from './training-rules.ts'
import { checkVariables } from './variable-rules.ts'

/** What a document of the right form can be told by itself, without any other. `text` is how it is written. */
export function checkDocument(kind: DocumentKind, document: YamlDocument, text: string): Fault[] {
  const { value } = document
  if (!isJsonObject(value)) return []
  return [
    ...checkSecrets(kind, value, document, text),
    ...missingProtections(kind, value, document),
    ...unusedFields(kind, value, document),
    ...ofKind(kind, value, document),
  ]
}

function ofKind(kind: DocumentKind, value: JsonObject, document: YamlDocument): Fault[] {
  switch (kind) {
    case 'Model':
      return [
        ...checkDay(value, document, ['next_validation']),
        ...checkVariables(value, document, ['deployment_defaults']),
        ...checkInferenceSchemas(value, document),
        ...checkItemLimits(document),
      ]
    case 'ModelVersion':
      return [...checkInferenceSchemas(value, document), ...checkBuckets(value, document), ...checkItemLimits(document)]
    case 'Deployment':
      return [
        ...checkDay(value, document, ['challenger', 'until']),
        ...checkVariables(value, document, []),
        ...checkItemLimits(document),
      ]
    case 'Namespace':
      return checkVariables(value, document, ['defaults'])
    case 'Settings':
      return checkSettings(value, document)
    case 'Lifecycle':
      return checkLifecycleItself(value, document)
    case 'Freeze':
      return checkFreeze(value, document)
    case 'Approval':
      return checkApprovalItself(value, document)
    case 'TrainingPipeline':
      return checkTraining(value, document)
    case 'Roles':
    case 'Runtime':
      return []
  }
}

/** Accepted and recorded, but without an effect yet: said, so that nobody counts on them. */
const unused: Readonly<Partial<Record<DocumentKind, readonly Path[]>>> = {
  Model: [
    ['deployment_defaults', 'capture'],
    ['deployment_defaults', 'monitor'],
  ],
  ModelVersion: [['baseline']],
  Deployment: [
    ['capture'],
    ['monitor'],
    ['batch'],
    ...['cpu', 'memory', 'instance_type', 'gpu'].map((field) => ['capacity', field]),
  ],
  Namespace: [['share'], ['artifact_prefix'], ['defaults', 'capture'], ['defaults', 'monitor']],
}

/** Fields that protect those who are served. Ignoring one would be worse than refusing it. */
const protections = ['abort_if'] as const

function unusedFields(kind: DocumentKind, value: JsonObject, document: YamlDocument): Fault[] {
  return (unused[kind] ?? [])
    .filter((path) => valueAt(value, path) !== undefined)
    .map((path) => ({
      code: 'ST1211',
      summary: `\`${path.join('.')}\` is recorded; this version does not act on it yet`,
      help: 'Nothing acts on it yet.',
      range: document.keyRangeOf(path),
      pointer: `/${path.join('/')}`,
    }))
}

/** Where each kind holds fields of a deployment. */
const holders: Readonly<Partial<Record<DocumentKind, Path>>> = {
  Model: ['deployment_defaults'],
  Namespace: ['defaults'],
  Deployment: [],
}

function missingProtections(kind: DocumentKind, value: JsonObject, document: YamlDocument): Fault[] {
  const fault = (path: Path, help: string): Fault => ({
    code: 'ST1212',
    summary: `this version does not do what \`${path.join('.')}\` asks for`,
    help,
    range: document.keyRangeOf(path),
    pointer: `/${path.join('/')}`,
  })
  if (kind === 'Settings' && valueAt(value, ['signatures', 'require']) === true) {
    return [fault(['signatures', 'require'], 'Signatures are not checked yet: remove it, and protect the branch.')]
  }
  const holder = holders[kind]
  if (holder === undefined) return []
  return protections
    .map((field) => [...holder, 'rollout', field])
    .filter((path) => valueAt(value, path) !== undefined)
    .map((path) => fault(path, 'Nothing analyses the traffic yet: remove it. Readiness and crashes always count.'))
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((held, name) => (isJsonObject(held) ? held[name] : undefined), value)
}
