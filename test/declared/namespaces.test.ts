import { expect, test } from 'vitest'
import { matchesAny } from '../../src/declared/namespaces.ts'

const rows: readonly (readonly [name: string, pattern: string, matches: boolean])[] = [
  ['prod-a', 'prod-*', true],
  ['prod', 'prod-*', false],
  ['prod', '*', true],
  ['abcabd', '*ab?', true],
  ['abcabd', '*ab', false],
  ['axbxc', 'a*b*c', true],
  ['axbxcd', 'a*b*c', false],
  ['prod', 'prod', true],
  ['prod2', 'prod', false],
  ['a.b', 'a?b', true],
  ['axb', 'a.b', false],
]

test.each(rows)('%s against the pattern %s: %s', (name, pattern, matches) => {
  expect(matchesAny(name, [pattern])).toBe(matches)
})

test('a pattern of many stars is decided at once', () => {
  expect(matchesAny('a'.repeat(100), [`${'*a'.repeat(30)}b`])).toBe(false)
})
