import { firstLine, type Range } from '../../domain/diagnostics.ts'
import type { Fault, Path, YamlDocument } from '../fault.ts'
import { decodeDocument } from './text.ts'
import { parseFast } from './fast.ts'
import { parseExactly, type LocatedDocument } from './exact.ts'

export interface ParseResult {
  /** Null where an error stands in the faults. */
  readonly document: YamlDocument | null
  readonly faults: readonly Fault[]
  /** The file without its byte order mark; empty where it is no text. */
  readonly text: string
}

/**
 * Reads one document; every fault that can be told in one pass is returned. Documents of the common kind are read by
 * a fast parser that knows no positions (js-yaml); whatever it refuses or could read otherwise than the exact one
 * (yaml) is read by that. The two are compared by `npm run fuzz`.
 */
export function parseYaml(bytes: Uint8Array): ParseResult {
  const { text, faults } = decodeDocument(bytes)
  if (text === null) return { document: null, faults, text: '' }
  const fast = parseFast(text)
  if (fast !== null) return { document: new LazyDocument(fast.value, bytes), faults, text }
  const exact = parseExactly(text)
  return { document: exact.document, faults: [...faults, ...exact.faults], text }
}

/** Finds positions when they are asked for: hardly any document needs them. */
class LazyDocument implements YamlDocument {
  readonly value: unknown
  /** The fast parser leaves whatever is large to the exact one. */
  readonly isSmall = true
  readonly #bytes: Uint8Array
  /** Given up when memory is short: it is many times as large as the text. */
  #located: WeakRef<LocatedDocument> | null = null
  /** Too large for the exact parser: all that is said of it stands at its first line. */
  #tooLarge = false

  constructor(value: unknown, bytes: Uint8Array) {
    this.value = value
    this.#bytes = bytes
  }

  rangeOf(path: Path): Range {
    return this.#locate()?.rangeOf(path) ?? firstLine
  }

  keyRangeOf(path: Path): Range {
    return this.#locate()?.keyRangeOf(path) ?? firstLine
  }

  sourceOf(path: Path): string | null {
    return this.#locate()?.sourceOf(path) ?? null
  }

  /** A key of the outermost mapping begins its line, and nothing else that begins a line looks like it. */
  lineOf(key: string): number {
    const text = decodeDocument(this.#bytes).text ?? ''
    const at = text.startsWith(`${key}:`) ? 0 : text.indexOf(`\n${key}:`) + 1
    if (at === 0 && !text.startsWith(`${key}:`)) return this.rangeOf([key]).start.line
    return text.slice(0, at).split('\n').length
  }

  #locate(): LocatedDocument | null {
    const known = this.#located?.deref()
    if (known !== undefined || this.#tooLarge) return known ?? null
    const { document } = parseExactly(decodeDocument(this.#bytes).text ?? '')
    this.#tooLarge = document === null
    this.#located = document === null ? null : new WeakRef(document)
    return document
  }
}
