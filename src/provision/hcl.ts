/** Text in Terraform's language as `terraform fmt` leaves it. */

/** An expression that is written as it stands: `var.table_prefix`. */
export interface HclExpression {
  readonly expression: string
}

export type HclValue =
  string | number | boolean | HclExpression | readonly HclValue[] | { readonly [name: string]: HclValue }

export type HclItem =
  | { readonly kind: 'attribute'; readonly name: string; readonly value: HclValue }
  | { readonly kind: 'block'; readonly head: string; readonly body: readonly HclItem[] }

export const attribute = (name: string, value: HclValue): HclItem => ({ kind: 'attribute', name, value })
export const block = (head: string, body: readonly HclItem[]): HclItem => ({ kind: 'block', head, body })

/** The blocks of a file, a blank line between them. */
export function hclFile(items: readonly HclItem[]): string {
  return bodyLines(items).join('\n')
}

/** A text that `${…}` in it can not turn into an expression. */
export function hclString(text: string): string {
  return JSON.stringify(text).replaceAll(/([$%])\{/g, (_, sign: string) => `${sign}${sign}{`)
}

/** Attributes of one line stand together with their signs aligned; all else has a blank line around it. */
function bodyLines(items: readonly HclItem[]): readonly string[] {
  const parts: (readonly string[])[] = []
  let together: (readonly [name: string, value: string])[] = []
  const close = (): void => {
    if (together.length > 0) parts.push(aligned(together))
    together = []
  }
  for (const item of items) {
    const value = item.kind === 'attribute' ? valueLines(item.value) : []
    const [only] = value
    if (item.kind === 'attribute' && value.length === 1 && only !== undefined) together.push([item.name, only])
    else {
      close()
      parts.push(item.kind === 'block' ? blockLines(item) : assigned(item.name, value))
    }
  }
  close()
  return parts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

function blockLines({ head, body }: Extract<HclItem, { kind: 'block' }>): readonly string[] {
  return [`${head} {`, ...indented(bodyLines(body)), '}']
}

function valueLines(value: HclValue): readonly string[] {
  if (typeof value === 'string') return [hclString(value)]
  if (typeof value !== 'object') return [String(value)]
  if (isExpression(value)) return value.expression.split('\n')
  return Array.isArray(value) ? listLines(value) : objectLines(value as { readonly [name: string]: HclValue })
}

function listLines(list: readonly HclValue[]): readonly string[] {
  const lines = list.map(valueLines)
  if (list.length < 2 && lines.every((each) => each.length === 1)) return [`[${lines.flat().join(', ')}]`]
  return ['[', ...indented(lines.flatMap((each) => [...each.slice(0, -1), `${each.at(-1) ?? ''},`])), ']']
}

function objectLines(object: { readonly [name: string]: HclValue }): readonly string[] {
  const lines: string[] = []
  let together: (readonly [name: string, value: string])[] = []
  for (const [name, held] of Object.entries(object)) {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : hclString(name)
    const value = valueLines(held)
    const [only] = value
    if (value.length === 1 && only !== undefined) together.push([key, only])
    else {
      lines.push(...aligned(together), ...assigned(key, value))
      together = []
    }
  }
  return ['{', ...indented([...lines, ...aligned(together)]), '}']
}

function aligned(pairs: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padEnd(width)} = ${value}`)
}

function assigned(name: string, [first = '', ...more]: readonly string[]): readonly string[] {
  return [`${name} = ${first}`, ...more]
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`))
}

function isExpression(value: object): value is HclExpression {
  return 'expression' in value && typeof value.expression === 'string'
}

/** The lines of a function's call around one value: `jsonencode({ … })`. */
export function hclCall(name: string, value: HclValue): HclExpression {
  return { expression: `${name}(${valueLines(value).join('\n')})` }
}
