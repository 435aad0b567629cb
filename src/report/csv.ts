import { plain } from './diagnostics.ts'

export type Cell = string | number | boolean | null

/**
 * A table as RFC 4180 says: lines end with CR LF, the last one with whatever the writer of lines puts behind it.
 * A reader gets back each value, apart from the marks of `cellText`.
 */
export function csvText(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map(csvLine).join('\r\n')
}

/** One row without its end, for tables that are written as they are read. */
export function csvLine(cells: readonly Cell[]): string {
  return cells.map((cell) => quoted(cellText(cell))).join(',')
}

/**
 * A text that a spreadsheet would take for a formula is led by ' (OWASP, "CSV Injection"); control characters are
 * shown, not sent, since a table may be printed at a terminal. Numbers are as they are, -1 too.
 */
function cellText(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell)
  const text = plain(cell)
  return /^[=+\-@\t\n]/.test(text) ? `'${text}` : text
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
