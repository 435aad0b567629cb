import { expect, test } from 'vitest'
import { add, edited, put, remove, yaml, type Golden } from './golden.ts'

const added: readonly Golden[] = [
  {
    reason: 'a key goes to the end of the mapping, before blank lines and comments that close the file',
    before: 'model_version: 2 # a\n\n# end\n',
    edits: [add(['b'], 1)],
    after: 'model_version: 2 # a\nb: 1\n\n# end\n',
  },
  {
    reason: 'a key goes behind its sibling, with what belongs to the sibling',
    before: 'a:\n  x: 1\n  # about nothing\n# about b\nb: 2\n',
    edits: [add(['c'], 1, 'a'), add(['d'], 2, 'unknown')],
    after: 'a:\n  x: 1\n  # about nothing\nc: 1\n# about b\nb: 2\nd: 2\n',
  },
  {
    reason: 'a new line ends as its neighbour does',
    before: 'a: 1\r\nb: 2\nc: 3\r\n',
    edits: [add(['x'], 1, 'a'), add(['w'], 2, 'b'), add(['z'], [1])],
    after: 'a: 1\r\nx: 1\r\nb: 2\nw: 2\nc: 3\r\nz:\r\n  - 1\r\n',
  },
  {
    reason: 'a last line without a line end gets one, the new last line has none',
    before: 'a: 1\r\nb: 2 # c',
    edits: [add(['c'], { x: 1, w: [] })],
    after: 'a: 1\r\nb: 2 # c\r\nc:\r\n  x: 1\r\n  w: []',
  },
  {
    reason: 'collections are indented as the document does',
    before: 'a:\n    b: 1\nl:\n- x\n',
    edits: [add(['m'], { l: [{ p: 1, q: 'a: b' }], k: { o: {} } }), put(['l', 1], { k: [1] })],
    after: yaml`
      a:
          b: 1
      l:
      - x
      - k:
        - 1
      m:
          l:
          - p: 1
            q: "a: b"
          k:
              o: {}
    `,
  },
  {
    reason: 'a new key is quoted as its sibling is',
    before: `"a": 1\nm:\n  'b': 1\n`,
    edits: [add(['c'], 1, 'a'), add(['m', 'd'], 2)],
    after: `"a": 1\n"c": 1\nm:\n  'b': 1\n  'd': 2\n`,
  },
  {
    reason: 'the blank lines that a block scalar keeps are its own',
    before: 'a: |+\n  text\n\n\nb: |\n  text\n\n# c\n',
    edits: [add(['x'], 1, 'a'), add(['w'], 2, 'b')],
    after: 'a: |+\n  text\n\n\nx: 1\nb: |\n  text\nw: 2\n\n# c\n',
  },
  {
    reason: 'in a mapping behind a dash, below its first key',
    before: 'artifacts:\n  - name: a # n\n    uri: b\n  -   name: c\n',
    edits: [add(['artifacts', 0, 'x'], 1, 'name'), add(['artifacts', 1, 'w'], 2), put(['artifacts', 2], 'z')],
    after: 'artifacts:\n  - name: a # n\n    x: 1\n    uri: b\n  -   name: c\n      w: 2\n  -   z\n',
  },
  {
    reason: 'an element goes behind the last one',
    before: 'l:\n- 1\n- 2 # two\n\n# end\nm:\n  - - a\n',
    edits: [put(['l', 2], 'three'), put(['m', 0, 1], 'b'), put(['m', 1], ['c'])],
    after: 'l:\n- 1\n- 2 # two\n- three\n\n# end\nm:\n  - - a\n    - b\n  - - c\n',
  },
  {
    reason: 'parents that are missing are added, also in the place of null',
    before: 'a: 1\nb: # none\nc: ~\n',
    edits: [put(['labels', 'x/y'], 'z'), put(['b', 'k'], 1), put(['c', 0, 'k'], 2)],
    after: 'a: 1\nb: # none\n  k: 1\nc:\n  - k: 2\nlabels:\n  x/y: z\n',
  },
  {
    reason: 'between document markers',
    before: '---\na: 1\n...\n',
    edits: [add(['b'], 2)],
    after: '---\na: 1\nb: 2\n...\n',
  },
]

const removed: readonly Golden[] = [
  {
    reason: 'with the comment above, beside and below it, not with that of the next key',
    before: '# about a\na: 1\n# about b\n# and more\nb: 2 # two\n    # below b\n# about c\nc: 3\n',
    edits: [remove('b')],
    after: '# about a\na: 1\n# about c\nc: 3\n',
  },
  {
    reason: 'a comment behind a blank line stays',
    before: '# the file\n\na: 1\nb: 2\n',
    edits: [remove('a')],
    after: '# the file\n\nb: 2\n',
  },
  {
    reason: 'the line for the editor stays',
    before: '# yaml-language-server: $schema=x.json\n# about a\na: 1\nb: 2\n',
    edits: [remove('a')],
    after: '# yaml-language-server: $schema=x.json\nb: 2\n',
  },
  {
    reason: 'the last key, with CRLF and without a last line end',
    before: 'a: 1\r\nhold:\r\n  reason: x\r\n  until: w',
    edits: [remove('hold')],
    after: 'a: 1',
  },
  {
    reason: 'the key behind a block scalar, whose text stays the same',
    before: 'a: |+\n  text\n\nb: 1\nc: |\n  text\nd: 2',
    edits: [remove('b'), remove('d')],
    after: 'a: |+\n  text\n\nc: |\n  text\n',
  },
  {
    reason: 'a block scalar with the lines that it keeps, not with those that it does not',
    before: 'a: |+\n  text\n\nb: |\n  text\n\nc: 1\n',
    edits: [remove('a'), remove('b')],
    after: '\nc: 1\n',
  },
  {
    reason: 'the first key behind a dash: the next one takes its place',
    before: '- a: 1 # one\n  b: 2\n- x: 1\n  # about w\n  w: 2\n- - p\n  - q\n',
    edits: [remove(0, 'a'), remove(1, 'x'), remove(2, 0)],
    after: '- b: 2\n- # about w\n  w: 2\n- - q\n',
  },
  {
    reason: 'the only key leaves empty braces, and comments that were not its own',
    before: 'a: # here\n  # other\n\n  # about b\n  b: 1\n  # tail\nl:\n- 1\n- x: 1 # x\n',
    edits: [remove('a', 'b'), remove('l', 0), remove('l', 0, 'x'), remove('l', 0)],
    after: 'a: {} # here\n  # other\n\n  # tail\nl: []\n',
  },
  {
    reason: 'the only key of the document',
    before: '# head\n\n# about a\na:\n  b: 1\n# tail\n',
    edits: [remove('a')],
    after: '# head\n\n{}\n# tail\n',
  },
  {
    reason: 'elements from the end and from the middle',
    before: 'l:\n  - a\n  # about b\n  - b\n  - c: 1\n    d: 2\n',
    edits: [remove('l', 2), remove('l', 1)],
    after: 'l:\n  - a\n',
  },
  {
    reason: 'explicit keys',
    before: '? a\n: 1\n? b\n: - x\n  - w\n? c\n: 3\n',
    edits: [remove('b')],
    after: '? a\n: 1\n? c\n: 3\n',
  },
]

const replaced: readonly Golden[] = [
  {
    reason: 'a scalar by a collection, below the comment of its line',
    before: 'a: 1 # one\nb: [1] # two\nc: |\n  text\nd: 4\n',
    edits: [put(['a'], { x: 1 }), put(['b'], ['w']), put(['c'], [1, 2])],
    after: 'a: # one\n  x: 1\nb: # two\n  - w\nc:\n  - 1\n  - 2\nd: 4\n',
  },
  {
    reason: 'a collection by a scalar or an empty one, with the comments inside',
    before: 'a: # one\n  # inside\n  x: 1\n  # tail\n# about b\nb:\n- 1\nc: 3\n',
    edits: [put(['a'], 1), put(['b'], {})],
    after: 'a: 1 # one\n# about b\nb: {}\nc: 3\n',
  },
  {
    reason: 'a collection by another one, in the indentation that it had',
    before: 'a:\n      x: 1\nl:\n- 1\n- 2 # two\nm:\n   w: 1',
    edits: [put(['a'], { w: 2 }), put(['l'], [3]), put(['m'], ['z'])],
    after: 'a:\n      w: 2\nl:\n- 3\nm:\n- z',
  },
  {
    reason: 'an element by a collection and back',
    before: '- 1 # one\n- a: 1 # two\n  b: 2\n- |\n  text\n- x\n',
    edits: [put([0], { p: 1, q: 2 }), put([1], 'w'), put([2], [1, 2]), put([3], {})],
    after: '- p: 1 # one\n  q: 2\n- w\n- - 1\n  - 2\n- {}\n',
  },
  {
    reason: 'the whole document',
    before: '# head\na: 1 # one\n# tail\n',
    edits: [put([], { b: [1] })],
    after: '# head\nb:\n  - 1\n# tail\n',
  },
]

test.each(added)('adding in block style: $reason', ({ before, edits, after }) => {
  expect(edited(before, edits)).toBe(after)
})

test.each(removed)('deleting in block style: $reason', ({ before, edits, after }) => {
  expect(edited(before, edits)).toBe(after)
})

test.each(replaced)('replacing in block style: $reason', ({ before, edits, after }) => {
  expect(edited(before, edits)).toBe(after)
})
