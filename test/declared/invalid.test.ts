import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { diagnosticCodes } from '../../src/domain/diagnostic-codes.ts'
import type { Diagnostic } from '../../src/domain/diagnostics.ts'
import { found } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'
import type { InvalidCase } from '../support/invalid-case.ts'
import { invalidCases } from '../support/invalid-cases.ts'
import { judgeCase } from '../support/judge-case.ts'

/** Codes that no catalog shows by itself: the suite that does, null where nothing gives the code yet. */
const elsewhere: Readonly<Record<string, string | null>> = {
  ST1306: 'e2e/seeds.test.ts',
  ST1501: 'long/robustness.test.ts',
}

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
    for (const [code, file] of Object.entries(elsewhere)) {
      if (file !== null) expect(readFileSync(join(import.meta.dirname, '..', file), 'utf8')).toContain(code)
    }
    const missing = Object.keys(diagnosticCodes).filter((code) => !expected.has(code))
    expect(missing).toEqual(Object.keys(elsewhere))
  })

  test('is not described twice', () => {
    const reasons = cases.map(({ given }) => given.reason)
    expect(reasons.filter((reason, index) => reasons.indexOf(reason) !== index)).toEqual([])
  })
})

/** What a command line can see as it is: files alone, nothing to compare with, at any time. */
function isPlain({ catalog, base, applied, artifacts, now, driver }: InvalidCase): boolean {
  const files = [...catalog.files.values()].every(({ mode }) => mode === 'file')
  return (
    files && base === undefined && applied.length === 0 && artifacts === null && now === undefined && driver === null
  )
}

describe('steward validate', () => {
  test('finds the same in 20 of them', async () => {
    const plain = cases.filter(({ given }) => isPlain(given))
    const step = Math.floor(plain.length / 20)
    const sample = Array.from({ length: 20 }, (_, index) => plain[index * step]).filter((each) => each !== undefined)
    await using line = new CommandLine()
    line.repository.commit()
    for (const { path, given } of sample) {
      line.repository.writeCatalog(given.catalog)
      const { code, value } = await line.json(['validate'])
      const diagnostics = value.diagnostics as readonly Diagnostic[]
      expect(found({ diagnostics }).map(belowRoot), path).toEqual(given.expect)
      expect(code, path).toBe(diagnostics.some(({ severity }) => severity === 'error') ? 1 : 0)
    }
  })
})
