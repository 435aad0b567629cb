import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { JsonObject } from '../../src/domain/json.ts'

export const root = join(import.meta.dirname, '../..')

export interface Kind {
  /** `model-version` */
  readonly file: string
  /** `ModelVersion` */
  readonly title: string
  readonly schema: JsonObject
  /** The line by which a document names its schema to an editor. */
  readonly modeline: string
}

/** Every kind that has a published schema. */
export const kinds: readonly Kind[] = readdirSync(join(root, 'schemas'))
  .filter((name) => name.endsWith('.schema.json'))
  .map((name) => {
    const path = join(root, 'schemas', name)
    const schema: JsonObject = JSON.parse(readFileSync(path, 'utf8'))
    const modeline = `# yaml-language-server: $schema=${pathToFileURL(path).href}`
    return { file: name.replace('.schema.json', ''), title: String(schema.title), schema, modeline }
  })

export function kindNamed(title: string): Kind {
  const kind = kinds.find((kind) => kind.title === title)
  if (kind === undefined) throw new Error(`no schema of ${title}`)
  return kind
}
