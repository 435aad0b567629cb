import type { Json } from '../../../src/domain/json.ts'

/** Lines of an item: its own comment from `head`, its content from `first` to `last`, comments below it up to `tail`. */
export interface ItemLines {
  readonly path: readonly (string | number)[]
  readonly head: number
  readonly first: number
  readonly last: number
  readonly tail: number
  readonly inFlow: boolean
  /** In block style, alone in its lines, with a sibling: can be removed or added by whole lines. */
  readonly ownLines: boolean
}

export interface RandomDocument {
  readonly text: string
  readonly items: readonly ItemLines[]
}

/** Numbers that decide how a value is written; 0 is the plainest choice, so that failures shrink to plain documents. */
export type Choices = readonly number[]

/** Renders a value as YAML with the styles, comments, blanks and line ends that `choices` pick. */
export function renderRandom(value: Json, choices: Choices): RandomDocument {
  const writer = new Writer(choices)
  if (writer.pick(6) === 5) writer.lines.push('# a header', '---')
  if (isFull(value) && writer.pick(5) < 4) writer.collection(value, { indent: 0, path: [], prefix: null })
  else writer.inline('', value, { indent: 0, path: [] })
  if (writer.pick(6) === 5) writer.lines.push(writer.comment(0))
  if (writer.pick(9) === 8) writer.lines.push('...')
  return { text: writer.text(), items: writer.items }
}

interface Place {
  readonly indent: number
  readonly path: readonly (string | number)[]
}

class Writer {
  readonly lines: string[] = []
  readonly items: ItemLines[] = []
  private readonly choices: Choices
  private next = 0
  private comments = 0

  constructor(choices: Choices) {
    this.choices = choices
  }

  pick(count: number): number {
    const choice = this.choices[this.next % Math.max(1, this.choices.length)] ?? 0
    this.next += 1
    return choice % count
  }

  comment(indent: number): string {
    this.comments += 1
    return `${' '.repeat(indent)}# c${this.comments}${['', ': "x"', " it's, [a", ' 🚀 é'][this.pick(4)]}`
  }

  text(): string {
    const mode = this.pick(4)
    const endings = this.lines.map((_line, index) => {
      const crlf = mode === 1 || (mode === 2 && this.pick(2) === 1)
      const last = index === this.lines.length - 1 && this.lines[index] !== '' && this.pick(4) === 3
      return last ? '' : crlf ? '\r\n' : '\n'
    })
    return this.lines.map((line, index) => line + (endings[index] ?? '')).join('')
  }

  /** `prefix` stands for the indentation of the first line, as behind a dash. */
  collection(value: Json, { indent, path, prefix }: Place & { readonly prefix: string | null }): void {
    const entries: [string | number, Json][] = Array.isArray(value)
      ? value.map((item, index) => [index, item])
      : Object.entries(value ?? {})
    for (const [index, [key, held]] of entries.entries()) {
      const compact = index === 0 && prefix !== null
      const head = compact ? this.lines.length : this.above(indent)
      const [first, known] = [this.lines.length, this.items.length]
      const start = compact ? prefix : ' '.repeat(indent)
      const place = { indent, path: [...path, key] }
      if (typeof key === 'number') this.element(start, held, place)
      else this.entry(start + this.key(key), held, place)
      const last = this.lines.length - 1
      const nested = this.items.slice(known).some(({ inFlow }) => !inFlow)
      if (!nested && this.lines[last] !== '' && this.pick(9) === 8) this.lines.push(this.comment(indent + 1))
      const tail = this.lines.length - 1
      const ownLines = entries.length > 1 && !compact
      this.items.push({ path: place.path, head, first, last, tail, inFlow: false, ownLines })
    }
  }

  /** Blank lines and comments above an item; the index of the first line of the comment directly above. */
  private above(indent: number): number {
    if (this.pick(8) === 7) this.lines.push(this.comment(indent), '')
    // A block scalar that keeps blank lines would take this one too.
    else if (this.pick(6) === 5 && this.lines.at(-1) !== '') this.lines.push('')
    const head = this.lines.length
    if (this.pick(5) === 4) this.lines.push(this.comment(indent))
    if (this.pick(12) === 11) this.lines.push(this.comment(indent))
    return head
  }

  private key(key: string): string {
    const quoted = this.pick(7) === 6 || !isPlainSafe(key)
    return quoted ? JSON.stringify(key) : key
  }

  private element(start: string, value: Json, { indent, path }: Place): void {
    const dash = `${start}-${this.pick(9) === 8 ? '   ' : ' '}`
    if (isFull(value) && this.pick(3) < 2) {
      return this.collection(value, { indent: dash.length, path, prefix: dash })
    }
    this.inline(dash, value, { indent, path })
  }

  private entry(start: string, value: Json, { indent, path }: Place): void {
    if (!isFull(value) || this.pick(3) === 2) return this.inline(`${start}: `, value, { indent, path })
    this.lines.push(`${start}:${this.pick(6) === 5 ? ' ' + this.comment(0) : ''}`)
    const flush = Array.isArray(value) && this.pick(3) === 2
    this.collection(value, { indent: flush ? indent : indent + ([2, 4, 3, 1][this.pick(4)] ?? 2), path, prefix: null })
  }

  inline(start: string, value: Json, { indent, path }: Place): void {
    const remark = this.pick(5) === 4 ? ` ${this.comment(this.pick(3))}` : ''
    if (typeof value === 'object' && value !== null) {
      this.lines.push(start)
      this.flow(value, { indent: indent + 2, path })
      this.lines.push((this.lines.pop() ?? '') + remark)
    } else if (value === null && path.length > 0 && this.pick(2) === 1) {
      this.lines.push(start.trimEnd() + remark)
    } else if (typeof value === 'string') {
      this.string(start, value, { indent, path }, remark)
    } else {
      this.lines.push(start + String(value) + remark)
    }
  }

  private string(start: string, value: string, { indent, path }: Place, remark: string): void {
    const style = this.pick(8)
    const pad = ' '.repeat(indent + 2)
    if (style >= 3 && style < 6 && path.length > 0 && isLiteral(value)) {
      const blanks = /\n*$/.exec(value)?.[0].length ?? 0
      this.lines.push(
        `${start}${style === 5 && !value.trimEnd().includes('\n') ? '>' : '|'}${blanks === 0 ? '-' : blanks === 1 ? '' : '+'}${remark}`,
      )
      const body = (blanks === 0 ? value : value.slice(0, -1)).split('\n')
      for (const line of body) this.lines.push(line === '' ? '' : pad + line)
      return
    }
    if (style >= 6 && path.length > 0 && /^[a-z]+ [a-z]+$/.test(value)) {
      const [left, right] = value.split(' ')
      const quote = this.pick(2) === 1 ? '"' : ''
      this.lines.push(`${start}${quote}${left}`, `${pad}${right}${quote}${remark}`)
      return
    }
    this.lines.push(start + this.scalar(value, style) + remark)
  }

  private scalar(value: string, style: number): string {
    if (style < 2 && isPlainSafe(value)) return value
    return style === 2 && /^[ -~]*$/.test(value) ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value)
  }

  /** Appends to the last line; breaks lines between items and around brackets as the choices say. */
  private flow(value: Json, { indent, path }: Place): void {
    if (typeof value !== 'object' || value === null) {
      const text = typeof value === 'string' ? this.scalar(value, this.pick(3)) : String(value)
      return this.append(text)
    }
    const list = Array.isArray(value)
    const entries: [string | number, Json][] = list ? value.map((item, index) => [index, item]) : Object.entries(value)
    this.append(list ? '[' : '{')
    const broken = path.length > 0 && entries.length > 0 && this.pick(4) === 3
    const pad = !broken && entries.length > 0 && this.pick(2) === 1 ? ' ' : ''
    this.append(pad)
    for (const [index, [key, held]] of entries.entries()) {
      if (broken) this.break(indent, index > 0)
      const first = this.lines.length - 1
      if (typeof key === 'string') this.append(`${this.key(key)}: `)
      this.flow(held, { indent: indent + 2, path: [...path, key] })
      const last = this.lines.length - 1
      this.items.push({ path: [...path, key], head: first, first, last, tail: last, inFlow: true, ownLines: false })
      if (index < entries.length - 1) this.append(broken ? ',' : ', ')
      else if (broken && this.pick(2) === 1) this.append(',')
    }
    if (broken && this.pick(2) === 1) this.break(Math.max(1, indent - 2), true)
    this.append(pad + (list ? ']' : '}'))
  }

  private break(indent: number, commented: boolean): void {
    if (commented && this.pick(7) === 6) this.append(` ${this.comment(0)}`)
    if (commented && this.pick(9) === 8) this.lines.push(this.comment(indent))
    this.lines.push(' '.repeat(indent))
  }

  private append(text: string): void {
    this.lines.push((this.lines.pop() ?? '') + text)
  }
}

function isFull(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function isPlainSafe(text: string): boolean {
  return /^[a-z_é🚀][\w é🚀.-]*$/u.test(text) && !text.endsWith(' ') && !/^(?:true|false|null)$/.test(text)
}

/** Text that a block scalar can carry without an indentation indicator. */
function isLiteral(value: string): boolean {
  return (
    /^[^\s#][^\r\t]*$/u.test(value) &&
    !/[\p{Cc}\p{Cs}\u2028\u2029\uFEFF]/u.test(value.replaceAll('\n', '')) &&
    !/ (?:\n|$)|\n /.test(value)
  )
}
