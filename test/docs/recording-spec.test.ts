import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const spec = readFileSync(join(root, 'docs/spec/recording.md'), 'utf8')
const rows = spec.split('\n').filter((line) => /^\| R\d+ /.test(line))
/** `file`: the beginning of a test's name in quotes, as the table writes it. */
const named = [...spec.matchAll(/`(test\/[^`]+)`(?:: “([^”]+)”)?/g)].map(
  ([, file = '', name = '']) => [file, name] as const,
)

describe('docs/spec/recording.md', () => {
  test('numbers its invariants without a gap, and each names a test', () => {
    expect(rows.map((row) => Number(/R(\d+)/.exec(row)?.[1]))).toEqual(rows.map((_, index) => index + 1))
    expect(rows.length).toBeGreaterThan(15)
    for (const row of rows) expect(row, row.slice(0, 60)).toMatch(/`test\//)
  })

  test.each(named)('%s has the test “%s”', (file, name) => {
    expect(existsSync(join(root, file)), file).toBe(true)
    const text = readFileSync(join(root, file), 'utf8').replaceAll("\\'", "'")
    expect(text).toContain(name)
  })
})
