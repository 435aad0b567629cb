import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diagnosticCodes, type DiagnosticCode } from '../../src/domain/diagnostic-codes.ts'
import { firstLine, sortDiagnostics, type Diagnostic } from '../../src/domain/diagnostics.ts'
import { canonicalJson, digestOf, sha256Hex } from '../../src/domain/digest.ts'
import { parseDuration } from '../../src/domain/durations.ts'
import { errorCode, errorMessage, StewardError } from '../../src/domain/errors.ts'
import type { Json } from '../../src/domain/json.ts'
import {
  deploymentKey,
  modelId,
  normaliseMethod,
  normaliseStrategy,
  parseModelReference,
  splitModelId,
} from '../../src/domain/names.ts'
import { nearestName } from '../../src/domain/nearest-name.ts'
import { changedFields, omit, pick } from '../../src/domain/objects.ts'
import { isEnded, isOpen, rolloutStates } from '../../src/domain/rollout-states.ts'

describe('canonical JSON (RFC 8785)', () => {
  test.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [
      { '\u20ac': 1, '\r': 2, '1': 3, '\u0080': 4, '\ud83d\ude00': 5 },
      '{"\\r":2,"1":3,"\u0080":4,"\u20ac":1,"\ud83d\ude00":5}',
    ],
    [[Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]'],
    ['\u000f"\\/\u2028', '"\\u000f\\"\\\\/\u2028"'],
    [{ __proto__: null, toString: 1 } as Json, '{"toString":1}'],
  ])('of %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  test('is the same for any order of keys, and says the same as JSON', () => {
    const reversed = (value: Json): Json => {
      if (Array.isArray(value)) return (value as Json[]).map(reversed)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, held]) => [key, reversed(held as Json)]),
      )
    }
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(JSON.stringify(value).isWellFormed() && !/\\ud[89a-f]/i.test(JSON.stringify(value)))
        const text = canonicalJson(value as Json)
        expect(canonicalJson(reversed(value as Json))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 200 },
    )
  })

  test('refuses what has no JSON form', () => {
    for (const value of [undefined, NaN, Infinity, '\ud800', [Infinity]]) {
      expect(() => canonicalJson(value as unknown as Json)).toThrow()
    }
  })

  test('gives the digest that sha256sum gives', () => {
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(digestOf({ b: 1, a: 'é' })).toBe(`sha256:${sha256Hex(Buffer.from('{"a":"é","b":1}', 'utf8'))}`)
  })
})

describe('names', () => {
  test.each([
    ['abc/claim/docs', '/abc/claim/docs', null],
    ['/abc/claim/docs', '/abc/claim/docs', null],
    ['abc/docs@3', '/abc/docs', 3],
    ['a/b@999999', '/a/b', 999_999],
  ])('MODEL %s', (text, model, version) => {
    expect(parseModelReference(text)).toEqual({ model, version })
  })

  test.each([
    '',
    '/',
    'docs',
    '/docs',
    'a//b',
    'a/b/',
    'a/B',
    'a/b@0',
    'a/b@01',
    'a/b@1000000',
    'a/b@',
    '_a/b',
    'a/b\n',
    'a b/c',
  ])('no MODEL: %j', (text) => {
    expect(parseModelReference(text)).toBeNull()
  })

  test('of models and deployments are put together and taken apart', () => {
    const model = modelId('/abc/claim', 'docs')
    expect(splitModelId(model)).toEqual({ namespace: '/abc/claim', name: 'docs' })
    expect(deploymentKey(model, 'prod')).toBe('/abc/claim/docs#prod')
  })

  test('of methods and strategies have one spelling that is written', () => {
    expect(['ecs', 'eks', 'lambda', 'sagemaker', 'host', 'AWS Lambda'].map(normaliseMethod)).toEqual([
      'self hosted ECS',
      'self hosted EKS',
      'AWS Lambda',
      'AWS SageMaker',
      'local host',
      'AWS Lambda',
    ])
    expect(['canory', 'blue_green', 'rolling'].map(normaliseStrategy)).toEqual(['canary', 'blue green', 'rolling'])
  })

  test('that are nearly right have a nearest one; others have none', () => {
    expect(nearestName('modell', ['model', 'mode', 'path'])).toBe('model')
    expect(nearestName('zzzz', ['model', 'path'])).toBeNull()
    expect(nearestName('', [])).toBeNull()
  })

  test('that are written in capitals, or only begun, have a nearest one; not where several begin so', () => {
    expect(nearestName('REST', ['rest', 'kafka'])).toBe('rest')
    expect(nearestName('local', ['local host', 'external'])).toBe('local host')
    expect(nearestName('sel', ['self hosted ECS', 'self hosted EKS'])).toBeNull()
    expect(nearestName('a', ['account', 'region'])).toBeNull()
  })
})

describe('a duration', () => {
  test.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['400d', 34_560_000_000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  test.each(['', '0s', '5', 's', '1.5h', '-1s', '1w', ' 1s', '1s\n', '01s'])('is none: %j', (text) => {
    expect(parseDuration(text)).toBeNull()
  })
})

describe('changed fields', () => {
  test('are those that differ, with both sides', () => {
    const change = changedFields({ a: 1, b: { x: 1, y: 2 }, c: 1 }, { a: 2, b: { y: 2, x: 1 }, d: 1 })
    expect(change).toEqual({ before: { a: 1, c: 1 }, after: { a: 2, d: 1 }, fields: ['a', 'c', 'd'] })
  })

  test('are none where only the order of keys differs', () => {
    expect(changedFields({ a: { b: 1, c: [1] } }, { a: { c: [1], b: 1 } })).toBeNull()
    expect(changedFields({ a: [1, 2] }, { a: [2, 1] })).not.toBeNull()
  })

  test('tell null from nothing', () => {
    expect(changedFields({ a: null }, {})).toEqual({ before: { a: null }, after: {}, fields: ['a'] })
  })

  test('pick and omit divide a value in two', () => {
    const value = { a: 1, b: 2, c: null }
    expect({ ...pick(value, ['a', 'c', 'z']), ...omit(value, new Set(['a', 'c', 'z'])) }).toEqual(value)
  })
})

describe('diagnostics', () => {
  const at = (path: string, line: number, column: number, code: DiagnosticCode = 'ST1001'): Diagnostic => ({
    ...{ code, severity: 'error', summary: '', path, pointer: '', related: [] },
    range: { start: { line, column }, end: { line, column } },
  })

  test('are listed by file, place and code, whatever the order they were found in', () => {
    const sorted = [at('a', 1, 1), at('a', 2, 9), at('a', 10, 1), at('a', 10, 1, 'ST1102'), at('b', 1, 1)]
    fc.assert(
      fc.property(fc.shuffledSubarray(sorted, { minLength: 5 }), (shuffled) => {
        expect(sortDiagnostics(shuffled)).toEqual(sorted)
      }),
    )
  })

  test('have codes that each say what is wrong and what to do', () => {
    for (const [code, { severity, summary, help }] of Object.entries(diagnosticCodes)) {
      expect(code).toMatch(/^ST1[0-5][0-9]{2}$/)
      expect(['error', 'warning']).toContain(severity)
      expect(summary).toMatch(/^[A-Z].*[^.]$/)
      expect(help).toMatch(/\.$/)
    }
  })

  test('of a folder stand at the first line', () => {
    expect(firstLine).toEqual({ start: { line: 1, column: 1 }, end: { line: 1, column: 1 } })
  })
})

test('every state of a rollout is on its way, live or ended', () => {
  for (const state of rolloutStates)
    expect(Number(isOpen(state)) + Number(isEnded(state))).toBe(state === 'live' ? 0 : 1)
})

test('an error carries what callers branch on, and its cause', () => {
  const error = new StewardError('no', { code: 'x', cause: new Error('why') })
  expect(error).toMatchObject({ code: 'x', kind: 'environment', retry: 'never', hint: undefined })
  expect(errorMessage(error.cause)).toBe('why')
  expect(errorCode(error)).toBe('x')
  expect([errorCode(null), errorCode('x'), errorCode({ code: 1 })]).toEqual([undefined, undefined, undefined])
})
