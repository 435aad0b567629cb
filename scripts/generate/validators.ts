import { Ajv, type AnySchemaObject } from 'ajv'
import draft07 from 'ajv/dist/refs/json-schema-draft-07.json' with { type: 'json' }
import standaloneModule from 'ajv/dist/standalone/index.js'
import { refusing, type KindSchema } from './schema-node.ts'

const META = 'json-schema.schema.json'

/**
 * Code of one validator for each kind, and `JsonSchema` for JSON Schemas themselves. It needs no package when it runs.
 */
export function validatorsCode(schemas: readonly KindSchema[]): string {
  const ajv = new Ajv({
    allErrors: true,
    logger: false,
    verbose: false,
    unicode: false,
    strict: true,
    allowUnionTypes: true,
    validateFormats: false,
    code: { source: true, esm: false, lines: true },
  })
  ajv.addMetaSchema(withoutDeepEquality(draft07))
  for (const { schema } of schemas) ajv.addSchema(refusing(schema))
  const exported = Object.fromEntries(schemas.map(({ title, file }) => [title, file]))
  const standalone = (standaloneModule as unknown as { default: (ajv: Ajv, refs: Record<string, string>) => string })
    .default
  return standalone(ajv, { ...exported, JsonSchema: META })
}

/**
 * The meta-schema without the two `uniqueItems` that would compare any values: that would take a package at run time.
 * The words of `type` stay unique; an `enum` may repeat a value, which does no harm.
 */
function withoutDeepEquality(meta: typeof draft07): AnySchemaObject {
  const [one, several] = meta.properties.type.anyOf
  const { uniqueItems: _, ...list } = meta.properties.enum
  const words = { ...several, items: { type: 'string', ...meta.definitions.simpleTypes } }
  return { ...meta, $id: META, properties: { ...meta.properties, enum: list, type: { anyOf: [one, words] } } }
}

/** Declarations of what `validatorsCode` exports. */
export function validatorTypes(schemas: readonly KindSchema[]): string {
  const lines = [...schemas.map(({ title }) => title), 'JsonSchema'].map((name) => `export const ${name}: Validator`)
  return `export interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly schemaPath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string
}
export interface Validator {
  (value: unknown): boolean
  errors?: readonly SchemaError[] | null
}
${lines.join('\n')}
`
}
