import type { CST } from 'yaml'
import type { Splice } from './splices.ts'
import { lineEndingAt } from './text-lines.ts'
import { bodyStart, headerEnd, tokenEnd } from './tokens.ts'
import { isPrintable } from './write-scalar.ts'

/**
 * Text over several lines in the place of a literal block (`|`), in the indentation that it had. Null where the text
 * is one line, would need more than `|` and `|-`, or could not be told from indentation; quotes carry those.
 */
export function literalReplacement(text: string, old: CST.Token | null, value: string): Splice[] | null {
  if (old?.type !== 'block-scalar' || !text.startsWith('|', old.offset) || !old.source.endsWith('\n')) return null
  const header = text.slice(old.offset, headerEnd(old))
  const indent = /^ +(?=[^ \r\n])/.exec(old.source)?.[0]
  if (/\d/.test(header) || indent === undefined) return null
  const ended = value.endsWith('\n')
  const lines = (ended ? value.slice(0, -1) : value).split('\n')
  if (lines.length < 2 || lines.at(-1) === '' || !lines.every(isPlainLine) || !/^\S/.test(value)) return null
  const ending = lineEndingAt(text, bodyStart(old))
  const body = lines.map((line) => (line === '' ? '' : indent + line) + ending).join('')
  return [
    { start: old.offset, end: headerEnd(old), text: ended ? '|' : '|-' },
    { start: bodyStart(old), end: tokenEnd(old), text: body },
  ]
}

function isPlainLine(line: string): boolean {
  return isPrintable(line) && !/\s$/.test(line)
}
