import { describe, expect, test } from 'vitest'
import { catalog, found, MODEL, pathIn, type Content } from '../support/catalog-builder.ts'

const file = pathIn(MODEL, 'model.yaml')
const problemsOf = (content: Content) => catalog().model(MODEL, content).declare()
const connection = (text: string) => `data_sources:\n  - name: x\n    connection: ${text}\n`

interface Row {
  readonly reason: string
  readonly content: Content
  readonly code: string
  readonly at: string
  readonly help: string
}

const rows: readonly Row[] = [
  { reason: 'a tab as indentation', content: 'labels:\n\ta: b\n', code: 'ST1017', at: '2:1', help: 'spaces' },
  { reason: 'a quote without end', content: 'owner: "a\n', code: 'ST1001', at: '1:8', help: 'Write " at the end' },
  { reason: 'an unknown tag', content: 'owner: !me x\n', code: 'ST1001', at: '1:8', help: 'syntax' },
  {
    reason: 'a tag of YAML 1.1',
    content: connection('{a: !!binary aGk=}'),
    code: 'ST1001',
    at: '3:21',
    help: 'syntax',
  },
  {
    reason: 'a document of YAML 1.1',
    content: '%YAML 1.1\n---\nowner: no\n',
    code: 'ST1001',
    at: '1:1',
    help: '%YAML',
  },
  {
    reason: 'an alias without anchor',
    content: 'owner: *me\n',
    code: 'ST1001',
    at: '1:8',
    help: 'Write the value out.',
  },
  { reason: 'an alias as document', content: '*me\n', code: 'ST1001', at: '1:1', help: 'Write the value out.' },
  { reason: 'half a character', content: 'owner: "\\uD800"\n', code: 'ST1001', at: '1:8', help: 'whole character' },
  { reason: 'a NUL character', content: 'owner: "a\\0"\n', code: 'ST1001', at: '1:8', help: 'Remove it.' },
  {
    reason: 'a key twice',
    content: 'owner: a\nurl: b\nowner: c\n',
    code: 'ST1002',
    at: '3:1',
    help: 'Keep one of the two.',
  },
  { reason: 'a key twice in a flow', content: 'labels: {a: b, a: c}\n', code: 'ST1002', at: '1:16', help: 'Keep one' },
  {
    reason: 'one key as number and text',
    content: 'labels:\n  1: a\n  "1": b\n',
    code: 'ST1002',
    at: '3:3',
    help: 'Keep one',
  },
  { reason: 'two documents', content: 'owner: a\n---\nowner: b\n', code: 'ST1003', at: '2:1', help: 'its own file' },
  {
    reason: 'an empty one before another',
    content: '---\n---\nowner: b\n',
    code: 'ST1003',
    at: '2:1',
    help: 'its own file',
  },
  { reason: 'no bytes', content: '', code: 'ST1004', at: '1:1', help: 'delete the file' },
  { reason: 'comments only', content: '# nothing\n\n', code: 'ST1004', at: '1:1', help: 'delete the file' },
  { reason: 'a mark and nothing', content: '---\n', code: 'ST1004', at: '1:1', help: 'delete the file' },
  { reason: 'Latin-1', content: Uint8Array.of(0x61, 0x3a, 0x20, 0xe9), code: 'ST1005', at: '1:1', help: 'UTF-8' },
  { reason: 'UTF-16', content: Uint8Array.of(0xff, 0xfe, 0x61, 0), code: 'ST1005', at: '1:1', help: 'UTF-8' },
  { reason: 'beyond 2^53', content: connection('{a: 9007199254740992}'), code: 'ST1007', at: '3:21', help: 'Quote it' },
  {
    reason: 'far below zero',
    content: connection('{a: -9007199254740993}'),
    code: 'ST1007',
    at: '3:21',
    help: 'Quote it',
  },
  { reason: 'not a number', content: connection('.nan'), code: 'ST1007', at: '3:17', help: 'Quote it' },
  { reason: 'infinite', content: connection('[1, -.inf]'), code: 'ST1007', at: '3:21', help: 'Quote it' },
  { reason: 'infinite by its exponent', content: connection('[1e400]'), code: 'ST1007', at: '3:18', help: 'Quote it' },
  {
    reason: 'zeros before a number',
    content: connection('{account: 012345678901}'),
    code: 'ST1007',
    at: '3:27',
    help: 'Quote it: "012345678901".',
  },
  {
    reason: 'zeros before a number in a list',
    content: connection('[1, 007]'),
    code: 'ST1007',
    at: '3:21',
    help: '"007"',
  },
  { reason: 'zeros before a fraction', content: connection('-00.5'), code: 'ST1007', at: '3:17', help: '"-00.5"' },
  { reason: 'zeros before a key', content: 'labels:\n  007: b\n', code: 'ST1103', at: '2:3', help: '"007"' },
  { reason: 'a list as key', content: 'labels:\n  ? [a]\n  : b\n', code: 'ST1103', at: '2:5', help: 'plain key' },
  {
    reason: 'a key that loses digits',
    content: 'labels:\n  1.10: b\n',
    code: 'ST1103',
    at: '2:3',
    help: 'Quote it: "1.10".',
  },
  { reason: 'an empty key', content: 'labels:\n  ~: b\n', code: 'ST1103', at: '2:3', help: 'Quote it: "~".' },
]

describe('a file that is not a document', () => {
  test.each(rows)('$reason is $code at $at', ({ content, code, at, help }) => {
    const state = problemsOf(content)
    expect(found(state)).toEqual([`${code} ${file}:${at}`])
    expect(state.diagnostics[0]?.help).toContain(help)
    expect(state.diagnostics[0]?.severity).toBe('error')
  })

  test('the message shows the number as it was written', () => {
    const [diagnostic] = problemsOf(connection('0xFFFFFFFFFFFFFFFF')).diagnostics
    expect(diagnostic?.summary).toContain('0xFFFFFFFFFFFFFFFF')
  })

  test('of every field the first syntax error is listed', () => {
    expect(found(problemsOf('owner: "a" b\nurl: "c" d\n'))).toEqual([`ST1001 ${file}:1:12`, `ST1001 ${file}:2:10`])
    expect(found(problemsOf('owner: a\n  url: b\n  x: c\n\nlabels: d: e\n'))).toEqual([
      `ST1001 ${file}:2:3`,
      `ST1001 ${file}:5:9`,
    ])
  })
})

describe('what YAML allows and a document may hold', () => {
  const fine: readonly (readonly [string, Content])[] = [
    ['lines that end in CR LF', 'owner: a\r\nurl: b\r\n'],
    ['a directive of YAML 1.2', '%YAML 1.2\n---\nowner: a\n'],
    ['marks around one document', '---\nowner: a\n...\n'],
    ['the greatest exact integer', connection('{a: 9007199254740991, b: -9007199254740991}')],
    ['an anchor and its alias', 'owner: &me alice\ndata_sources: [{name: x, owner: *me}]\n'],
    [
      'aliases of aliases',
      connection(`{a: &a [1], b: &b [${Array(10).fill('*a').join()}], c: [${Array(11).fill('*b').join()}]}`),
    ],
    ['keys that are names of every object', 'labels: {__proto__: a, constructor: b, toString: c, "": d}\n'],
    ['zero and fractions', connection('{a: 0, b: 0.5, c: -0.25, d: 0e0, e: "007", f: \'01\', g: 0day, h: 00:15}')],
    ['words that are text since YAML 1.2', connection('{a: yes, b: off, c: 0o17, d: 2026-01-01, e: 1_000}')],
  ]
  test.each(fine)('%s', (_reason, content) => {
    expect(found(problemsOf(content))).toEqual([])
  })

  test('positions count lines the same with CR LF and after a byte order mark', () => {
    const state = problemsOf('\uFEFFowner: a\r\nbad: 1\r\n')
    expect(found(state)).toEqual([`ST1018 ${file}:1:1`, `ST1101 ${file}:2:1`])
    expect(state.diagnostics.map(({ severity }) => severity)).toEqual(['warning', 'error'])
  })

  test('columns count UTF-16 units, as editors do', () => {
    expect(found(problemsOf('labels: {🦊: a, b: 1}\n'))).toEqual([`ST1103 ${file}:1:20`])
  })

  test('a key named __proto__ stays a key', () => {
    const state = problemsOf('labels: {__proto__: a}\n')
    const labels = state.units.get(MODEL)?.catalog?.value.labels ?? {}
    expect(Object.keys(labels)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['__proto__']).not.toBe('a')
  })
})
