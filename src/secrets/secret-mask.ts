import { formsOf } from './secret-forms.ts'
import type { Secret } from './secret.ts'

const MASK = '***'
/** A beginning of a secret that long is hidden also where the output ends with it. */
const SHORTEST_BEGINNING = 4

interface Range {
  readonly start: number
  readonly end: number
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const joined: Range[] = []
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1)
    if (last === undefined || range.start >= last.end) joined.push(range)
    else joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, range.end) }
  }
  return joined
}

/** What must not be seen, in all its forms, as the bytes of UTF-8 one to a character. */
export class SecretMask {
  readonly #forms: readonly string[]
  readonly #first: ReadonlySet<string>
  readonly #longest: number

  constructor(secrets: readonly Secret[]) {
    const forms = secrets.flatMap(formsOf).map((form) => Buffer.from(form).toString('latin1'))
    this.#forms = [...new Set(forms)]
    this.#first = new Set(this.#forms.map((form) => form.charAt(0)))
    this.#longest = Math.max(0, ...this.#forms.map(({ length }) => length))
  }

  /** Every place of `bytes` where a form stands whole. */
  rangesIn(bytes: string): readonly Range[] {
    const found: Range[] = []
    for (const form of this.#forms) {
      for (let start = bytes.indexOf(form); start >= 0; start = bytes.indexOf(form, start + 1)) {
        found.push({ start, end: start + form.length })
      }
    }
    return merged(found)
  }

  /** Where what may become a form with the bytes that follow begins; the length where nothing may. */
  undecidedFrom(bytes: string): number {
    for (let start = Math.max(0, bytes.length - this.#longest + 1); start < bytes.length; start += 1) {
      if (!this.#first.has(bytes.charAt(start))) continue
      const rest = bytes.slice(start)
      if (this.#forms.some((form) => form.length > rest.length && form.startsWith(rest))) return start
    }
    return bytes.length
  }

  stream(): MaskedStream {
    return new MaskedStream(this)
  }

  /** A whole text. */
  mask(text: string): string {
    const stream = this.stream()
    return Buffer.concat([stream.push(Buffer.from(text)), stream.end()]).toString('utf8')
  }
}

/**
 * Hides secrets in output that comes in pieces: nothing is given out that may still become part of one. It keeps fewer
 * bytes than the longest form has. No form has a newline in it but the whole of a long secret, so that whole lines come
 * out at once.
 */
export class MaskedStream {
  readonly #mask: SecretMask
  #held = ''
  /** So many bytes of the held ones belong to a secret that is given out as masked already. */
  #covered = 0

  constructor(mask: SecretMask) {
    this.#mask = mask
  }

  push(chunk: Buffer): Buffer {
    const bytes = this.#held + chunk.toString('latin1')
    return this.#giveOut(bytes, this.#mask.undecidedFrom(bytes))
  }

  /** What is still held. A beginning of a secret is hidden: the process may have died while it wrote the rest. */
  end(): Buffer {
    const [bytes, covered] = [this.#held, this.#covered]
    const whole = this.#giveOut(bytes, bytes.length).toString('latin1')
    return bytes.length - covered < SHORTEST_BEGINNING ? Buffer.from(whole, 'latin1') : Buffer.from(covered ? '' : MASK)
  }

  #giveOut(bytes: string, until: number): Buffer {
    const covered = this.#covered
    // All of it may become a secret with what follows.
    if (until === 0) {
      this.#held = bytes
      return Buffer.alloc(0)
    }
    const told: readonly Range[] = covered > 0 ? [{ start: 0, end: covered }] : []
    let out = ''
    let done = 0
    for (const { start, end } of merged([...told, ...this.#mask.rangesIn(bytes)])) {
      if (start >= until) break
      out += bytes.slice(done, start)
      if (start > 0 || covered === 0) out += MASK
      done = end
    }
    if (done < until) {
      out += bytes.slice(done, until)
      done = until
    }
    this.#held = bytes.slice(until)
    this.#covered = done - until
    return Buffer.from(out, 'latin1')
  }
}
