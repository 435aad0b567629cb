import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts'
import type { Fault, Path, YamlDocument } from '../fault.ts'
import { pathOf } from '../pointers.ts'
import validators from '../generated/validators.cjs'

const SHOWN = 5

/** `inference.input.schema` and `inference.output.schema` are JSON Schemas (draft-07 and what later drafts share with it). */
export function checkInferenceSchemas(value: JsonObject, document: YamlDocument): Fault[] {
  const inference = isJsonObject(value.inference) ? value.inference : {}
  return (['input', 'output'] as const).flatMap((side) => {
    const held = inference[side]
    const schema = isJsonObject(held) ? held.schema : undefined
    if (!isJsonObject(schema)) return []
    const place: Path = ['inference', side, 'schema']
    const wrong = [
      ...breaches(schema),
      ...walk({ root: schema, anchors: new Set(anchorsOf(schema)) }, schema, []),
    ].slice(0, SHOWN)
    return wrong.map(({ path, message }) => ({
      code: 'ST1107' as const,
      summary: `the ${side} schema is no JSON Schema: ${message}`,
      help: 'See the keywords of JSON Schema draft-07.',
      range: document.rangeOf([...place, ...path]),
      pointer: `/${[...place, ...path].join('/')}`,
    }))
  })
}

interface Breach {
  readonly path: Path
  readonly message: string
}

/** What the meta-schema refuses; where a choice failed, only the choice itself. */
function breaches(schema: JsonObject): Breach[] {
  const validate = validators.JsonSchema
  if (validate(schema)) return []
  const errors = validate.errors ?? []
  const byPlace = Map.groupBy(errors, ({ instancePath }) => instancePath)
  return [...byPlace].map(([pointer, all]) => {
    const [first] = all
    const allowed = all.find(({ keyword }) => keyword === 'enum')?.params.allowedValues
    const name = pointer.slice(pointer.lastIndexOf('/') + 1)
    const message = Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : (first?.message ?? 'is wrong')
    return { path: pathOf(pointer), message: `${name === '' ? 'it' : `\`${name}\``} ${message}` }
  })
}

/** A schema with the names that it gives to its parts. */
interface Whole {
  readonly root: JsonObject
  readonly anchors: ReadonlySet<string>
}

/** What the meta-schema can not see: patterns that do not compile, and references that lead nowhere. */
function walk(whole: Whole, held: Json, path: Path): Breach[] {
  if (Array.isArray(held)) return held.flatMap((element: Json, index) => walk(whole, element, [...path, index]))
  if (!isJsonObject(held)) return []
  const found: Breach[] = []
  const { pattern, $ref: reference } = held
  if (typeof pattern === 'string' && !compiles(pattern)) {
    found.push({ path: [...path, 'pattern'], message: '`pattern` is no regular expression' })
  }
  if (typeof reference === 'string' && !leadsSomewhere(whole, reference)) {
    found.push({ path: [...path, '$ref'], message: `\`$ref\` ${reference} leads nowhere in this schema` })
  }
  return [...found, ...Object.entries(held).flatMap(([name, element]) => walk(whole, element, [...path, name]))]
}

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp
  } catch {
    return false
  }
}

function leadsSomewhere({ root, anchors }: Whole, reference: string): boolean {
  if (reference === '#') return true
  if (!reference.startsWith('#/')) return anchors.has(reference)
  let held: Json | undefined = root
  for (const segment of pathOf(reference.slice(1))) {
    held = Array.isArray(held) ? held[Number(segment)] : isJsonObject(held) ? held[String(segment)] : undefined
  }
  return held !== undefined
}

/** Names that a schema gives to its parts: `$id: "#text"`. */
function anchorsOf(held: Json): string[] {
  if (Array.isArray(held)) return held.flatMap((element: Json) => anchorsOf(element))
  if (!isJsonObject(held)) return []
  const own = typeof held.$id === 'string' && held.$id.startsWith('#') ? [held.$id] : []
  return [...own, ...Object.values(held).flatMap(anchorsOf)]
}
