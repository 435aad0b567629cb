import { readContent } from '../../src/declared/compile-document.ts'
import type { DocumentKind } from '../../src/declared/catalog/layout.ts'
import { parseExactly } from '../../src/declared/yaml/exact.ts'
import { parseFast } from '../../src/declared/yaml/fast.ts'
import { decodeDocument } from '../../src/declared/yaml/text.ts'

/** No document may keep the others waiting for longer. */
export const LONGEST_MS = 1000

/** Time that this thread was at work, in milliseconds: what else the machine does does not count. */
export function workedMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

export interface Checked {
  /** What is wrong with the product, in words; empty where nothing is. */
  readonly findings: readonly string[]
  readonly milliseconds: number
  /** Whether the fast parser read it; null where no parser did. */
  readonly fast: boolean | null
}

/** Reads a document as the product does, and compares the two parsers on it. */
export function checkDocument(kind: DocumentKind, bytes: Uint8Array): Checked {
  const began = workedMs()
  try {
    const { faults } = readContent(kind, bytes)
    const milliseconds = workedMs() - began
    const places = faults.every(({ range: { start, end } }) =>
      [start.line, start.column, end.line, end.column].every((each) => Number.isInteger(each) && each > 0),
    )
    const { findings, fast } = compareParsers(bytes)
    return {
      findings: [
        ...(milliseconds > LONGEST_MS ? [`it took ${milliseconds.toFixed(0)} ms`] : []),
        ...(places ? [] : ['a diagnostic stands nowhere']),
        ...findings,
      ],
      milliseconds,
      fast,
    }
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { findings: [`it was thrown: ${what}`], milliseconds: workedMs() - began, fast: null }
  }
}

/** What the fast parser accepts the exact one accepts too, with the same value. */
export function compareParsers(bytes: Uint8Array): Pick<Checked, 'findings' | 'fast'> {
  const { text } = decodeDocument(bytes)
  if (text === null) return { findings: [], fast: null }
  const fast = parseFast(text)
  const exact = parseExactly(text)
  if (fast === null) return { findings: [], fast: exact.document === null ? null : false }
  if (exact.document === null) {
    const [fault] = exact.faults
    return { findings: [`only the fast parser reads it; the other says: ${fault?.summary ?? ''}`], fast: true }
  }
  const difference = firstDifference(fast.value, exact.document.value, '')
  return { findings: difference === null ? [] : [`the parsers read it differently: ${difference}`], fast: true }
}

/** Values, their order and the sign of zero; null where all is the same. */
function firstDifference(fast: unknown, exact: unknown, path: string): string | null {
  if (typeof fast !== 'object' || fast === null || typeof exact !== 'object' || exact === null) {
    return Object.is(fast, exact) ? null : `${path} is ${shown(fast)} to the fast one, ${shown(exact)} to the exact one`
  }
  if (Array.isArray(fast) !== Array.isArray(exact)) return `${path} is a list to one of them`
  const [fastEntries, exactEntries] = [Object.entries(fast), Object.entries(exact)]
  const keys = (entries: readonly (readonly [string, unknown])[]): string => JSON.stringify(entries.map(([key]) => key))
  if (keys(fastEntries) !== keys(exactEntries))
    return `${path} has ${keys(fastEntries)} to the fast one, ${keys(exactEntries)} to the exact one`
  for (const [index, [key, held]] of fastEntries.entries()) {
    const difference = firstDifference(held, exactEntries[index]?.[1], `${path}/${key}`)
    if (difference !== null) return difference
  }
  return null
}

function shown(value: unknown): string {
  return Object.is(value, -0) ? '-0' : (JSON.stringify(value) ?? String(value))
}
