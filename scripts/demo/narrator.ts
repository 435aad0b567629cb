import { NotObserved } from './waiting.ts'

const INDENT = '   '

/** What the reader sees: numbered steps, what one would type, what the product answers, and what was observed. */
export class Narrator {
  readonly #write: (text: string) => void
  readonly #colour: boolean
  #step = 0

  constructor(write: (text: string) => void, colour: boolean) {
    this.#write = write
    this.#colour = colour
  }

  line(text = ''): void {
    this.#write(`${text}\n`)
  }

  heading(title: string): void {
    this.#step += 1
    this.line(`\n${this.#paint('1', `${this.#step}. ${title}`)}`)
  }

  sentence(text: string): void {
    this.line(`${INDENT}${text}`)
  }

  typed(command: string): void {
    this.line(`${INDENT}${this.#paint('36', `$ ${command}`)}`)
  }

  /** The product's own words. */
  shown(text: string): void {
    for (const line of text.trimEnd().split('\n')) this.line(line === '' ? '' : `${INDENT}  ${line}`)
  }

  /** A fact that has been observed. */
  seen(fact: string): void {
    this.line(`${INDENT}${this.#paint('32', '✓')} ${fact}`)
  }

  /** Ticks the fact off, or ends the demo. */
  observe(fact: string, holds: boolean, instead = ''): void {
    if (!holds) throw new NotObserved(instead === '' ? fact : `${fact}: ${instead}`)
    this.seen(fact)
  }

  table(rows: readonly (readonly string[])[]): void {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
    for (const row of rows) {
      this.shown(
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      )
    }
  }

  #paint(code: string, text: string): string {
    return this.#colour ? `\u001B[${code}m${text}\u001B[0m` : text
  }
}
