import fc from 'fast-check'
import { load } from 'js-yaml'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { yamlText } from '../../src/scaffold/yaml-text.ts'

const texts = fc.oneof(
  fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  fc.string({ unit: fc.constantFrom(...`aB1 "':#-,[]{}&*!|>%@\`\n\t\\~?=`) }),
  fc.constantFrom('yes', 'NO', 'null', '~', '', '1.10', '0x1f', '1e3', '.nan', '2026-01-01', '<<', '=', '---', '...'),
)
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    texts,
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      texts.filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).value

describe('a value as YAML on one line', () => {
  it.each([
    ['yaml', (text: string): unknown => parse(text)],
    ['js-yaml', (text: string): unknown => load(text)],
  ])('reads back as itself with %s', (_reader, read) => {
    fc.assert(
      fc.property(values, (value) => {
        const line = `field: ${yamlText(value)} # A comment.\n`
        expect(line.indexOf('\n')).toBe(line.length - 1)
        expect(read(line)).toEqual({ field: value })
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['Routes documents to a desk.', 'Routes documents to a desk.'],
    ['alice@example.com', 'alice@example.com'],
    [['node', 'serve.mjs'], '[node, serve.mjs]'],
    [{ command: ['node', 'serve.mjs'] }, '{ command: [node, serve.mjs] }'],
    ['send {"text": "…"}', `'send {"text": "…"}'`],
  ])('is written as a person would: %j', (value, text) => {
    expect(yamlText(value)).toBe(text)
  })
})
