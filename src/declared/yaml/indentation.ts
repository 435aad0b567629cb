export interface Field {
  /** Columns before the key, of which dashes are a part. */
  readonly indent: number
  readonly key: string
  readonly value: string
}

/** The field that a line begins behind any dashes; null where it begins none. */
export function fieldOf(line: string): Field | null {
  const indent = /^\s*(?:- +)*/.exec(line)?.[0].length ?? 0
  const rest = line.slice(indent)
  const colon = rest.search(/:(?:\s|$)/)
  const key = rest.slice(0, Math.max(0, colon)).trimEnd()
  if (key === '' || /^[#[\]{},&*!|>%@`]/.test(key) || key.includes(' #')) return null
  return { indent, key, value: rest.slice(colon + 1).trim() }
}

function isBlank(line: string): boolean {
  return /^\s*(?:#|$)/.test(line)
}

export function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

/** The first line at or after `from` that says something; `from` itself if there is none. */
export function firstSaying(lines: readonly string[], from: number): number {
  for (let index = from; index < lines.length; index += 1) {
    if (!isBlank(lines[index] ?? '')) return index
  }
  return from
}

/** The columns at which a line could stand: those of the lines that it stands below, the deepest first. */
function openIndents(lines: readonly string[], at: number): readonly number[] {
  const open: number[] = []
  let least = Infinity
  for (let index = at - 1; index >= 0 && least > 0; index -= 1) {
    const line = lines[index] ?? ''
    const indent = indentOf(line)
    if (isBlank(line) || indent >= least) continue
    const inner = fieldOf(line)?.indent ?? indent
    if (inner < least) open.push(inner)
    if (inner !== indent) open.push(indent)
    least = indent
  }
  return open
}

/** The nearest of them to where the line does stand; the deeper of two. */
export function wantedIndent(lines: readonly string[], at: number): number {
  const own = indentOf(lines[at] ?? '')
  const [nearest = own] = openIndents(lines, at).toSorted((a, b) => Math.abs(a - own) - Math.abs(b - own) || b - a)
  return nearest
}
