import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { editorKeywords, schemaNodes } from '../../scripts/generate/schema-node.ts'
import { checkSchema } from '../../src/declared/schema-check.ts'
import type { DocumentKind } from '../../src/declared/catalog/layout.ts'
import { parseYaml } from '../../src/declared/yaml/document.ts'
import { isJsonObject, type Json, type JsonObject } from '../../src/domain/json.ts'
import { accepted } from './completed.ts'
import { kinds, root } from './kinds.ts'

const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).addVocabulary([...editorKeywords])

function problems(schema: JsonObject, value: Json): readonly string[] {
  const { $id: _, ...anonymous } = schema
  const validate = ajv.compile(anonymous)
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** A snippet's body as an editor writes it: its texts stand in the document as they are, so YAML decides their type. */
function written(body: Json): Json {
  if (typeof body === 'string') return parse(accepted(body))
  if (Array.isArray(body)) return body.map(written)
  if (!isJsonObject(body)) return body
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [accepted(name), written(value)]))
}

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])

describe.each(kinds)('the schema of $title', ({ title, schema, file }) => {
  const nodes = [...schemaNodes(schema)].filter(([, node]) => Object.keys(node).length > 0)
  const failing = (wrong: (node: JsonObject, at: string) => boolean) =>
    nodes.filter(([at, node]) => wrong(node, at)).map(([at]) => at)

  test('every place says what it is, in a sentence', () => {
    expect(nodes.length).toBeGreaterThan(5)
    expect(failing(({ description }) => typeof description !== 'string' || !/^\S.*\S[.]$/.test(description))).toEqual(
      [],
    )
  })

  test('every word of a list of words says what it means', () => {
    const said = ({ enum: words, enumDescriptions: meanings }: JsonObject) =>
      list(words).length === list(meanings).length && list(meanings).every((text) => String(text).endsWith('.'))
    expect(failing((node) => !said(node))).toEqual([])
  })

  test('every free string has an example', () => {
    const free = ({ type, enum: words, const: only }: JsonObject) =>
      type === 'string' && words === undefined && only === undefined
    expect(failing((node) => free(node) && list(node.examples).length === 0)).toEqual([])
  })

  test('every pattern says in words what to write', () => {
    expect(failing((node) => (node.pattern === undefined) !== (node.patternErrorMessage === undefined))).toEqual([])
  })

  test('every default and every example is valid where it stands', () => {
    for (const [at, node] of nodes) {
      const values = [...list(node.examples), ...(node.default === undefined ? [] : [node.default])]
      for (const value of values) expect(problems(node, value), at).toEqual([])
    }
  })

  test('every default is said in the description', () => {
    const silent = (node: JsonObject) => node.default !== undefined && !/Default/.test(String(node.description))
    expect(failing(silent)).toEqual([])
  })

  test('every snippet is valid where it is offered; there is one for the whole document', () => {
    expect(list(schema.defaultSnippets).length).toBeGreaterThan(0)
    for (const [at, node] of nodes) {
      const target = isJsonObject(node.items) ? node.items : node
      for (const snippet of list(node.defaultSnippets)) {
        if (!isJsonObject(snippet)) throw new Error(`a snippet at ${at} is no mapping`)
        expect(problems(target, written(snippet.body ?? null)), `${at} ${String(snippet.label)}`).toEqual([])
      }
    }
  })

  test('every list of mappings offers one to begin with', () => {
    const bare = ({ items, defaultSnippets: snippets }: JsonObject) =>
      isJsonObject(items) && isJsonObject(items.properties) && list(snippets).length === 0
    expect(failing(bare)).toEqual([])
  })

  test('refuses fields that it does not know', () => {
    const open = ({ properties, additionalProperties }: JsonObject) =>
      isJsonObject(properties) && additionalProperties !== false
    expect(failing(open)).toEqual([])
  })

  test('its example is valid and names the schema', () => {
    const text = readFileSync(join(root, 'schemas/examples', `${file}.yaml`))
    expect(text.toString()).toContain(`# yaml-language-server: $schema=../${file}.schema.json\n`)
    const { document, faults } = parseYaml(text)
    expect(faults).toEqual([])
    expect(document === null ? null : checkSchema(title as DocumentKind, document)).toEqual([])
  })
})

test('every kind has an example, and every example a kind', () => {
  const examples = readdirSync(join(root, 'schemas/examples')).map((name) => name.replace('.yaml', ''))
  expect(examples.sort()).toEqual(kinds.map(({ file }) => file).sort())
})
