import type { DeclaredDeployment, DeclaredState, DeclaredUnit, DeclaredVersion } from '../declared/declared-state.ts'
import { originOf } from '../declared/deployment-layers.ts'
import type { CompiledDocument } from '../declared/compile-document.ts'
import { ownerOrigin } from '../declared/namespaces.ts'
import type { Path } from '../declared/fault.ts'
import { pathOf, pointerOf } from '../declared/pointers.ts'
import { isJsonObject, type Json, type JsonObject } from '../domain/json.ts'
import { codeEntry } from '../domain/diagnostic-codes.ts'
import type { Diagnostic } from '../domain/diagnostics.ts'
import type { ModelId } from '../domain/names.ts'
import { pick } from '../domain/objects.ts'
import { isSecretToken } from '../domain/secret-tokens.ts'

/** One value of a resolved document; `origin` is null where it is a default or follows from the path. */
export interface ShownValue {
  /** JSON pointer in the resolved document. */
  readonly pointer: string
  readonly value: Json
  readonly origin: ShownOrigin | null
}

/** The document, its line, and the value's JSON pointer in it. */
export interface ShownOrigin {
  readonly path: string
  readonly line: number
  readonly pointer: string
}

export interface ShownDocument {
  readonly kind: 'Model' | 'ModelVersion' | 'Deployment'
  /** `prod` of a deployment, `3` of a version. */
  readonly name: string
  readonly path: string
  readonly document: JsonObject
  readonly values: readonly ShownValue[]
}

/** `show --json`. */
export interface Shown {
  readonly format: 'steward.show/v1'
  readonly revision: string
  readonly model: ModelId
  readonly blocked: boolean
  readonly documents: readonly ShownDocument[]
}

export interface ShowRequest {
  readonly model: ModelId
  readonly version: number | null
  readonly stage: string | null
}

/** The resolved documents of a model with the origin of each value; of one stage or version where it is named. */
export function showModel(state: DeclaredState, { model, version, stage }: ShowRequest): Shown | null {
  const { revision, units, diagnostics } = state
  const unit = units.get(model)
  if (unit === undefined) return null
  const mask = maskOf(diagnostics)
  const deployments = [...unit.deployments.values()]
    .filter((deployment) => stage === null || deployment.stage === stage)
    .filter((deployment) => version === null || deployment.modelVersion === version)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const numbers = version !== null ? [version] : stage === null ? [] : deployments.map((each) => each.modelVersion)
  const versions = [...new Set(numbers)].flatMap((number) => unit.versions.get(number) ?? [])
  return {
    format: 'steward.show/v1',
    revision,
    model,
    blocked: unit.blocked,
    documents: [
      ...(stage === null && version === null ? shownModel(unit) : []).map(mask),
      ...versions.map((each) => mask(shownVersion(each, unit))),
      ...deployments.map((deployment) => mask(shownDeployment(deployment))),
    ],
  }
}

function shownModel({ catalog, namespaces }: DeclaredUnit): ShownDocument[] {
  if (catalog === null) return []
  const { document, value } = catalog
  const whole = shown('Model', '', document, value as unknown as JsonObject)
  const owner = ownerOrigin(namespaces)
  const values = whole.values.map((each) =>
    each.pointer === '/owner' && document.value.owner === undefined && owner !== null
      ? { ...each, origin: placeOf(owner, ['owner']) }
      : each,
  )
  return [{ ...whole, values }]
}

/** What a version takes from its model where it does not say otherwise. */
const fromModel = ['url', 'services', 'inference'] as const

function shownVersion({ number, document }: DeclaredVersion, { catalog }: DeclaredUnit): ShownDocument {
  const model = catalog?.document
  const taken = fromModel.filter((field) => document.value[field] === undefined && model?.value[field] !== undefined)
  const value = { ...document.value, ...(model !== undefined && pick(model.value, taken)) }
  const whole = shown('ModelVersion', String(number), document, value)
  if (model === undefined) return whole
  const values = whole.values.map((each) => {
    const path = pathOf(each.pointer)
    const own = taken.some((field) => field === path[0])
    return own ? { ...each, origin: placeOf(model, path) } : each
  })
  return { ...whole, values }
}

function shown(
  kind: ShownDocument['kind'],
  name: string,
  document: CompiledDocument,
  value: JsonObject,
): ShownDocument {
  const values = leaves(value).map(([path, held]) => ({
    pointer: pointerOf(path),
    value: held,
    origin: isWritten(document.value, path) ? placeOf(document, path) : null,
  }))
  return { kind, name, path: document.path, document: value, values }
}

function shownDeployment({ name, resolved, layers, document }: DeclaredDeployment): ShownDocument {
  const value = resolved as unknown as JsonObject
  const values = leaves(value).map(([path, held]) => {
    const origin = originOf(layers, resolved, path)
    return {
      pointer: pointerOf(path),
      value: held,
      origin: origin === null ? null : placeOf(origin.document, origin.at),
    }
  })
  return { kind: 'Deployment', name, path: document.path, document: value, values }
}

function placeOf(document: CompiledDocument, path: Path): ShownOrigin {
  return { path: document.path, line: document.yaml.rangeOf(path).start.line, pointer: pointerOf(path) }
}

const masked = '*******'

/** What may be a secret is not shown, wherever it comes from: values that ST1213 marks, and tokens by their form. */
function maskOf(diagnostics: readonly Diagnostic[]): (document: ShownDocument) => ShownDocument {
  const marked = new Set(
    diagnostics
      .filter(({ code }) => codeEntry(code).sensitive === true)
      .map(({ path, pointer }) => `${path} ${pointer}`),
  )
  const isSecret = ({ value, origin }: ShownValue): boolean =>
    (origin !== null && marked.has(`${origin.path} ${origin.pointer}`)) ||
    (typeof value === 'string' && isSecretToken(value))
  return (document) => {
    const secrets = new Set(document.values.filter(isSecret).map(({ pointer }) => pointer))
    if (secrets.size === 0) return document
    const values = document.values.map((each) => (secrets.has(each.pointer) ? { ...each, value: masked } : each))
    return { ...document, values, document: withMasks(document.document, secrets, '') as JsonObject }
  }
}

function withMasks(value: Json, secrets: ReadonlySet<string>, pointer: string): Json {
  if (secrets.has(pointer)) return masked
  if (Array.isArray(value))
    return value.map((element: Json, index) => withMasks(element, secrets, `${pointer}/${index}`))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [name, withMasks(held, secrets, `${pointer}${pointerOf([name])}`)]),
  )
}

/** Scalars and empty collections with their paths, in the order of the document. */
function leaves(value: Json, path: Path = []): [Path, Json][] {
  const inner: [string | number, Json][] = Array.isArray(value)
    ? value.map((element: Json, index) => [index, element])
    : isJsonObject(value)
      ? Object.entries(value)
      : []
  return inner.length === 0 ? [[path, value]] : inner.flatMap(([name, held]) => leaves(held, [...path, name]))
}

function isWritten(value: Json, path: Path): boolean {
  let held: Json | undefined = value
  for (const segment of path) {
    held = Array.isArray(held) ? held[Number(segment)] : isJsonObject(held) ? held[String(segment)] : undefined
  }
  return held !== undefined
}
