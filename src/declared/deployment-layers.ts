import type { DeploymentDocument } from '../domain/generated/deployment.ts'
import { isJsonObject, type Json, type JsonObject } from '../domain/json.ts'
import type { CompiledDocument } from './compile-document.ts'
import type { Path } from './fault.ts'
import type { NamespaceChain } from './namespaces.ts'

/** Fields of a deployment from one document; `at` is where they stand in it. */
export interface DeploymentLayer {
  readonly fields: JsonObject
  readonly document: CompiledDocument
  readonly at: Path
}

/** What is merged into one deployment, the weakest first: namespaces, the model's defaults, the document itself. */
export function layersOf(
  deployment: CompiledDocument,
  model: CompiledDocument | null,
  namespaces: NamespaceChain,
): readonly DeploymentLayer[] {
  const layers: DeploymentLayer[] = namespaces.links.flatMap(({ document }) => layerAt(document, 'defaults'))
  if (model !== null) layers.push(...layerAt(model, 'deployment_defaults'))
  return [...layers, { fields: deployment.value, document: deployment, at: [] }]
}

function layerAt(document: CompiledDocument, field: string): DeploymentLayer[] {
  const fields = document.value[field]
  return isJsonObject(fields) ? [{ fields, document, at: [field] }] : []
}

/** Mappings that are merged field by field; every other field is taken whole from the strongest layer that has it. */
const mergedFields: ReadonlySet<string> = new Set(['rollout', 'capacity', 'capture', 'monitor', 'labels'])

/** One document out of the layers: mappings field by field, variables by name, everything else whole. */
export function mergeLayers(layers: readonly DeploymentLayer[]): DeploymentDocument {
  let merged: JsonObject = {}
  for (const { fields } of layers) merged = merge(merged, fields)
  return merged as unknown as DeploymentDocument
}

function merge(under: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...under }
  for (const [field, value] of Object.entries(over)) {
    const below = merged[field]
    if (mergedFields.has(field) && isJsonObject(below) && isJsonObject(value)) merged[field] = { ...below, ...value }
    else if (field === 'environment_variables' && below !== undefined) merged[field] = byName(below, value)
    else merged[field] = value
  }
  return merged
}

function byName(under: Json, over: Json): Json {
  const variables = new Map<Json | undefined, Json>()
  for (const variable of [under, over].flat()) if (isJsonObject(variable)) variables.set(variable.name, variable)
  return [...variables.values()]
}

export interface Origin {
  readonly document: CompiledDocument
  /** Where in the document. */
  readonly at: Path
}

/**
 * Where a value of the merged document comes from: the strongest layer that writes it. `path` is in the merged
 * document. Null where no document writes it: it is a default.
 */
export function originOf(layers: readonly DeploymentLayer[], merged: DeploymentDocument, path: Path): Origin | null {
  for (const { fields, document, at } of layers.toReversed()) {
    const own = pathIn(fields, merged as unknown as JsonObject, path)
    if (own !== null) return { document, at: [...at, ...own] }
  }
  return null
}

/** The same value's path in a layer; elements of `environment_variables` are found by name. */
function pathIn(fields: JsonObject, merged: JsonObject, path: Path): Path | null {
  const [field, index, ...rest] = path
  if (field === 'environment_variables' && typeof index === 'number') {
    const name = variableName(merged, index)
    const variables = fields[field]
    const own = Array.isArray(variables) ? variables.findIndex((each) => isJsonObject(each) && each.name === name) : -1
    return own === -1 ? null : [field, own, ...rest]
  }
  let held: Json | undefined = fields
  for (const segment of path) {
    if (Array.isArray(held) && typeof segment === 'number') held = held[segment]
    else if (isJsonObject(held)) held = held[String(segment)]
    else return null
    if (held === undefined) return null
  }
  return path
}

function variableName(merged: JsonObject, index: number): Json | undefined {
  const variables = merged.environment_variables
  const variable: unknown = Array.isArray(variables) ? variables[index] : undefined
  return isJsonObject(variable) ? variable.name : undefined
}
