import { describe, expect, test } from 'vitest'
import type { ModelId } from '../../src/domain/names.ts'
import { Catalog, catalog, found, MODEL, pathIn } from '../support/catalog-builder.ts'
import { mutate, seededRandom } from '../support/catalog-mutations.ts'

const file = pathIn(MODEL, 'model.yaml')
const withModel = (content: string | Uint8Array) => catalog().model(MODEL, content).declare()
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n')
const nest = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
const connection = (text: string) => `data_sources: [{name: x, connection: ${text}}]\n`

/** Nine names, each of them nine of the one before: 9^9 nodes when written out. */
const laughs = () => {
  const names = 'abcdefghi'.split('')
  const line = (name: string, index: number) => {
    const before = names[index - 1]
    return `${name}: &${name} [${Array(9)
      .fill(before === undefined ? 'ha' : `*${before}`)
      .join()}]`
  }
  return connection(`{${names.map(line).join(', ')}}`)
}

describe('limits (ST1006)', () => {
  const rows: readonly (readonly [string, () => string, string])[] = [
    ['a file of 2 MB', () => `owner: ${'x'.repeat(2 * 1024 * 1024)}`, 'the limit is 1048576'],
    ['5 000 lists in each other', () => connection(`{a: ${nest(5_000)}}`), 'nested'],
    ['65 lists and mappings in each other', () => connection(`{a: ${nest(61)}}`), 'deeper than 64'],
    ['5 000 mappings in each other', () => lines(1_400, (i) => `${' '.repeat(i)}a:`), 'nested'],
    ['an alias bomb', laughs, 'more than 100000 nodes'],
    ['an alias of its own parent', () => connection('&a {b: *a}'), 'more than 100000 nodes'],
    ['101 aliases', () => connection(`{a: &a b, c: [${Array(101).fill('*a').join()}]}`), 'more than 100 aliases'],
    [
      'depth that only aliases reach',
      () => connection(`{a: &a ${'['.repeat(50)}1${']'.repeat(50)}, b: [[[[[[[[[[[[[*a]]]]]]]]]]]]]}`),
      'deeper',
    ],
    ['too many nodes', () => `services: [${'a,'.repeat(100_001)}]`, 'more than 100000 nodes'],
    ['a million opening brackets', () => '['.repeat(1_000_000), 'more than 100000 nodes'],
    ['a million closing brackets', () => ']'.repeat(1_000_000), 'more than 100000 nodes'],
    ['a million commas', () => `services: [${','.repeat(1_000_000)}`, 'more than 100000 nodes'],
    ['half a million lists in a line', () => '- '.repeat(500_000), 'more than 100000 nodes'],
    ['half a million colons', () => ': '.repeat(500_000), 'more than 100000 nodes'],
    ['anchors without end', () => '&a '.repeat(300_000), 'more than 100000 nodes'],
    ['tags without end', () => '!a '.repeat(300_000), 'more than 100000 nodes'],
    ['a quarter of a million documents', () => '---\n'.repeat(250_000), 'more than 100000 nodes'],
  ]
  test.each(rows)('%s', (_reason, content, summary) => {
    const state = withModel(content())
    expect(state.diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([`ST1006 ${file}`])
    expect(state.diagnostics[0]?.summary).toContain(summary)
    expect(state.units.get(MODEL)?.blocked).toBe(true)
  })

  test.each([
    ['dots', 'a.'],
    ['hyphens', 'a-'],
    ['beginnings of tokens', 'eyJ'],
  ])('a long text of %s is looked at for secrets in one go', (_reason, part) => {
    const long = `description: "\\x41 ${part.repeat(240_000 / part.length)}"\n`
    expect(found(withModel(long))).toEqual([])
  })

  test('what is just within them is read', () => {
    expect(found(withModel(connection(`{a: ${nest(24)}}`)))).toEqual([])
    // Within the limit of documents, but not within that of a table item (32 levels).
    expect(withModel(connection(`{a: ${nest(60)}}`)).diagnostics.map(({ code }) => code)).toEqual(['ST1403'])
    expect(found(withModel(connection(`{a: &a b, c: [${Array(100).fill('*a').join()}]}`)))).toEqual([])
  })

  test('a file of nothing but faults lists the first hundred and says how many more there are', () => {
    const unknown = withModel(lines(12_000, (i) => `k${i}: v`))
    expect(unknown.diagnostics).toHaveLength(101)
    expect(unknown.diagnostics.at(-1)).toMatchObject({ code: 'ST1006', range: { start: { line: 101 } } })
    expect(unknown.diagnostics.at(-1)?.summary).toContain('11900 more problems')
    const keys = withModel(`labels:\n${lines(12_000, () => '  a: b')}`)
    expect(keys.diagnostics).toHaveLength(101)
  })
})

test('500 mutated documents: declare returns, whatever they hold', () => {
  const random = seededRandom(20260301)
  const base = catalog().settings({ drift: { mode: 'warn' } })
  const paths = [...base.files.keys()]
  for (let round = 0; round < 500; round += 1) {
    const path = paths[Math.floor(random() * paths.length)] ?? ''
    const bytes = mutate(base.files.get(path)?.bytes ?? new Uint8Array(), random)
    const state = base.file(path, bytes).declare()
    for (const { range, path: at } of state.diagnostics) {
      expect(at.startsWith('models/')).toBe(true)
      expect(Math.min(range.start.line, range.start.column, range.end.line, range.end.column)).toBeGreaterThan(0)
    }
  }
})

test('500 mutated paths: declare returns, whatever they are', () => {
  const random = seededRandom(20260302)
  const decoder = new TextDecoder()
  for (let round = 0; round < 500; round += 1) {
    let given = catalog()
    for (const path of catalog().files.keys()) {
      const changed = decoder.decode(mutate(new TextEncoder().encode(path), random))
      const mode = (['file', 'symlink', 'submodule'] as const)[Math.floor(random() * 3)] ?? 'file'
      given = mode === 'file' ? given.file(changed, 'owner: a\n') : given.entry(changed, mode)
    }
    expect(given.declare().revision).toBe('main@sha1:0000000000000000000000000000000000000000')
  }
})

test('a thousand broken models are a thousand errors and a thousand blocked units', () => {
  const models = Array.from({ length: 1_000 }, (_, n) => `/abc/m${n}` as ModelId)
  const given = new Catalog(
    new Map(models.flatMap((model) => [...new Catalog().model(model, `bad: "${model}"\n`).version(model, 1).files])),
  )
  const state = given.declare()
  expect(state.diagnostics).toHaveLength(1_000)
  expect([...state.units.values()].every(({ blocked }) => blocked)).toBe(true)
})
