import { describe, expect, test } from 'vitest'
import type { ModelId } from '../../src/domain/names.ts'
import { Catalog, catalog, found, MODEL, OTHER, pathIn, unitOf } from '../support/catalog-builder.ts'

const two = catalog().model(OTHER).version(OTHER, 1).deployment(OTHER, 'prod')
const broken = 'unknown_field: 1\n'
const tagged = (model: string) =>
  new Catalog()
    .runtime('tagged', { deployment_method: 'host', stages: ['prod'], services: ['intake'] })
    .model(MODEL, model)
    .deployment(MODEL, 'prod')

describe('I1: an error in one unit leaves the others alone', () => {
  test.each(['model.yaml', 'versions/1.yaml', 'deployments/prod.yaml', 'other.yaml', 'versions/2.yml'])(
    'a broken %s blocks its own unit only',
    (file) => {
      const state = two.file(`abc/claim/docs/${file}`, broken).declare()
      expect(unitOf(state, MODEL).blocked).toBe(true)
      expect(unitOf(state, OTHER).blocked).toBe(false)
      expect(state.settings).not.toBeNull()
    },
  )

  test('errors in different files are all reported, in the order of files and lines', () => {
    const state = two
      .model(MODEL, 'url: 1\nowner: 2\n')
      .deployment(MODEL, 'prod', 'model_version: 9\n')
      .version(OTHER, 1, 'owner: "a\n')
      .runtime('late', '')
      .declare()
    expect(found(state)).toEqual([
      'ST1004 models/_platform/runtimes/late.yaml:1:1',
      `ST1201 ${pathIn(MODEL, 'deployments/prod.yaml')}:1:16`,
      `ST1103 ${pathIn(MODEL, 'model.yaml')}:1:6`,
      `ST1103 ${pathIn(MODEL, 'model.yaml')}:2:8`,
      `ST1001 ${pathIn(OTHER, 'versions/1.yaml')}:1:8`,
    ])
  })

  test('a name that begins another’s is another unit', () => {
    const longer = `${MODEL}_v2` as ModelId
    const state = catalog().model(longer, broken).declare()
    expect(unitOf(state, longer).blocked).toBe(true)
    expect(unitOf(state, MODEL).blocked).toBe(false)
  })

  test('a broken runtime blocks what needs it, not what names another', () => {
    const state = two
      .runtime('broken', broken)
      .deployment(OTHER, 'prod', 'model_version: 1\nruntime: broken\n')
      .declare()
    expect(found(state).map((line) => line.split(':')[0])).toEqual([
      'ST1101 models/_platform/runtimes/broken.yaml',
      'ST1102 models/_platform/runtimes/broken.yaml',
    ])
    expect(unitOf(state, OTHER).blocked).toBe(true)
    expect(unitOf(state, MODEL).blocked).toBe(false)
  })
})

test('a broken model.yaml hides nothing in the other documents of its model', () => {
  const state = catalog()
    .model(MODEL, broken)
    .deployment(MODEL, 'prod', 'model_version: 1\nmode: batch\n')
    .deployment(MODEL, 'dev', 'model_version: 1\nenvironment_variables: [{name: A}]\n')
    .declare()
  expect(found(state)).toEqual([
    `ST1206 ${pathIn(MODEL, 'deployments/dev.yaml')}:2:32`,
    `ST1205 ${pathIn(MODEL, 'deployments/prod.yaml')}:2:7`,
    `ST1101 ${pathIn(MODEL, 'model.yaml')}:1:1`,
  ])
})

describe('what depends on a broken document gets no error of its own', () => {
  test('a deployment of a broken version', () => {
    const state = catalog().version(MODEL, 1, broken).declare()
    expect(found(state)).toEqual([`ST1101 ${pathIn(MODEL, 'versions/1.yaml')}:1:1`])
  })

  test('a deployment whose runtime is broken, named or not, misspelt or not', () => {
    for (const file of ['local.yaml', 'local.yml']) {
      const base = catalog().without('_platform').file(`_platform/runtimes/${file}`, broken)
      for (const named of ['', 'runtime: local\n']) {
        const state = base.deployment(MODEL, 'prod', `model_version: 1\n${named}`).declare()
        expect(state.diagnostics.every(({ path }) => path.includes('/runtimes/'))).toBe(true)
        expect(unitOf(state, MODEL).blocked).toBe(true)
      }
    }
  })

  test('a deployment whose service tags would stand in a broken model.yaml', () => {
    const state = tagged(`services: [intake]\n${broken}`).version(MODEL, 1).declare()
    expect(found(state)).toEqual([`ST1101 ${pathIn(MODEL, 'model.yaml')}:2:1`])
  })

  test('a deployment whose service tags would stand in its broken version', () => {
    const state = tagged('owner: a\n').version(MODEL, 1, `services: [intake]\n${broken}`).declare()
    expect(found(state)).toEqual([`ST1101 ${pathIn(MODEL, 'versions/1.yaml')}:2:1`])
  })

  test('documents whose model.yaml can not be read', () => {
    const state = catalog().model(MODEL, '').declare()
    expect(found(state)).toEqual([`ST1004 ${pathIn(MODEL, 'model.yaml')}:1:1`])
    expect(unitOf(state, MODEL)).toMatchObject({ blocked: true, catalog: null })
  })
})

describe('settings', () => {
  test('are the defaults where none are written', () => {
    expect(catalog().declare().settings).toMatchObject({
      tables: { backend: 'embedded', region: 'us-east-1', prefix: '' },
      guards: { maxDeletes: 5, maxDeletePercent: 20, protectedStages: ['prod'], allowDeletes: [] },
      drift: { mode: 'correct', everyMs: 300_000 },
      applyBy: null,
      timezone: 'UTC',
    })
  })

  test.each([
    ['broken', catalog().settings(broken)],
    ['empty', catalog().settings('')],
    ['a link', catalog().entry('_platform/settings.yaml', 'symlink')],
    ['misspelt', catalog().file('_platform/settings.yml', 'tables: {backend: dynamodb}')],
    ['behind a link', catalog().without('_platform').entry('_platform', 'symlink')],
    ['in a submodule', catalog().without('_platform').entry('_platform', 'submodule')],
  ])('that are %s are null: nobody may take the defaults for them', (_reason, given) => {
    const state = given.declare()
    expect(state.settings).toBeNull()
    expect(state.diagnostics.length).toBeGreaterThan(0)
  })

  test('may silence a warning, but no error', () => {
    const given = catalog()
      .deployment(MODEL, 'prod', 'model_version: 1\ncapture: {percent: 5}\n')
      .model(MODEL, 'owner: 1\n')
    const override = (severity: string) =>
      given.settings({
        severities: Object.fromEntries(['ST1211', 'ST1103'].map((code) => [code, { severity, reason: 'known' }])),
      })
    const codes = (severity: string) =>
      override(severity)
        .declare()
        .diagnostics.map((one) => `${one.code} ${one.severity}`)
    expect(codes('off')).toEqual(['ST1109 warning', 'ST1103 error'])
    expect(codes('warning')).toEqual(['ST1109 warning', 'ST1211 warning', 'ST1103 error'])
    expect(codes('error')).toEqual(['ST1211 error', 'ST1103 error'])
  })
})

describe('a life cycle that can not be read', () => {
  const cycle = '_platform/lifecycles/standard.yaml'
  const good = 'risk_tiers: [high]\nstages: [{name: prod}]\n'
  const high = two.model(MODEL, 'risk_tier: high\n').file(cycle, good)
  const states = (given: Catalog) => {
    const state = given.declare()
    return [unitOf(state, MODEL).blocked, unitOf(state, OTHER).blocked]
  }
  test.each([
    ['sound', high, false],
    ['broken', high.file(cycle, broken), true],
    ['a link', high.entry(cycle, 'symlink'), true],
    ['behind a link', high.without('_platform/lifecycles').entry('_platform/lifecycles', 'symlink'), true],
    ['broken, and named', high.file(cycle, broken).model(MODEL, 'lifecycle: standard\n'), true],
  ])('%s: nobody takes its models for those without gates', (_reason, given, blocked) => {
    expect(states(given)).toEqual([blocked, false])
  })
})

describe('what stands beside the models of a namespace', () => {
  const within = catalog().file('abc/namespace.yaml', 'owner: all@example.com\nallow: {stages: [dev]}\n')
  const refused = `ST1219 ${pathIn(MODEL, 'deployments/prod.yaml')}:1:1`
  test.each([
    ['nothing', within],
    ['a folder of another case', within.file('Abc/readme.txt', 'x')],
    ['a model in a folder of another case', within.file('Abc/other/model.yaml', 'description: x\n')],
    ['a folder named like one of a model', within.file('abc/approvals/readme.txt', 'x')],
    ['a version', within.file('abc/versions/1.yaml', 'description: x\n')],
    ['a misspelt model.yaml', within.file('abc/model.yml', 'description: x\n')],
  ])('does not take its namespace.yaml from them: %s', (_reason, given) => {
    const state = given.declare()
    expect(found(state)).toContain(refused)
    expect(unitOf(state, MODEL).catalog?.value.owner).toBe('all@example.com')
  })
})

test('a misspelt version is told once, not again where it is used', () => {
  const renamed = catalog().without('abc/claim/docs/versions/1.yaml').file('abc/claim/docs/versions/1.yml', 'x')
  expect(found(renamed.declare({ base: catalog() }))).toEqual([`ST1010 ${pathIn(MODEL, 'versions/1.yml')}:1:1`])
})
