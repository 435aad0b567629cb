import { editYaml, type Edit, type EditPath } from '../../../src/declared/edits/edit-yaml.ts'
import type { Json } from '../../../src/domain/json.ts'

/** A text written over several lines of a test: without its first line end and without its common indentation. */
export function yaml(parts: TemplateStringsArray): string {
  const text = parts.join('').replace(/^\n/, '').replace(/ +$/, '')
  const indents = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => /^ */.exec(line)?.[0].length ?? 0)
  return text.replaceAll(new RegExp(`^ {${Math.min(...indents)}}`, 'gm'), '')
}

export interface Golden {
  readonly reason: string
  readonly before: string
  readonly edits: readonly Edit[]
  readonly after: string
}

/** The text after the edits; the problem as text where they are refused, so that a failing test shows it. */
export function edited(text: string, edits: readonly Edit[]): string {
  const result = editYaml(text, edits)
  if ('text' in result) return result.text
  const { message, line, column } = result.problem
  return `${line}:${column}: ${message}`
}

export const put = (path: EditPath, value: Json): Edit => ({ kind: 'set', path, value })
export const add = (path: EditPath, value: Json, after?: string): Edit =>
  after === undefined ? { kind: 'insert', path, value } : { kind: 'insert', path, value, after }
export const remove = (...path: EditPath): Edit => ({ kind: 'delete', path })
