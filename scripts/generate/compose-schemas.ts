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
  const whole = typeof reference === 'string' ? { ...piece(reference, own, shared), ...own } : own
  const entries = Object.entries(whole).map(([keyword, value]) => [keyword, composedValue(keyword, value, shared)])
  const result: JsonObject = Object.fromEntries(entries)
  return isJsonObject(result.properties) ? { type: 'object', additionalProperties: false, ...result } : result
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

/** A shared piece; its longer description goes when the place that uses it writes a description of its own. */
function piece(reference: string, own: JsonObject, shared: JsonObject): JsonObject {
  const found = shared[reference.replace(`${SHARED}#/`, '')]
  if (!isJsonObject(found)) throw new Error(`no shared piece ${reference}`)
  const whole = composed(found, shared)
  if (own.description === undefined) return whole
  const { markdownDescription: _, ...rest } = whole
  return rest
}
