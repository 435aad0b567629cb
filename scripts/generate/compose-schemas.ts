import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { isJsonObject, type Json, type JsonObject } from '../../src/domain/json.ts'
import type { KindSchema } from './schema-node.ts'

const SHARED = 'shared.yaml'

/** Reads `schemas/source/` and puts every kind's schema together as it is published: one file without references. */
export async function composeSchemas(folder: string): Promise<readonly KindSchema[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml') && file !== SHARED).sort()
  const shared = await readMapping(join(folder, SHARED))
  return Promise.all(
    files.map(async (name) => {
      const file = name.replace('.yaml', '.schema.json')
      const body = composed(await readMapping(join(folder, name)), shared)
      const schema = { $schema: 'http://json-schema.org/draft-07/schema#', $id: file, ...body }
      return { file, title: String(body.title), schema }
    }),
  )
}

async function readMapping(path: string): Promise<JsonObject> {
  const value: unknown = parse(await readFile(path, 'utf8'))
  if (!isJsonObject(value)) throw new Error(`${path} holds no mapping`)
  return value
}

/** One schema node: references to shared pieces are replaced by them, and a node with fields refuses all others. */
function composed(node: JsonObject, shared: JsonObject): JsonObject {
  const { $ref: reference, ...own } = node
  if (typeof reference === 'string') return composed({ ...piece(reference, shared), ...own }, shared)
  const entries = Object.entries(own).map(([keyword, value]) => [keyword, composedValue(keyword, value, shared)])
  const result = withMarkdown(Object.fromEntries(entries))
  return isJsonObject(result.properties) ? { type: 'object', additionalProperties: false, ...result } : result
}

function piece(reference: string, shared: JsonObject): JsonObject {
  const found = shared[reference.replace(`${SHARED}#/`, '')]
  if (!isJsonObject(found)) throw new Error(`no shared piece ${reference}`)
  return found
}

function composedValue(keyword: string, value: Json, shared: JsonObject): Json {
  if (!isJsonObject(value)) return value
  if (keyword === 'items' || keyword === 'additionalProperties') return composed(value, shared)
  if (keyword !== 'properties') return value
  const fields = Object.entries(value).map(([name, child]) => [
    name,
    isJsonObject(child) ? composed(child, shared) : child,
  ])
  return Object.fromEntries(fields)
}

/**
 * Editors escape a plain description. One that marks words as code, or comes with a `yamlExample` (a keyword of the
 * sources only), is given as Markdown too.
 */
function withMarkdown({ yamlExample, ...node }: JsonObject): JsonObject {
  const { description } = node
  if (typeof description !== 'string') return node
  const example = typeof yamlExample === 'string' ? `\n\n\`\`\`yaml\n${yamlExample}\n\`\`\`` : ''
  if (example === '' && !description.includes('`')) return node
  return { ...node, markdownDescription: `${description}${example}` }
}
