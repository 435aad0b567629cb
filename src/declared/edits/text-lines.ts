import type { Splice } from './splices.ts'

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

/** The offset behind the line end that follows; the text's length in the last line. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

/** The offset of the line's end: before its `\n` or `\r\n`. */
export function lineEnd(text: string, offset: number): number {
  const next = nextLine(text, offset)
  if (next === offset || text[next - 1] !== '\n') return next
  return text[next - 2] === '\r' && next - 2 >= offset ? next - 2 : next - 1
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset)
}

export function isFirstOnLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === ''
}

/** The line end of the line at `offset`, else of the line before it, else `\n`. */
export function lineEndingAt(text: string, offset: number): string {
  const here = text.indexOf('\n', offset)
  const end = here >= 0 ? here : text.lastIndexOf('\n')
  return end > 0 && text[end - 1] === '\r' ? '\r\n' : '\n'
}

/** Whether nothing but blanks and a comment follows in the line. */
export function endsLine(text: string, offset: number): boolean {
  return /^[ \t]*$|^[ \t]+#/.test(text.slice(offset, lineEnd(text, offset)))
}

/**
 * The end of the lines of an item in block style that ends at `contentEnd` and begins in `column`: the rest of its
 * line and the comments below that are indented more than the item.
 */
export function tailEnd(text: string, contentEnd: number, column: number): number {
  let end = text[contentEnd - 1] === '\n' ? contentEnd : nextLine(text, contentEnd)
  let at = end
  while (at < text.length) {
    const line = text.slice(at, nextLine(text, at)).trimEnd()
    at = nextLine(text, at)
    if (line === '') continue
    const indent = /^( *)#/.exec(line)?.[1]
    if (indent === undefined || indent.length <= column) break
    end = at
  }
  return end
}

/** A line for an editor, not about the key below it. */
const modeline = /yaml-language-server:|\$schema/

/**
 * Where the lines of an item begin that starts at `start`, the first thing in its line: with the comment lines directly
 * above that are indented as it is (`column` null: in any way). Never goes above `floor`, the end of what is before.
 */
export function headStart(text: string, start: number, floor: number, column: number | null): number {
  let begin = lineStart(text, start)
  while (begin > 0) {
    const above = lineStart(text, begin - 1)
    if (above < floor) break
    const line = text.slice(above, begin)
    const indent = /^([ \t]*)#/.exec(line)?.[1]
    if (indent === undefined || modeline.test(line) || (column !== null && indent.length !== column)) break
    begin = above
  }
  return begin
}

/** New lines at the start of a line, or behind a last line that has no line end (and then has none again). */
export function insertLines(text: string, at: number, lines: readonly string[]): Splice {
  const ending = lineEndingAt(text, Math.max(0, at - 1))
  const unended = at === text.length && at > 0 && text[at - 1] !== '\n'
  const joined = lines.join(ending)
  return { start: at, end: at, text: unended ? ending + joined : joined + ending }
}

/** Removes whole lines; where they were the last ones and had no line end, a line of text before them loses its own. */
export function removeLines(text: string, start: number, end: number): Splice {
  const unended = end === text.length && text[end - 1] !== '\n' && start > 0
  const before = text.slice(lineStart(text, Math.max(0, start - 1)), start)
  const ending = before.endsWith('\r\n') ? 2 : 1
  return { start: unended && before.trim() !== '' ? start - ending : start, end, text: '' }
}
