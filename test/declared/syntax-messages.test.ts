import { describe, expect, test } from 'vitest'
import { parseExactly } from '../../src/declared/yaml/exact.ts'

interface Row {
  readonly text: string
  /** `line:column summary | help` of each. */
  readonly told: readonly string[]
}

const noColon = 'this line has no ": " after its key'
const needsQuotes = 'a value that holds ": " needs quotes'
const noSpace = 'a list item needs a space after the dash'
const indented = 'this line is indented differently from its neighbours'
const sameIndent = 'Indent all fields of a mapping by the same number of spaces.'
const unclosed = 'this quotation mark is never closed'

const rows: readonly Row[] = [
  { text: 'a: 1\ncapacity\n', told: [`2:1 ${noColon} | Write capacity: …, with a space after the colon.`] },
  { text: 'description:hello\na: 1\n', told: [`1:1 ${noColon} | Write description: …, with a space after the colon.`] },
  {
    text: '// the model\na: 1\n',
    told: [`1:1 ${noColon} | Write a key, a colon and a space; a comment begins with #.`],
  },
  {
    text: 'serving\n  command: [a]\na: 1\n',
    told: [`1:1 ${noColon} | Write serving: …, with a space after the colon.`],
  },
  { text: 'description: Note: this is\n', told: [`1:14 ${needsQuotes} | Write description: "Note: this is".`] },
  { text: 'a: b: "c" # d\n', told: [`1:4 ${needsQuotes} | Write a: 'b: "c"'.`] },
  { text: 'a: b:\n', told: [`1:4 ${needsQuotes} | Write a: "b:".`] },
  {
    text: `a: Note: ${'x'.repeat(50)}\n`,
    told: [`1:4 ${needsQuotes} | Write a: "Note: ${'x'.repeat(24)}…".`],
  },
  { text: 'db_password: hunter2: x\n', told: [`1:14 ${needsQuotes} | Write db_password: "…".`] },
  {
    text: 'a: 1\nb: "x"\n# c\n\n  d: 2\n  e: 3\n',
    told: [`5:3 ${indented} (2 spaces, not 0) | ${sameIndent}`],
  },
  { text: 'a:\n    b: 1\n  c: 2\n', told: [`3:3 ${indented} (2 spaces, not 4) | ${sameIndent}`] },
  { text: 'a:\n  b: x\n    c: 2\n', told: [`3:5 ${indented} (4 spaces, not 2) | ${sameIndent}`] },
  { text: 'a:\n  - b: 1\n   c: 2\n', told: [`3:4 ${indented} (3 spaces, not 4) | ${sameIndent}`] },
  { text: '  a: 1\nb: 2\n', told: [`2:1 ${indented} (0 spaces, not 2) | ${sameIndent}`] },
  {
    text: 'a:\n  - b\n  c: d\n',
    told: [
      '3:3 this line stands among list items and has no dash | Write "- " before it, or indent it as the field that it belongs to.',
    ],
  },
  {
    text: 'a: b\n- c\n- d\n',
    told: [
      '2:1 a list item stands where a field belongs | Write a key and a value, or move the item below the field whose list it belongs to.',
    ],
  },
  { text: 'a:\n  -name: b\n   uri: c\n  -name: d\n', told: [`2:3 ${noSpace} | Write - name: b.`] },
  { text: 'a:\n  - name: b\n  -name: c\n', told: [`3:3 ${noSpace} | Write - name: c.`] },
  { text: 'a: "b\nc: d\ne: f\n', told: [`1:4 ${unclosed} | Write " at the end of the text.`] },
  { text: "a: 1\nb: 'c\n", told: [`2:4 ${unclosed} | Write ' at the end of the text.`] },
  {
    text: 'a: [1, {b: 2}, [3]\nc: d\n',
    told: ['1:4 this [ is never closed | Write ] at the end of the list.'],
  },
  { text: 'a: {b: [c}\n', told: ['1:10 a list that begins with [ ends with } | Write ] here.'] },
  { text: 'a: [*]\n', told: ['1:5 a value that begins with * needs quotes | Write "*".'] },
  { text: 'a: %b\n', told: ['1:4 a value that begins with % needs quotes | Write "%b".'] },
  { text: 'a: "\\q"\n', told: ['1:5 not valid YAML: Invalid escape sequence \\q | Correct the syntax here.'] },
]

describe('what is said of syntax that is wrong', () => {
  test.each(rows)('$text', ({ text, told }) => {
    const { faults } = parseExactly(text)
    const words = faults.map(({ range: { start }, summary, help }) => {
      return `${start.line}:${start.column} ${summary} | ${help}`
    })
    expect(words).toEqual(told)
  })

  test('is found in no time in a document of a hundred thousand spaces and marks', () => {
    const long = `a${' '.repeat(100_000)}b\nc: d\n`
    expect(parseExactly(long).faults).toHaveLength(1)
    expect(parseExactly('a: [b}\n'.repeat(10_000)).faults.length).toBeGreaterThan(0)
  })
})
