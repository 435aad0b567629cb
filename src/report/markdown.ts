import { maskTokens } from '../domain/secret-tokens.ts'
import { plain } from './diagnostics.ts'

/**
 * Text of others inside Markdown of GitHub. Names, descriptions and values come from whoever opens a pull request: none
 * may call a person (`@name`), refer to an issue (`#1`), become a link, open or close a block, or be HTML. What may be a
 * secret is masked.
 */

/** Joins nothing visible, and parts what would be recognised. */
const APART = '\u200b'

/** A value, as code: GitHub looks for nothing in it. */
export function code(text: string): string {
  const line = oneLine(text)
  if (line.trim() === '') return '`(empty)`'
  const fence = '`'.repeat(longestRun(line) + 1)
  const pad = line.startsWith('`') || line.endsWith('`') || line.startsWith(' ') ? ' ' : ''
  return `${fence}${pad}${line}${pad}${fence}`
}

/** A sentence: what would be Markdown, HTML, a mention, a reference or an address is shown as it is written. */
export function sentence(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()~!^$]/g, (char) => `\\${char}`)
    .replaceAll(/[@#]/g, (char) => char + APART)
    .replaceAll(/\b(?:GH|gh|Gh|gH)-(?=\d)/g, (found) => found + APART)
    .replaceAll('://', `:${APART}//`)
    .replaceAll(/www\./gi, (found) => `${found.slice(0, 3)}${APART}.`)
    .replaceAll('|', '&#124;')
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)\./, '$1\\.')
}

/** A block of code. Its fence is longer than any in it. */
export function fenced(language: string, lines: readonly string[]): string[] {
  const shown = lines.map((line) => maskTokens(plain(line)).replaceAll('\n', ' '))
  const fence = '`'.repeat(Math.max(3, ...shown.map((line) => longestRun(line) + 1)))
  return [`${fence}${language}`, ...shown, fence]
}

/** A part that is folded; `summary` is Markdown of ours without blocks, shown as HTML. */
export function folded(summary: string, lines: readonly string[], open = false): string[] {
  return [`<details${open ? ' open' : ''}><summary>${summary}</summary>`, '', ...lines, '', '</details>']
}

/** Text of others inside `<summary>`, where Markdown is not read. */
export function htmlText(text: string): string {
  const bare = oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<code>${bare}</code>`
}

export function link(text: string, url: string): string {
  return `[${text}](${url.replaceAll(/[()\s<>|]/g, (char) => encodeURIComponent(char).replace('(', '%28').replace(')', '%29'))})`
}

/** A table; cells are Markdown without line ends, in which a | is text: GitHub takes one \ before it away, in code too. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(inCell).join(' | ')} |`
  return [line(header), `|${' --- |'.repeat(header.length)}`, ...rows.map(line)]
}

/** A \ before a | would be taken for its escape, and the | for the end of the cell: they are parted. */
function inCell(cell: string): string {
  return cell.replaceAll('\\|', `\\${APART}|`).replaceAll('|', '\\|')
}

function oneLine(text: string): string {
  return maskTokens(plain(text)).replaceAll(/[\n\t]/g, ' ')
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}
