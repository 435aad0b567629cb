import { isJsonObject, type JsonObject } from '../domain/json.ts'

/** The first line of a text of ours on GitHub: not shown, and by it the text is found and known again. */
export function hiddenLine(kind: 'plan' | 'proposal', value: JsonObject): string {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e')
  return `<!-- steward:${kind} ${json} -->`
}

/** What it holds; null for any other text, also one that begins like ours and is not. */
export function readHiddenLine(kind: 'plan' | 'proposal', text: string): JsonObject | null {
  const [line = ''] = text.split(/\r?\n/, 1)
  const begin = `<!-- steward:${kind} `
  if (!line.startsWith(begin) || !line.endsWith(' -->')) return null
  return parseObject(line.slice(begin.length, -' -->'.length))
}

/** JSON of an object; null for anything else. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}
