import { excerpt, quoted } from './excerpt.ts'
import { fieldOf, firstSaying, indentOf, wantedIndent } from './indentation.ts'

/** Where the parser gave up: its code and words, and the place, 0-based. */
export interface SyntaxPlace {
  readonly code: string
  readonly words: string
  readonly line: number
  readonly column: number
  readonly lines: readonly string[]
  /** Where the quotation mark or bracket stands that is open at the place; null where none is. */
  opened(): { readonly line: number; readonly column: number } | null
}

export interface SyntaxMessage {
  readonly summary: string
  readonly help: string
  /** Where it is marked, if not where the parser gave up; 0-based, and how many characters. */
  readonly at?: { readonly line: number; readonly column: number; readonly length: number }
}

type Explain = (place: SyntaxPlace) => SyntaxMessage | null

/** By the code and the first words of the parser: what people most often mean to write there. */
const explanations: readonly (readonly [code: string, words: string, ...explain: Explain[]])[] = [
  ['MULTILINE_IMPLICIT_KEY', 'Implicit keys need', dashWithoutSpace, itemAmongFields, noColon],
  ['MISSING_CHAR', 'Implicit map keys need', dashWithoutSpace, noColon],
  ['BLOCK_AS_IMPLICIT_KEY', 'Nested mappings', dashWithoutSpace, colonInText, indentedAfterValue],
  ['BLOCK_AS_IMPLICIT_KEY', 'A block sequence', itemAmongFields],
  ['BAD_INDENT', 'All mapping items', dashWithoutSpace, otherIndent],
  ['MISSING_CHAR', 'Sequence item without', dashWithoutSpace, otherIndent],
  ['UNEXPECTED_TOKEN', 'Unexpected scalar at node end', afterQuote, fieldElsewhere],
  ['MISSING_CHAR', 'Missing closing', openQuote],
  ['BAD_INDENT', 'Flow ', openBracket],
  ['MISSING_CHAR', 'Flow ', openBracket],
  ['BAD_ALIAS', 'Alias cannot be', reservedStart],
  ['BAD_ALIAS', 'Anchor cannot be', reservedStart],
  ['BAD_SCALAR_START', 'Plain value', reservedStart],
]

/** What is wrong at a place, in words of ours where there are any, else in those of the parser. */
export function syntaxMessage(place: SyntaxPlace): SyntaxMessage {
  for (const [code, words, ...explains] of explanations) {
    if (code !== place.code || !place.words.startsWith(words)) continue
    for (const explain of [mergeConflict, ...explains]) {
      const message = explain(place)
      if (message !== null) return message
    }
  }
  return { summary: `not valid YAML: ${place.words}`, help: 'Correct the syntax here.' }
}

const lineOf = ({ lines, line }: SyntaxPlace): string => lines[line] ?? ''

function mergeConflict(place: SyntaxPlace): SyntaxMessage | null {
  if (!/^(?:<{7} |={7}$|>{7} )/.test(lineOf(place))) return null
  const help = 'Keep one of the two sides, and remove the lines <<<<<<<, ======= and >>>>>>>.'
  return { summary: 'a merge conflict stands here', help }
}

function noColon(place: SyntaxPlace): SyntaxMessage | null {
  const line = lineOf(place)
  if (/:(?:\s|$)/.test(line)) return null
  const key = /^[A-Za-z_][\w-]*/.exec(line.slice(place.column))?.[0]
  const help =
    key === undefined
      ? 'Write a key, a colon and a space; a comment begins with #.'
      : `Write ${excerpt(key)}: …, with a space after the colon.`
  const at = { line: place.line, column: place.column, length: line.trimEnd().length - place.column }
  return { summary: 'this line has no ": " after its key', help, at }
}

function colonInText(place: SyntaxPlace): SyntaxMessage | null {
  const value = lineOf(place)
    .slice(place.column)
    .replace(/\s#.*$/, '')
  if (!/:(?:\s|$)/.test(value)) return null
  const key = fieldOf(lineOf(place))?.key ?? '…'
  return { summary: 'a value that holds ": " needs quotes', help: `Write ${excerpt(key)}: ${quoted(value, key)}.` }
}

function dashWithoutSpace(place: SyntaxPlace): SyntaxMessage | null {
  const at = firstSaying(place.lines, place.line)
  const match = /^(\s*)-([^\s-].*)$/.exec(place.lines[at] ?? '')
  if (match === null) return null
  const [, before = '', rest = ''] = match
  const item = fieldOf(rest)
  const written = item === null ? excerpt(rest) : `${item.key}: ${excerpt(item.value, item.key)}`
  return {
    summary: 'a list item needs a space after the dash',
    help: `Write - ${written}.`,
    at: { line: at, column: before.length, length: 1 },
  }
}

function itemAmongFields(place: SyntaxPlace): SyntaxMessage | null {
  const line = lineOf(place)
  if (!/^\s*-(?:\s|$)/.test(line)) return null
  const help = 'Write a key and a value, or move the item below the field whose list it belongs to.'
  const at = { line: place.line, column: indentOf(line), length: 1 }
  return { summary: 'a list item stands where a field belongs', help, at }
}

/** The value before it is complete, so that this line, which is indented more, can not be a field of it. */
function indentedAfterValue(place: SyntaxPlace): SyntaxMessage | null {
  return indentFault(place, firstSaying(place.lines, place.line + 1), fieldOf(lineOf(place))?.indent)
}

function otherIndent(place: SyntaxPlace): SyntaxMessage | null {
  const at = firstSaying(place.lines, place.line)
  return indentFault(place, at, wantedIndent(place.lines, at))
}

function fieldElsewhere(place: SyntaxPlace): SyntaxMessage | null {
  return fieldOf(lineOf(place)) === null ? null : otherIndent(place)
}

function indentFault({ lines }: SyntaxPlace, at: number, wanted?: number): SyntaxMessage | null {
  const own = indentOf(lines[at] ?? '')
  if (wanted === undefined) return null
  const marked = { line: at, column: own, length: (lines[at] ?? '').trimEnd().length - own }
  if (wanted === own) {
    const help = 'Write "- " before it, or indent it as the field that it belongs to.'
    return { summary: 'this line stands among list items and has no dash', help, at: marked }
  }
  const spaces = `${own} ${own === 1 ? 'space' : 'spaces'}, not ${wanted}`
  const summary = `this line is indented differently from its neighbours (${spaces})`
  return { summary, help: 'Indent all fields of a mapping by the same number of spaces.', at: marked }
}

function afterQuote(place: SyntaxPlace): SyntaxMessage | null {
  if (!/["']\s*$/.test(lineOf(place).slice(0, place.column))) return null
  const help = 'Put the whole value into quotation marks; of those that it holds itself write the other kind.'
  return { summary: 'text stands after the closing quotation mark', help }
}

function openQuote(place: SyntaxPlace): SyntaxMessage | null {
  const opened = place.opened()
  if (opened === null) return null
  const mark = place.words.includes('"') ? '"' : "'"
  const help = `Write ${mark} at the end of the text.`
  return { summary: 'this quotation mark is never closed', help, at: { ...opened, length: 1 } }
}

function openBracket(place: SyntaxPlace): SyntaxMessage | null {
  const opened = place.opened()
  if (opened === null) return null
  const closing = place.words.endsWith(']') ? ']' : '}'
  const [open, what] = closing === ']' ? ['[', 'list'] : ['{', 'mapping']
  const found = lineOf(place).slice(place.column, place.column + 1)
  if (found === (closing === ']' ? '}' : ']')) {
    return { summary: `a ${what} that begins with ${open} ends with ${found}`, help: `Write ${closing} here.` }
  }
  const help = `Write ${closing} at the end of the ${what}.`
  return { summary: `this ${open} is never closed`, help, at: { ...opened, length: 1 } }
}

function reservedStart(place: SyntaxPlace): SyntaxMessage | null {
  const rest = lineOf(place).slice(place.column)
  const value = /[[{]/.test(lineOf(place).slice(0, place.column)) ? rest.replace(/[,\]}].*$/, '') : rest
  const key = fieldOf(lineOf(place))?.key
  return { summary: `a value that begins with ${rest.slice(0, 1)} needs quotes`, help: `Write ${quoted(value, key)}.` }
}
