import { isJsonObject, type JsonObject } from '../../src/domain/json.ts'

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
