import { describe, expect, test } from 'vitest'
import { diagnosticCodes } from '../../src/domain/diagnostic-codes.ts'
import type { Diagnostic } from '../../src/domain/diagnostics.ts'
import { found } from '../support/catalog-builder.ts'
import { invalidCases } from '../support/invalid-cases.ts'
import { judgeCase } from '../support/judge-case.ts'

const cases = invalidCases()
const belowRoot = (line: string): string => line.replace(' models/', ' ')

/** What every message keeps to: one line that does not end like a sentence, and a help of whole sentences. */
function checkWords({ summary, help = '' }: Diagnostic): void {
  expect(summary).toMatch(/^\S.*\S$/)
  expect(summary).not.toMatch(/[.:,;]$/)
  expect(help).toMatch(/^\S[^]*[.…]$/)
  expect(help).not.toMatch(/did you mean/i)
}

describe('an invalid catalog', () => {
  test.each(cases.map(({ path, given }) => [`${path}: ${given.reason}`, given] as const))(
    '%s',
    async (_name, given) => {
      const diagnostics = await judgeCase(given)
      expect(found({ diagnostics }).map(belowRoot)).toEqual(given.expect)
      diagnostics.forEach(checkWords)
      const helps = diagnostics.map(({ help }) => help).join(' ')
      for (const text of given.help) expect(helps).toContain(text)
    },
  )

  test('is there for every code', () => {
    const expected = new Set(cases.flatMap(({ given }) => given.expect.map((line) => line.split(' ', 1)[0])))
    expect(Object.keys(diagnosticCodes).filter((code) => !expected.has(code))).toEqual([])
  })

  test('is not described twice', () => {
    const reasons = cases.map(({ given }) => given.reason)
    expect(reasons.filter((reason, index) => reasons.indexOf(reason) !== index)).toEqual([])
  })
})
