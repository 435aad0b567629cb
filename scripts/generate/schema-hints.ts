import { isJsonObject, type Json, type JsonObject } from '../../src/domain/json.ts'
import { mappingAt, schemaNodes, type KindSchema } from './schema-node.ts'

/** An example that is longer says less. */
const LONGEST_EXAMPLE = 80

/**
 * By schema and place in it: the names of the known fields, what a text must look like, the spellings that are only
 * read with the one that is written, and an example of a list or mapping as YAML of one line; all for help.
 */
export function schemaHints(schemas: readonly KindSchema[]): string {
  const fields: Record<string, string[]> = {}
  const forms: Record<string, string> = {}
  const spellings: Record<string, Record<string, string>> = {}
  const shown: Record<string, string> = {}
  for (const { title, schema } of schemas) {
    for (const [at, node] of schemaNodes(schema)) {
      const place = `${title}#${at}`
      const { properties, patternErrorMessage, type } = node
      if (isJsonObject(properties)) fields[place] = Object.keys(properties)
      if (typeof patternErrorMessage === 'string') forms[place] = patternErrorMessage
      const read = onlyRead(node)
      if (Object.keys(read).length > 0) spellings[place] = read
      const example = at !== '' && (type === 'array' || type === 'object') ? exampleOf(node) : undefined
      const text = example === undefined ? '' : flow(example)
      if (text !== '' && text.length <= LONGEST_EXAMPLE) shown[place] = text
    }
  }
  const table = (name: string, type: string, value: unknown): string =>
    `export const ${name}: Readonly<Record<string, ${type}>> = ${JSON.stringify(value, null, 1)}\n`
  return [
    table('knownFields', 'readonly string[]', fields),
    table('textForms', 'string', forms),
    table('readSpellings', 'Readonly<Record<string, string>>', spellings),
    table('examples', 'string', shown),
  ].join('')
}

/** Words of an `enum` whose description says how they are read: `canory` → `canary`. */
function onlyRead(node: JsonObject): Record<string, string> {
  const { enum: words, enumDescriptions: descriptions } = node
  if (!Array.isArray(words) || !Array.isArray(descriptions)) return {}
  const read = words.flatMap((word: Json, index) => {
    const written = /^Read as (.*)\.$/.exec(String(descriptions[index]))?.[1]
    return written === undefined ? [] : [[String(word), written] as const]
  })
  return Object.fromEntries(read)
}

/** A value that the schema accepts, as short as one can be told from its examples. */
function exampleOf(node: JsonObject): Json | undefined {
  const { examples, default: preset, const: only, enum: words, items, type } = node
  const [example] = Array.isArray(examples) ? examples : []
  const [word] = Array.isArray(words) ? words : []
  const own = [example, preset, only, word].find((value) => value !== undefined && flow(value) !== '[]')
  if (own !== undefined) return own
  if (type === 'array') {
    const element = isJsonObject(items) ? exampleOf(items) : undefined
    return element === undefined ? undefined : [element]
  }
  return type === 'object' ? mappingExample(node) : undefined
}

function mappingExample(node: JsonObject): Json | undefined {
  const known = Object.entries(mappingAt(node, 'properties')).flatMap(([name, child]) => {
    const example = isJsonObject(child) ? exampleOf(child) : undefined
    return example === undefined ? [] : [[name, example] as const]
  })
  const required = Array.isArray(node.required) ? node.required : []
  if (required.some((name) => known.every(([key]) => key !== name))) return undefined
  const needed = required.length > 0 ? known.filter(([name]) => required.includes(name)) : known.slice(0, 1)
  return needed.length === 0 ? undefined : Object.fromEntries(needed)
}

/** YAML of one line, as the documents of the repository write it. */
function flow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((element: Json) => flow(element)).join(', ')}]`
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([name, held]) => `${name}: ${flow(held)}`)
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }
  const isPlain =
    typeof value !== 'string' || /^(?!(?:true|false|null)$)(?:[A-Za-z/]|\d+[a-z])[\w./@:-]*(?: [\w./@-]+)*$/.test(value)
  return isPlain && !String(value).endsWith(':') ? String(value) : JSON.stringify(value)
}
