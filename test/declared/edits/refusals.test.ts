import { expect, test } from 'vitest'
import { editYaml, type Edit } from '../../../src/declared/edits/edit-yaml.ts'
import { add, edited, put, remove } from './golden.ts'

interface Row {
  readonly reason: string
  readonly text: string
  readonly edit: Edit
  readonly problem: RegExp
}

const rows: readonly Row[] = [
  { reason: 'no YAML', text: 'a: 1\nb: [1\n', edit: put(['a'], 2), problem: /^2:4: this [[] is never closed/ },
  { reason: 'an unknown tag', text: 'a: !me 1\n', edit: put(['a'], 2), problem: /^1:4: not valid YAML/ },
  { reason: 'a key twice', text: 'a: 1\na: 2\n', edit: put(['a'], 3), problem: /^2:1: the key `a` stands twice/ },
  {
    reason: 'a tab as indentation',
    text: 'a:\n\tb: 1\n',
    edit: put(['a'], 3),
    problem: /^2:1: a tab indents this line/,
  },
  { reason: 'two documents', text: 'a: 1\n---\nb: 1\n', edit: put(['a'], 2), problem: /^2:1: .*more than one/ },
  { reason: 'no document', text: '# nothing\n', edit: put(['a'], 2), problem: /^1:1: the file holds no document/ },
  { reason: 'YAML 1.1', text: '%YAML 1.1\n---\na: no\n', edit: put(['a'], 2), problem: /^1:1: YAML 1.1/ },
  {
    reason: 'a path through text',
    text: 'x: 1\na: b\n',
    edit: put(['a', 'c'], 1),
    problem: /^2:4: the path leads through/,
  },
  {
    reason: 'a path through an alias',
    text: 'a: &x {c: 1}\nb: *x\n',
    edit: put(['b', 'c'], 2),
    problem: /^2:4: .*alias/,
  },
  { reason: 'a named value', text: 'a: &x 1\nb: *x\n', edit: put(['a'], 2), problem: /^1:7: the anchor `&x` is used/ },
  {
    reason: 'a value within a named one',
    text: 'a: &x\n  c: [1]\nb: *x\n',
    edit: put(['a', 'c', 0], 2),
    problem: /&x/,
  },
  { reason: 'an addition to a named value', text: 'a: &x {}\nb: *x\n', edit: add(['a', 'c'], 2), problem: /&x/ },
  { reason: 'deleting what holds an anchor', text: 'a:\n  b: &x 1\nc: *x\n', edit: remove('a'), problem: /&x/ },
  { reason: 'deleting what is not there', text: 'a: 1\n', edit: remove('b'), problem: /^1:1: there is no `b` here/ },
  { reason: 'deleting the document', text: 'a: 1\n', edit: remove(), problem: /^1:1: the whole document/ },
  { reason: 'inserting what exists', text: 'a: 1\nb: 2\n', edit: add(['b'], 1), problem: /^2:4: `b` exists already/ },
  { reason: 'inserting into a list', text: 'a: [1]\n', edit: add(['a', 1], 1), problem: /added to a list by `set`/ },
  { reason: 'an element far behind the end', text: 'a: [1]\n', edit: put(['a', 2], 1), problem: /^1:4: a list of 1/ },
  { reason: 'an index before the start', text: 'a: [1]\n', edit: put(['a', -1], 1), problem: /^1:4: a list of 1/ },
  { reason: 'a name in a list', text: 'a: [1]\n', edit: put(['a', 'b'], 1), problem: /^1:4: a list of 1/ },
  { reason: 'a second element of a new list', text: 'a: 1\n', edit: put(['b', 1], 1), problem: /there is no/ },
  {
    reason: 'an explicit key without value',
    text: '? a\n? b\n: 1\n',
    edit: put(['a'], 1),
    problem: /^1:1: a key without/,
  },
  {
    reason: 'a number that JSON can not hold',
    text: 'a: 1\n',
    edit: put(['a'], Infinity),
    problem: /could not be read/,
  },
  { reason: 'half a character', text: 'a: 1\n', edit: put(['a'], '\uD83D'), problem: /could not be read/ },
  { reason: 'an alias bomb', text: bomb(), edit: put(['a0'], 1), problem: /nodes|anchor/ },
  { reason: 'deep nesting', text: '['.repeat(50_000), edit: put([0], 1), problem: /^\d+:\d+: / },
]

function bomb(): string {
  const levels = Array.from(
    { length: 30 },
    (_unused, level) => `a${level + 1}: &x${level + 1} [*x${level}, *x${level}]`,
  )
  return `a0: &x0 [1]\n${levels.join('\n')}\n`
}

test.each(rows)('an edit is refused with its place: $reason', ({ text, edit, problem }) => {
  expect(edited(text, [edit])).toMatch(problem)
})

test('after a refused edit nothing of the call is done', () => {
  expect(editYaml('a: 1\n', [put(['a'], 2), remove('b')])).toEqual({
    problem: { message: 'there is no `b` here', line: 1, column: 1 },
  })
})

test('the changed lines are those of the new text; a place where lines were removed is an empty span', () => {
  const text = 'a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n'
  const changed = (...edits: Edit[]): unknown => {
    const result = editYaml(text, edits)
    return 'text' in result ? result.changedLines : result
  }
  expect(changed()).toEqual([])
  expect(changed(put(['b'], 2))).toEqual([])
  expect(changed(put(['b'], 3))).toEqual([{ start: 2, end: 3 }])
  expect(changed(remove('b'))).toEqual([{ start: 2, end: 2 }])
  expect(changed(remove('e'))).toEqual([{ start: 5, end: 5 }])
  expect(changed(put(['e'], 6), add(['x'], { y: 1 }, 'a'))).toEqual([
    { start: 2, end: 4 },
    { start: 7, end: 8 },
  ])
  expect(changed(add(['x'], { y: 1 }, 'a'), put(['x', 'y'], 2), remove('a'))).toEqual([{ start: 1, end: 3 }])
})
