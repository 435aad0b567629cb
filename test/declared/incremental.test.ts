import { describe, expect, test } from 'vitest'
import { Declarer } from '../../src/declared/declarer.ts'
import type { DeclaredState } from '../../src/declared/declared-state.ts'
import type { ModelId } from '../../src/domain/names.ts'
import { capabilityTable } from '../../src/runtimes/capability-table.ts'
import { Catalog, catalog, found, MODEL, OTHER, type DeclareOptions } from '../support/catalog-builder.ts'
import { mutate, seededRandom } from '../support/catalog-mutations.ts'

const two = catalog()
  .runtime('second', { deployment_method: 'host', stages: ['test'] })
  .model(OTHER)
  .version(OTHER, 1)
const both = two.deployment(OTHER, 'test', { model_version: 1, runtime: 'second' })

/** The same catalogs one after the other by one declarer, with what each of them read. */
function follow(...steps: readonly (Catalog | readonly [Catalog, DeclareOptions])[]) {
  const declarer = new Declarer(capabilityTable)
  let after: Catalog | undefined
  return steps.map((step) => {
    const [given, options] = step instanceof Catalog ? [step, {}] : step
    const read: string[] = []
    const state = given.declare({ declarer, onRead: (path) => read.push(path), ...(after && { after }), ...options })
    after = given
    return { state, read }
  })
}

const unitIn = (state: DeclaredState | undefined, model: ModelId) => state?.units.get(model)

describe('a revision after another', () => {
  test('shares what is the same: the very same units', () => {
    const [before, after] = follow(both, both.model(MODEL, 'description: Changed.\n'))
    expect(after?.read).toEqual(['models/abc/claim/docs/model.yaml'])
    expect(unitIn(after?.state, OTHER)).toBe(unitIn(before?.state, OTHER))
    expect(unitIn(after?.state, MODEL)?.catalog?.value.description).toBe('Changed.')
    expect(unitIn(before?.state, MODEL)?.catalog?.value.description).toBe('A model.')
  })

  test('with another runtime judges again what depends on it, without reading it', () => {
    const moved = both.runtime('second', { deployment_method: 'host', stages: ['dev', 'test'] })
    const [before, after] = follow(both, moved.runtime('third', { deployment_method: 'host', stages: ['x'] }))
    expect(after?.read.every((path) => path.startsWith('models/_platform/'))).toBe(true)
    expect(unitIn(after?.state, OTHER)?.deployments.get('test')?.runtime?.stages).toEqual(['dev', 'test'])
    expect(unitIn(before?.state, OTHER)?.deployments.get('test')?.runtime?.stages).toEqual(['test'])
  })

  test('leaves alone what names another runtime than the one that changed', () => {
    const named = both.deployment(MODEL, 'prod', { model_version: 1, runtime: 'local' })
    const [before, after] = follow(
      named,
      named.runtime('second', { deployment_method: 'host', stages: ['dev', 'test'] }),
    )
    expect(unitIn(after?.state, MODEL)).toBe(unitIn(before?.state, MODEL))
    expect(unitIn(after?.state, OTHER)).not.toBe(unitIn(before?.state, OTHER))
  })

  test('with another namespace.yaml judges again what is below it, and nothing else', () => {
    const [before, after] = follow(both, both.file('abc/claim/namespace.yaml', 'owner: claims@example.com\n'))
    expect(after?.read).toEqual(['models/abc/claim/namespace.yaml'])
    expect(unitIn(after?.state, MODEL)?.catalog?.value.owner).toBe('claims@example.com')
    expect(unitIn(after?.state, OTHER)).toBe(unitIn(before?.state, OTHER))
  })

  test('with another runtime keeps the namespaces of what it judges again, however deep they stand', () => {
    const nested = both
      .file('abc/namespace.yaml', 'owner: all@example.com\n')
      .file('abc/claim/namespace.yaml', 'owner: claims@example.com\n')
    const more = nested.runtime('third', { deployment_method: 'host', stages: ['x'] })
    const [, after] = follow(nested, more)
    expect(unitIn(after?.state, MODEL)).toMatchObject({ blocked: false })
    expect(unitIn(after?.state, MODEL)?.catalog?.value.owner).toBe('claims@example.com')
  })

  test('on another day judges again what has dates', () => {
    const dated = both.model(MODEL, { next_validation: '2026-03-01' })
    const [, after] = follow([dated, { now: '2026-03-01T12:00:00Z' }], [dated, { now: '2026-03-02T12:00:00Z' }])
    expect(after?.read).toEqual([])
    expect(found(after?.state ?? { diagnostics: [] })).toEqual(['ST1225 models/abc/claim/docs/model.yaml:1:18'])
  })

  test('that compares with another base judges again what it had compared', () => {
    const changed = both.version(MODEL, 1, { serving: { command: ['other'] } })
    const [, wrong, settled] = follow(both, [changed, { base: both }], [changed, { base: changed }])
    expect(found(wrong?.state ?? { diagnostics: [] }).some((line) => line.startsWith('ST1209'))).toBe(true)
    expect(found(settled?.state ?? { diagnostics: [] }).some((line) => line.startsWith('ST1209'))).toBe(false)
  })
})

test('whatever changed, the outcome is that of a declarer that knows nothing', () => {
  const random = seededRandom(7)
  const files = [...both.files.keys()]
  const declarer = new Declarer(capabilityTable)
  let last: Catalog | undefined
  let now = both.file('abc/namespace.yaml', 'owner: b\n').file('abc/claim/namespace.yaml', 'owner: a\n')
  for (let round = 0; round < 300; round += 1) {
    const path = files[Math.floor(random() * files.length)] ?? ''
    const file = both.files.get(path)
    const choice = random()
    if (file === undefined) continue
    if (choice < 0.4) now = now.file(path, mutate(file.bytes, random))
    else if (choice < 0.8) now = now.file(path, file.bytes)
    else if (choice < 0.9) now = now.without(path)
    else now = now.file('abc/claim/namespace.yaml', `owner: a\nallow: {stages: [${random() < 0.5 ? 'prod' : 'dev'}]}\n`)
    const fresh = now.declare()
    // After it: the next round shares the folders of this declaration.
    const known = now.declare({ declarer, ...(last && { after: last }) })
    last = now
    expect(known.diagnostics).toEqual(fresh.diagnostics)
    expect([...known.units.values()].map(({ model, blocked }) => [model, blocked])).toEqual(
      [...fresh.units.values()].map(({ model, blocked }) => [model, blocked]),
    )
    expect(known.documents).toBe(fresh.documents)
  }
})
