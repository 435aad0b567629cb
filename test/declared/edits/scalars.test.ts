import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { isSafePlain } from '../../../src/declared/edits/write-scalar.ts'
import { edited, put, type Golden } from './golden.ts'

const rows: readonly Golden[] = [
  {
    reason: 'the comment behind the value stays, with its distance',
    before: 'model_version: 2 # changing this line is the promotion\n',
    edits: [put(['model_version'], 3)],
    after: 'model_version: 3 # changing this line is the promotion\n',
  },
  {
    reason: 'blanks around the value, other lines and a missing last line end stay',
    before: '# head\r\n\r\nmodel_version:   2   # a\t\r\nrolling_strategy: canary',
    edits: [put(['model_version'], 10)],
    after: '# head\r\n\r\nmodel_version:   10   # a\t\r\nrolling_strategy: canary',
  },
  {
    reason: 'a byte order mark stays',
    before: '\uFEFFmodel_version: 2\n',
    edits: [put(['model_version'], 3)],
    after: '\uFEFFmodel_version: 3\n',
  },
  {
    reason: 'quotes are kept for text and dropped for other types',
    before: `a: "3"\nb: 'x'\nc: "1"\nd: 'y'\n`,
    edits: [put(['a'], '4'), put(['b'], "it's"), put(['c'], 2), put(['d'], 'line\nbreak')],
    after: `a: "4"\nb: 'it''s'\nc: 2\nd: "line\\nbreak"\n`,
  },
  {
    reason: 'plain text stays plain only if it reads back as text',
    before: 'a: x\nb: x\nc: x\nd: x\ne: x\nf: [x, x]\n',
    edits: [
      ...[put(['a'], 's3://bucket/key'), put(['b'], '1.10'), put(['c'], 'no: way'), put(['d'], 'yes')],
      ...[put(['e'], '2026-12-04'), put(['f', 0], 'a b'), put(['f', 1], 'a, b')],
    ],
    after: 'a: s3://bucket/key\nb: "1.10"\nc: "no: way"\nd: "yes"\ne: 2026-12-04\nf: [a b, "a, b"]\n',
  },
  {
    reason: 'numbers, booleans and null are plain',
    before: 'a: x\nb: x\nc: x\nd: "x"\n',
    edits: [put(['a'], 0.25), put(['b'], true), put(['c'], null), put(['d'], -1)],
    after: 'a: 0.25\nb: true\nc: null\nd: -1\n',
  },
  {
    reason: 'a key without a value gets one before its comment',
    before: 'a:\nb: # later\nc:   \nd: {x, y: }\n',
    edits: [put(['a'], 1), put(['b'], 2), put(['c'], 3), put(['d', 'x'], 4), put(['d', 'y'], 5)],
    after: 'a: 1\nb: 2 # later\nc: 3\nd: {x: 4, y: 5 }\n',
  },
  {
    reason: 'values over several lines become one line, their comments stay',
    before: 'a: long\n  plain # c\nb: "x\n  y" # d\nc: >- # e\n  folded\n  text\n\nd: |+\n  kept\n\ne: 5\n',
    edits: [put(['a'], 'q'), put(['b'], 'z'), put(['c'], 7), put(['d'], 'k')],
    after: 'a: q # c\nb: "z" # d\nc: 7 # e\n\nd: k\ne: 5\n',
  },
  {
    reason: 'text over several lines stays a literal block where it was one and can be one',
    before: 'a: | # c\r\n    old\r\n    text\r\n\r\nb: |+\n  old\n\nc: |\n  old\nd: |\n  old\ne: >\n  old\n',
    edits: [
      ...[put(['a'], 'new: x\n\n  # text\n'), put(['b'], 'new\ntext'), put(['c'], 'new\n\n'), put(['d'], ' new\ntext')],
      put(['e'], 'new\ntext'),
    ],
    after:
      'a: | # c\r\n    new: x\r\n\r\n      # text\r\n\r\nb: |-\n  new\n  text\nc: "new\\n\\n"\nd: " new\\ntext"\ne: "new\\ntext"\n',
  },
  {
    reason: 'long lines are never folded, neither the new one nor others',
    before: `a: ${'word '.repeat(60)}end\nb: ${'word '.repeat(60)}end # c\n`,
    edits: [put(['b'], `${'other '.repeat(60)}end`)],
    after: `a: ${'word '.repeat(60)}end\nb: ${'other '.repeat(60)}end # c\n`,
  },
  {
    reason: 'unicode is written as it is, invisible characters are escaped',
    before: '"🚀 é": e\u0301 # 👩‍👩‍👧\nb: x\n',
    edits: [put(['🚀 é'], 'ü🎉'), put(['b'], 'a\u0085\u0007\uFEFF')],
    after: '"🚀 é": ü🎉 # 👩‍👩‍👧\nb: "a\\u0085\\u0007\\ufeff"\n',
  },
  {
    reason: 'comments that look like YAML are no YAML',
    before: `# model_version: 1\nmodel_version: 2 # was: "1", it's {new\n# 'x': [\nb: "# no comment" # one\n`,
    edits: [put(['model_version'], 3), put(['b'], '#')],
    after: `# model_version: 1\nmodel_version: 3 # was: "1", it's {new\n# 'x': [\nb: "#" # one\n`,
  },
  {
    reason: 'quoted keys are found by what they say',
    before: `"a b": 1\n'it''s': 2\n"\\u0061": 3\n`,
    edits: [put(['a b'], 4), put(["it's"], 5), put(['a'], 6)],
    after: `"a b": 4\n'it''s': 5\n"\\u0061": 6\n`,
  },
  {
    reason: 'document markers stay',
    before: '# head\n--- # start\nmodel_version: 2\n...\n# tail\n',
    edits: [put(['model_version'], 3)],
    after: '# head\n--- # start\nmodel_version: 3\n...\n# tail\n',
  },
  {
    reason: 'an explicit key keeps its form',
    before: '? model_version\n: 2 # c\n? b\n: x\n',
    edits: [put(['model_version'], 3)],
    after: '? model_version\n: 3 # c\n? b\n: x\n',
  },
  {
    reason: 'an alias is replaced, what it named is not; an anchor that nothing names stays',
    before: 'a: &x 1 # one\nb: *x # two\n',
    edits: [put(['b'], 2), put(['a'], 3)],
    after: 'a: &x 3 # one\nb: 2 # two\n',
  },
  {
    reason: 'a tag goes with the value that it was about',
    before: 'a: !!str 3 # c\nb: x\n',
    edits: [put(['a'], 4)],
    after: 'a: 4 # c\nb: x\n',
  },
  {
    reason: 'a value that is there already is left as it is written',
    before: 'a:   0x10\nb: { "x" :  1}\n',
    edits: [put(['a'], 16), put(['b'], { x: 1 })],
    after: 'a:   0x10\nb: { "x" :  1}\n',
  },
]

test.each(rows)('setting a scalar: $reason', ({ before, edits, after }) => {
  expect(edited(before, edits)).toBe(after)
})

const texts = [
  'a',
  '',
  '~',
  'null',
  'True',
  'off',
  'y',
  '12',
  '1_0',
  '0o7',
  '1e3',
  '.5',
  '.inf',
  '1:30',
  '-',
  '- a',
  '-a',
  '?a',
]
const more = [
  'a:',
  'a: b',
  'a:b',
  'a #b',
  'a#b',
  '#a',
  '[a',
  'a]',
  '{',
  '*a',
  '&a',
  '!a',
  '|',
  '>',
  '%a',
  '@a',
  '`a',
  '---',
  '...',
]

test.each([...texts, ...more, '<<', ' a', 'a ', 'a\tb', 'a\n', "'a", '"a'])(
  'plain text is only what reads back: %j',
  (text) => {
    const [block, flow] = [isSafePlain(text, false), isSafePlain(text, true)]
    if (block) expect(parse(`k: ${text}\n`, { version: '1.2' })).toEqual({ k: text })
    if (block) expect(parse(`k: ${text}\n`, { version: '1.1' })).toEqual({ k: text })
    if (flow) expect(parse(`[${text}, ${text}]`, { version: '1.2' })).toEqual([text, text])
  },
)

const common = [
  'a',
  'a b',
  'alice@example.com',
  's3://b/k.tar.gz',
  '2026-12-04',
  '1.2.3',
  "it's",
  'a#b',
  '-a',
  'é 🎉',
  '/x/y',
]

test.each(common)('common text needs no quotes: %j', (text) => {
  expect(isSafePlain(text, true)).toBe(true)
})
