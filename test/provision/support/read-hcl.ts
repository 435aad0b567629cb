/** Reads the part of Terraform's language that is printed: enough to compare it, not to run it. */

export type HclRead = string | number | boolean | { readonly expression: string } | readonly HclRead[] | HclObject
export interface HclObject {
  readonly [name: string]: HclRead
}

export interface HclBlockRead {
  readonly type: string
  readonly labels: readonly string[]
  readonly attributes: HclObject
  readonly blocks: readonly HclBlockRead[]
}

export function readHcl(text: string): readonly HclBlockRead[] {
  return new Reader(text.replaceAll(/^ *#.*$/gm, '')).body().blocks
}

class Reader {
  #at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  body(): Omit<HclBlockRead, 'type' | 'labels'> {
    const attributes: Record<string, HclRead> = {}
    const blocks: HclBlockRead[] = []
    while (!this.#skip().ended() && !this.#next('}')) {
      const name = this.#word()
      if (this.#takes('=')) attributes[name] = this.#value()
      else {
        const labels: string[] = []
        while (!this.#takes('{')) labels.push(this.#string())
        const { attributes, blocks: inner } = this.body()
        this.#expect('}')
        blocks.push({ type: name, labels, attributes, blocks: inner })
      }
    }
    return { attributes, blocks }
  }

  ended(): boolean {
    return this.#at >= this.#text.length
  }

  #value(ends = /[^\n]*/y): HclRead {
    this.#skip()
    if (this.#next('"')) return this.#string()
    if (this.#takes('[')) return this.#list()
    if (this.#takes('{')) return this.#object()
    if (this.#takes('jsonencode(')) {
      const value = this.#value()
      this.#expect(')')
      return value
    }
    const expression = this.#match(ends).trim()
    return /^(true|false|\d+)$/.test(expression) ? (JSON.parse(expression) as boolean | number) : { expression }
  }

  #list(): readonly HclRead[] {
    const items: HclRead[] = []
    while (!this.#takes(']')) {
      items.push(this.#value(/[^\n,\]]*/y))
      this.#takes(',')
    }
    return items
  }

  #object(): HclObject {
    const object: Record<string, HclRead> = {}
    while (!this.#takes('}')) {
      const name = this.#skip().#next('"') ? this.#string() : this.#word()
      this.#expect('=')
      object[name] = this.#value()
    }
    return object
  }

  #string(): string {
    return JSON.parse(this.#skip().#match(/"(?:[^"\\]|\\.)*"/y)) as string
  }

  #word(): string {
    return this.#skip().#match(/[A-Za-z_]\w*/y)
  }

  #takes(token: string): boolean {
    const found = this.#skip().#next(token)
    if (found) this.#at += token.length
    return found
  }

  #expect(token: string): void {
    if (!this.#takes(token)) throw new Error(`no ${token} before ${this.#text.slice(this.#at, this.#at + 60)}`)
  }

  #next(token: string): boolean {
    return this.#text.startsWith(token, this.#at)
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined) throw new Error(`nothing like ${pattern} at ${this.#text.slice(this.#at, this.#at + 60)}`)
    this.#at += found.length
    return found
  }

  #skip(): this {
    this.#match(/\s*/y)
    return this
  }
}
