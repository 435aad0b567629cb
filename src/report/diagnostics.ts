import { styleText } from 'node:util'
import type { Diagnostic, Range } from '../domain/diagnostics.ts'

/** Lines of a file by path, for framing; null where the text is not at hand. */
export type SourceText = (path: string) => string | null

/** A text with some places made unreadable; line ends stay. */
export function maskRanges(text: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return text
  const lines = text.split('\n')
  for (const { start, end } of ranges) {
    for (let line = start.line; line <= Math.min(end.line, lines.length); line += 1) {
      const held = lines[line - 1] ?? ''
      const from = line === start.line ? start.column - 1 : 0
      const to = line === end.line ? end.column - 1 : held.length
      lines[line - 1] = held.slice(0, from) + held.slice(from, to).replaceAll(/[^\r\s]/g, '*') + held.slice(to)
    }
  }
  return lines.join('\n')
}

type Paint = (style: 'red' | 'yellow' | 'cyan' | 'bold' | 'dim', text: string) => string

export function painter(colour: boolean): Paint {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text)
}

/** Like a compiler's: message, `--> file:line:column`, the framed line, notes, help. */
export function prettyDiagnostic(diagnostic: Diagnostic, text: SourceText, colour: boolean): string {
  const paint = painter(colour)
  const { code, severity, summary, detail, help, path, range, related } = diagnostic
  const { line, column } = range.start
  const width = String(line).length
  const gutter = (label: string): string => paint('cyan', `${label.padStart(width)} |`)
  const out = [
    `${paint(severity === 'error' ? 'red' : 'yellow', `${severity}[${code}]`)}${paint('bold', `: ${plain(summary)}`)}`,
    `${' '.repeat(width)}${paint('cyan', '-->')} ${plain(path)}:${line}:${column}`,
  ]
  const source = text(path)?.split(/\r?\n/)[line - 1]
  if (source !== undefined && source.trim() !== '') {
    const end = range.end.line === line ? range.end.column : source.length + 1
    const marks = '^'.repeat(Math.max(1, Math.min(end - column, source.length + 1 - column)))
    const lead = source.slice(0, column - 1).replaceAll(/[^\t]/g, ' ')
    out.push(gutter(''), `${gutter(String(line))} ${plain(source)}`)
    out.push(`${gutter('')} ${lead}${paint(severity === 'error' ? 'red' : 'yellow', marks)}`)
  }
  const note = (label: string, content: string): string =>
    `${' '.repeat(width)} ${paint('cyan', '=')} ${paint('bold', label)}: ${plain(content)}`
  if (detail !== undefined) out.push(note('note', detail))
  for (const { path: other, range: at, message } of related) {
    out.push(note('note', `${message}: ${other}:${at.start.line}:${at.start.column}`))
  }
  if (help !== undefined) out.push(note('help', help))
  return out.join('\n')
}

/** What comes from documents never steers a terminal: control characters and marks of direction are shown, not sent. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (char) => {
    if (char === '\t' || char === '\n') return char
    const code = char.charCodeAt(0).toString(16)
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
  })
}

export function countText(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

/** A reason below the line that it belongs to: all of it, as far as a terminal shows it well. */
export function reasonText(reason: string, indent: string): string {
  const lines = reason.split('\n').filter((line) => line.trim() !== '')
  const shown = lines.length > 12 ? [...lines.slice(0, 1), '…', ...lines.slice(-10)] : lines
  return shown.map((line) => `\n${indent}${plain(line)}`).join('')
}
