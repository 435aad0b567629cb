import { isJsonObject, type JsonObject } from '../domain/json.ts'
import { normaliseStrategy } from '../domain/names.ts'
import { checkItemLimits } from './item-limits.ts'
import type { EvaluatedKind } from './layout.ts'
import type { Fault, Path, YamlDocument } from './fault.ts'

/** What a document of the right form can be told by itself, without any other. */
export function checkDocument(kind: EvaluatedKind, document: YamlDocument): Fault[] {
  if (!isJsonObject(document.value)) return []
  const faults = [
    ...missingProtections(kind, document.value, document),
    ...unusedFields(kind, document.value, document),
  ]
  if (kind === 'Settings') faults.push(...checkTimezone(document.value, document))
  if (kind !== 'Settings' && kind !== 'Runtime') faults.push(...checkItemLimits(document))
  return faults
}

/** Accepted and recorded, but without an effect yet: said, so that nobody counts on them. */
const unused: Readonly<Record<EvaluatedKind, readonly Path[]>> = {
  Model: [['lifecycle'], ['deployment_defaults', 'capture'], ['deployment_defaults', 'monitor']],
  ModelVersion: [['baseline']],
  Deployment: [
    ['capture'],
    ['monitor'],
    ['batch'],
    ...['cpu', 'memory', 'instance_type', 'gpu'].map((field) => ['capacity', field]),
  ],
  Runtime: [['limits']],
  Settings: [['apply', 'on_changed_plan']],
}

/** Fields that protect those who are served. Ignoring one would be worse than refusing it. */
const protections = ['steps', 'bake', 'abort_if', 'sticky_header'] as const

function unusedFields(kind: EvaluatedKind, value: JsonObject, document: YamlDocument): Fault[] {
  return unused[kind]
    .filter((path) => valueAt(value, path) !== undefined)
    .map((path) => ({
      code: 'ST1211',
      summary: `\`${path.join('.')}\` is recorded; this version does not act on it yet`,
      help: 'See docs/status.md.',
      range: document.keyRangeOf(path),
      pointer: `/${path.join('/')}`,
    }))
}

function missingProtections(kind: EvaluatedKind, value: JsonObject, document: YamlDocument): Fault[] {
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
  const holder = kind === 'Model' ? ['deployment_defaults'] : kind === 'Deployment' ? [] : null
  // A strategy that the target can not do is refused already, with everything that belongs to it.
  if (
    holder === null ||
    normaliseStrategy(String(valueAt(value, [...holder, 'rolling_strategy']) ?? 'rolling')) !== 'rolling'
  ) {
    return []
  }
  return protections
    .map((field) => [...holder, 'rollout', field])
    .filter((path) => valueAt(value, path) !== undefined)
    .map((path) => fault(path, 'A rolling rollout has no steps, bake or analysis yet: remove it.'))
}

function checkTimezone(value: JsonObject, document: YamlDocument): Fault[] {
  if (typeof value.timezone !== 'string' || isTimezone(value.timezone)) return []
  const summary = `there is no time zone ${value.timezone}`
  const range = document.rangeOf(['timezone'])
  return [{ code: 'ST1105', summary, help: 'Write a name such as Europe/Zurich or UTC.', range, pointer: '/timezone' }]
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((held, name) => (isJsonObject(held) ? held[name] : undefined), value)
}
