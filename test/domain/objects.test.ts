import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from '../../src/domain/digest.ts'
import type { Json } from '../../src/domain/json.ts'
import { same } from '../../src/domain/objects.ts'

test('two values are the same where their canonical JSON is', () => {
  const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(same(a, b)).toBe(canonicalJson(a) === canonicalJson(b))
      const copy = JSON.parse(JSON.stringify(a)) as Json
      expect(same(a, copy)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: undefined }, { b: undefined }, true],
  [{ a: undefined }, { b: 1 }, false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [{}, null, false],
  [0, -0, true],
  ['1', 1, false],
  [undefined, null, false],
  [undefined, undefined, true],
])('%j and %j: %s', (a, b, expected) => {
  expect(same(a as Json, b as Json)).toBe(expected)
  expect(same(b as Json, a as Json)).toBe(expected)
})
