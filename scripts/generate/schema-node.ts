import { isJsonObject, type Json, type JsonObject } from '../../src/domain/json.ts'

/** A composed schema of one kind and the file it is published in. */
export interface KindSchema {
  /** `model-version.schema.json` */
  readonly file: string
  /** `ModelVersion` */
  readonly title: string
  readonly schema: JsonObject
}

/** Keywords for editors and pages; they decide nothing. */
export const editorKeywords = [
  'enumDescriptions',
  'markdownDescription',
  'defaultSnippets',
  'patternErrorMessage',
] as const

/** Keywords that say something to people and refuse nothing. */
const saying: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples', ...editorKeywords])

/** The schema without what refuses nothing: what a validator needs to hold. */
export function refusing(node: JsonObject): JsonObject {
  const kept = Object.entries(node).filter(([keyword]) => !saying.has(keyword))
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, refusingValue(keyword, value)]))
}

function refusingValue(keyword: string, value: Json): Json {
  if (!isJsonObject(value)) return value
  if (keyword === 'items' || keyword === 'additionalProperties') return refusing(value)
  if (keyword !== 'properties') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, isJsonObject(child) ? refusing(child) : child]),
  )
}

/** The mapping at `name`, or an empty one. */
export function mappingAt(node: JsonObject, name: string): JsonObject {
  const value = node[name]
  return isJsonObject(value) ? value : {}
}

/** Every schema node below `node`, itself first, with its place (`/properties/stages/items`). */
export function* schemaNodes(node: JsonObject, at = ''): Generator<readonly [string, JsonObject]> {
  yield [at, node]
  for (const [name, child] of Object.entries(mappingAt(node, 'properties'))) {
    if (isJsonObject(child)) yield* schemaNodes(child, `${at}/properties/${name}`)
  }
  for (const name of ['items', 'additionalProperties']) {
    const child = node[name]
    if (isJsonObject(child)) yield* schemaNodes(child, `${at}/${name}`)
  }
}
