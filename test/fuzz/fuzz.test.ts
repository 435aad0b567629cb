import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { modelFiles, modelText } from '../../scripts/bench/corpus/model.ts'
import { compareParsers } from '../../scripts/fuzz/check-document.ts'
import { fuzz } from '../../scripts/fuzz/fuzz.ts'
import { readHostile } from '../../scripts/fuzz/hostile.ts'
import { hostileDocuments } from '../../scripts/fuzz/hostile-documents.ts'
import { readOptions } from '../../scripts/fuzz/options.ts'
import { exampleDocuments } from '../../scripts/fuzz/starting-documents.ts'
import { seededRandom } from '../support/catalog-mutations.ts'

const checkout = join(import.meta.dirname, '../..')

describe('the short form of npm run fuzz', () => {
  test('finds nothing in 1 000 mutated and 1 000 generated documents', () => {
    const report = fuzz(readOptions(['--count', '1000', '--seed', '7']))
    expect(report.findings).toEqual([])
    expect(report).toMatchObject({ mutated: 1000, generated: 1000, catalogs: 100 })
    // Both parsers get something to read, or nothing is compared.
    expect(Math.min(report.fast, report.exact)).toBeGreaterThan(100)
  })

  test('gives the same documents for the same seed', () => {
    const options = readOptions(['--count', '50', '--seed', '8'])
    const shape = ({ fast, exact, refused }: ReturnType<typeof fuzz>) => ({ fast, exact, refused })
    expect(shape(fuzz(options))).toEqual(shape(fuzz(options)))
  })

  test('reads and edits what breaks the limits in the most ways', () => {
    const chosen = /within|wait for the next|anchors of schemas|aliases of aliases|mappings in each other|looks like/
    const indices = hostileDocuments().flatMap(({ name }, index) => (chosen.test(name) ? [index] : []))
    expect(indices.length).toBeGreaterThan(4)
    for (const index of indices)
      expect(readHostile(index).findings.filter((what) => what.includes('thrown'))).toEqual([])
  })
})

describe('the two parsers', () => {
  test('agree on every YAML file of the repository', () => {
    const folders = 'models,schemas,docs,.github,test'
    const files = globSync(`{${folders}}/**/*.{yaml,yml}`, { cwd: checkout })
    expect(files.length).toBeGreaterThan(30)
    for (const file of files) {
      expect(compareParsers(readFileSync(join(checkout, file))).findings, file).toEqual([])
    }
  })

  test('read what people write with the fast one', () => {
    const slow = exampleDocuments().filter(({ bytes }) => compareParsers(bytes).fast !== true)
    expect(slow.map(({ name }) => name)).toEqual([])
    const generated = Array.from({ length: 20 }, (_, model) => modelFiles(model, 3)).flat()
    const texts = [...generated.map(({ text }) => text), modelText(1, seededRandom(1), 2)]
    expect(texts.filter((text) => compareParsers(Buffer.from(text)).fast !== true)).toEqual([])
  })
})
