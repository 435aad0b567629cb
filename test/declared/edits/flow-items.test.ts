import { expect, test } from 'vitest'
import { add, edited, put, remove, yaml, type Golden } from './golden.ts'

const added: readonly Golden[] = [
  {
    reason: 'a document that is one mapping in braces',
    before: '{model_version: 1}',
    edits: [add(['hold'], { reason: 'x, y' }), put(['model_version'], 2)],
    after: '{model_version: 2, hold: {reason: "x, y"}}',
  },
  {
    reason: 'empty brackets, with the pad of the document where it has one',
    before: 'a: []\nb: {}\nc: [ ]\nd: { x: 1 }\ne: [ 1 ]\nf: { # none\n  }\n',
    edits: [put(['a', 0], 1), add(['b', 'k'], 'v'), put(['c', 0], { k: 1 }), add(['f', 'k'], 1)],
    after: 'a: [ 1 ]\nb: { k: v }\nc: [ { k: 1 } ]\nd: { x: 1 }\ne: [ 1 ]\nf: { k: 1 # none\n  }\n',
  },
  {
    reason: 'behind a sibling, at the end, and behind a last comma',
    before: '- {name: a, uri: b} # c\n- [ 1, 2, ]\n- {x, y: }\n',
    edits: [add([0, 'z'], 1, 'name'), add([0, 'w'], [1, { v: 2 }]), put([1, 2], 3), add([2, 'z'], 1)],
    after: '- {name: a, z: 1, uri: b, w: [ 1, {v: 2} ]} # c\n- [ 1, 2, 3, ]\n- {x, y:, z: 1 }\n',
  },
  {
    reason: 'in a line of its own where the others have one, comments staying where they are',
    before: 'a:\n  - {\n      name: s, # n\n      uri: u # u\n    } # end\n',
    edits: [add(['a', 0, 'sha256'], 'abc'), add(['a', 0, 'size'], 1, 'name')],
    after: 'a:\n  - {\n      name: s, # n\n      size: 1,\n      uri: u, # u\n      sha256: abc\n    } # end\n',
  },
  {
    reason: 'over-long mappings that close in their last line, with CRLF',
    before: 'a:\r\n- {name: s,\r\n   uri: u}\r\n- {name: t,\r\n   uri: u,}\r\n',
    edits: [add(['a', 0, 'size'], 1), add(['a', 1, 'size'], 2)],
    after: 'a:\r\n- {name: s,\r\n   uri: u,\r\n   size: 1}\r\n- {name: t,\r\n   uri: u,\r\n   size: 2,}\r\n',
  },
  {
    reason: 'lists with a line for each element, with and without a last comma',
    before: 'a: [\n  1, # one\n  2, # two\n]\nb: [\n  1\n  # end\n  ]\n',
    edits: [put(['a', 2], 3), put(['b', 1], 2)],
    after: 'a: [\n  1, # one\n  2, # two\n  3,\n]\nb: [\n  1,\n  2\n  # end\n  ]\n',
  },
  {
    reason: 'a document that is JSON stays JSON',
    before: '{\n  "model_version": 2,\n  "labels": {"a": "b"}\n}\n',
    edits: [add(['hold'], { reason: 'x' }), put(['labels', 'a'], 'c'), put(['model_version'], 'd')],
    after: '{\n  "model_version": "d",\n  "labels": {"a": "c"},\n  "hold": {"reason": "x"}\n}\n',
  },
]

const removed: readonly Golden[] = [
  {
    reason: 'first, middle, last and only item of one line',
    before: '- {a: 1, b: 2, c: 3} # x\n- [1, 2, 3]\n- { a: 1, b: 2, }\n- { a: 1 }\n- [1, ]\n',
    edits: [remove(0, 'b'), remove(0, 'a'), remove(1, 2), remove(2, 'b'), remove(3, 'a'), remove(4, 0)],
    after: '- {c: 3} # x\n- [1, 2]\n- { a: 1, }\n- {}\n- []\n',
  },
  {
    reason: 'a line of its own, with the comment above and beside it',
    before:
      'a: {\n    # about x\n    x: 1, # one\n    # about y\n    y: [1,\n      2], # two\n    # about z\n    z: 3 # three\n  }\n',
    edits: [remove('a', 'y'), remove('a', 'z')],
    after: 'a: {\n    # about x\n    x: 1 # one\n  }\n',
  },
  {
    reason: 'items that share lines with others or with the brackets',
    before:
      'a: {x: 1, y: 2,\n    z: 3}\nb: {x: 1, # one\n    y: 2}\nc: {x: 1,\n    y: 2}\nd: {x: 1, # one\n    y: 2}\n',
    edits: [remove('a', 'y'), remove('b', 'x'), remove('c', 'y'), remove('d', 'y')],
    after: 'a: {x: 1,\n    z: 3}\nb: {\n    y: 2}\nc: {x: 1}\nd: {x: 1 # one\n    }\n',
  },
  {
    reason: 'the hold, written in braces',
    before: yaml`
      model_version: 2
      # waits for the audit
      hold: { reason: "audit: open", until: 2026-12-04 } # see mail
      # how
      rolling_strategy: canary
    `,
    edits: [remove('hold', 'until'), remove('hold')],
    after: yaml`
      model_version: 2
      # how
      rolling_strategy: canary
    `,
  },
]

test.each(added)('adding in flow style: $reason', ({ before, edits, after }) => {
  expect(edited(before, edits)).toBe(after)
})

test.each(removed)('deleting in flow style: $reason', ({ before, edits, after }) => {
  expect(edited(before, edits)).toBe(after)
})

test('a pair in a list without braces: its value is edited, the pair is replaced', () => {
  expect(edited('[a: 1, b]', [put([0, 'a'], 2)])).toMatch(/^1:\d+: a pair in a list without braces is not edited$/)
  expect(edited('[a: 1, b]', [put([0], 2)])).toBe('[2, b]')
})
