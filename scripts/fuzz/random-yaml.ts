import { oddScalars } from './odd-scalars.ts'

/** A source of numbers; `odd` is how many of the scalars of this document are odd: with many, hardly any is valid. */
type Random = (() => number) & { readonly odd: number }

/**
 * A text that is YAML more often than not, in every style that YAML has: quotes, block scalars with all indicators,
 * flows in blocks, comments and blank lines in odd places, odd indentation, several lines of plain text, CR LF, no
 * line end at the end. What it holds is not known: two parsers are compared, not one with the truth.
 */
export function randomYaml(source: () => number): string {
  const random = Object.assign(source.bind(null), { odd: source() < 0.5 ? 0.1 : 1 })
  const text = `${chance(random, 0.1) ? '# first\n' : ''}${block(random, 0, 3)}`
  const ended = chance(random, 0.3) ? text.replace(/\n+$/, '') : text
  return chance(random, 0.15) ? ended.replaceAll('\n', '\r\n') : ended
}

function chance(random: Random, share: number): boolean {
  return random() < share
}

function pick<Value>(random: Random, from: readonly Value[], otherwise: Value): Value {
  return from[Math.floor(random() * from.length)] ?? otherwise
}

/** A mapping, list or scalar as block lines, each with its line end. */
function block(random: Random, indent: number, depth: number): string {
  const isList = chance(random, 0.3)
  const pad = ' '.repeat(indent)
  let text = ''
  const count = 1 + Math.floor(random() * 4)
  for (let entry = 0; entry < count; entry += 1) {
    text += noise(random, indent)
    text += isList ? `${pad}-${gap(random)}` : `${pad}${key(random)}${chance(random, 0.06) ? ' ' : ''}:`
    text += value(random, indent, depth, isList)
  }
  return text + noise(random, indent)
}

function value(random: Random, indent: number, depth: number, afterDash: boolean): string {
  const space = afterDash ? '' : gap(random)
  const deeper = indent + pick(random, [1, 2, 2, 2, 2, 3, 4], 2)
  const choice = random()
  if (depth > 0 && choice < 0.25) {
    if (afterDash && chance(random, 0.7)) return block(random, indent + 2, depth - 1).slice(indent + 2)
    return `${space}${ending(random)}${block(random, chance(random, 0.15) ? indent : deeper, depth - 1)}`
  }
  if (depth > 0 && choice < 0.4) return `${space}${flow(random, depth - 1, indent)}${ending(random)}`
  if (choice < 0.55) return `${space}${blockScalar(random, indent)}`
  return `${space}${scalar(random, deeper, false)}${ending(random)}`
}

function word(random: Random): string {
  return chance(random, random.odd) ? pick(random, oddScalars, 'a') : pick(random, tameScalars, 'a')
}

const tameScalars = [
  'claims',
  'a longer text of several words',
  '3',
  '0.942',
  'true',
  's3://bucket/key',
  '2026-01-01',
  '5m',
]

function gap(random: Random): string {
  return pick(random, [' ', ' ', ' ', ' ', '  ', '   ', chance(random, random.odd) ? '' : ' '], ' ')
}

/** What may follow a value: trailing spaces, a comment. */
function ending(random: Random): string {
  return pick(random, ['\n', '\n', '\n', '\n', ' \n', ' # said\n', ' #\n', '  #a: b\n', '#no\n'], '\n')
}

function noise(random: Random, indent: number): string {
  if (chance(random, 0.85)) return ''
  const pad = ' '.repeat(pick(random, [0, indent, indent + 1, indent + 4], 0))
  return pick(random, ['\n', `${pad}\n`, `${pad}# between\n`, '\n\n', `${pad}#\n`], '\n')
}

function key(random: Random): string {
  if (chance(random, 0.7))
    return pick(random, ['owner', 'labels', 'a', 'b', 'name_2', 'x-y', 'a b', 'é', '$ref', 'val/acc'], 'a')
  return scalar(random, 0, true)
}

function flow(random: Random, depth: number, indent: number): string {
  const isList = chance(random, 0.5)
  const count = Math.floor(random() * 4)
  const parts = Array.from({ length: count }, () => {
    const held = depth > 0 && chance(random, 0.3) ? flow(random, depth - 1, indent) : scalar(random, indent + 2, true)
    if (isList && chance(random, 0.85)) return held
    return `${key(random)}${pick(random, [': ', ': ', ': ', ':', ' : ', ''], ': ')}${held}`
  })
  const between = pick(random, [', ', ',', ' , ', `,\n${' '.repeat(indent + 2)}`, ', # in a flow\n  '], ', ')
  const padding = pick(random, ['', '', ' ', `\n${' '.repeat(indent + 1)}`], '')
  const last = chance(random, 0.1) ? ',' : ''
  return `${isList ? '[' : '{'}${padding}${parts.join(between)}${last}${padding}${isList ? ']' : '}'}`
}

/** `|` and `>` with every indicator, over lines that may hold anything. */
function blockScalar(random: Random, indent: number): string {
  const own = pick(random, [1, 2, 2, 2, 4], 2)
  const explicit = chance(random, 0.2) ? String(pick(random, [own, own, 1, 3], 1)) : ''
  const chomping = pick(random, ['', '', '-', '+'], '')
  const indicators = chance(random, 0.5) ? explicit + chomping : chomping + explicit
  const lines = Array.from({ length: Math.floor(random() * 4) }, () => {
    const shape = random()
    if (shape < 0.2) return ' '.repeat(Math.floor(random() * (indent + own + 2)))
    const pad = ' '.repeat(indent + own + (shape < 0.35 ? 1 + Math.floor(random() * 3) : 0))
    return pad + word(random).replaceAll(/[\r\n]+/g, ' ') + (chance(random, 0.1) ? '  ' : '')
  })
  const comment = chance(random, 0.1) ? ' # scalar' : ''
  return `${pick(random, ['|', '>'], '|')}${indicators}${comment}\n${lines.map((line) => `${line}\n`).join('')}`
}

function scalar(random: Random, indent: number, inFlow: boolean): string {
  const text = word(random)
  const style = random()
  if (style < 0.45) return text.replaceAll('\n', `\n${' '.repeat(indent)}`)
  if (style < 0.6) return `'${text.replaceAll("'", "''").replaceAll('\n', `\n\n${' '.repeat(indent)}`)}'`
  if (style < 0.75) return JSON.stringify(text)
  if (style < 0.85) return doubleQuoted(random, text, indent)
  const words = Array.from({ length: 2 + Math.floor(random() * 3) }, () => word(random))
  return words.join(inFlow || chance(random, 0.5) ? ' ' : `\n${' '.repeat(indent)}`)
}

/** With the escapes that JSON does not have, and lines that are continued. */
function doubleQuoted(random: Random, text: string, indent: number): string {
  const extra = pick(
    random,
    ['', '\\e', '\\N', '\\_', '\\L', '\\/', '\\x41', '\\U0001F98A', '\\uD83E', '\\ ', '\\z'],
    '',
  )
  const broken = chance(random, 0.2) ? `\\\n${' '.repeat(indent)}` : ''
  return `"${JSON.stringify(text).slice(1, -1)}${broken}${extra}"`
}
