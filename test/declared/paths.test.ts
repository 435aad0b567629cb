import { describe, expect, test } from 'vitest'
import type { ModelId } from '../../src/domain/names.ts'
import { catalog, found, MODEL, type Catalog } from '../support/catalog-builder.ts'

interface Row {
  readonly reason: string
  readonly catalog: Catalog
  readonly found: readonly string[]
  readonly help: string
}

const valid = 'description: x\n'
const add = (path: string) => catalog().file(path, valid)
const unit = 'abc/claim/docs'

const rows: readonly Row[] = [
  {
    reason: 'a link to a document',
    catalog: catalog().entry(`${unit}/versions/2.yaml`, 'symlink'),
    found: [`ST1008 models/${unit}/versions/2.yaml`],
    help: 'Commit the file itself.',
  },
  {
    reason: 'a link that stands for a model',
    catalog: catalog().entry('abc/claim/other', 'symlink'),
    found: ['ST1008 models/abc/claim/other'],
    help: 'Commit the file itself.',
  },
  {
    reason: 'a link that stands for a folder of the model',
    catalog: catalog().without(`${unit}/deployments`).entry(`${unit}/deployments`, 'symlink'),
    found: [`ST1008 models/${unit}/deployments`],
    help: 'Commit the file itself.',
  },
  {
    reason: 'a link in place of model.yaml, told once',
    catalog: catalog().entry(`${unit}/model.yaml`, 'symlink'),
    found: [`ST1008 models/${unit}/model.yaml`],
    help: 'Commit the file itself.',
  },
  {
    reason: 'a submodule',
    catalog: catalog().entry('abc/shared', 'submodule'),
    found: ['ST1008 models/abc/shared'],
    help: 'Commit the file itself.',
  },
  {
    reason: 'a document beside model.yaml',
    catalog: add(`${unit}/notes.yaml`),
    found: [`ST1009 models/${unit}/notes.yaml`],
    help: 'A model folder holds model.yaml, versions/, deployments/, approvals/.',
  },
  {
    reason: 'a document in an unknown folder of _platform',
    catalog: add('_platform/runtime/local.yaml'),
    found: ['ST1009 models/_platform/runtime/local.yaml'],
    help: 'The nearest is runtimes/: move it there. _platform holds settings.yaml',
  },
  {
    reason: 'a folder of _platform named like what every object has',
    catalog: add('_platform/constructor/local.yaml'),
    found: ['ST1009 models/_platform/constructor/local.yaml'],
    help: '_platform holds settings.yaml',
  },
  {
    reason: 'a model outside a namespace',
    catalog: add('docs/model.yaml'),
    found: ['ST1009 models/docs/model.yaml'],
    help: 'A model stands in at least one namespace folder.',
  },
  {
    reason: 'a document at the root',
    catalog: add('model.yaml'),
    found: ['ST1009 models/model.yaml'],
    help: 'namespace',
  },
  {
    reason: 'a namespace with a reserved name',
    catalog: add('abc/versions/other/model.yaml'),
    found: ['ST1009 models/abc/versions/other/model.yaml'],
    help: 'A folder named versions stands in a model folder',
  },
  {
    reason: 'a folder below deployments/',
    catalog: add(`${unit}/deployments/eu/prod.yaml`),
    found: [`ST1009 models/${unit}/deployments/eu/prod.yaml`],
    help: 'A folder named deployments stands in a model folder',
  },
  {
    reason: 'a file that ends in .yml',
    catalog: add(`${unit}/deployments/dev.yml`),
    found: [`ST1010 models/${unit}/deployments/dev.yml`],
    help: 'Rename it to dev.yaml.',
  },
  {
    reason: 'model.yml, told once',
    catalog: catalog().without(`${unit}/model.yaml`).file(`${unit}/model.yml`, valid),
    found: [`ST1010 models/${unit}/model.yml`],
    help: 'Rename it to model.yaml.',
  },
  {
    reason: 'an ending in capitals',
    catalog: add(`${unit}/deployments/dev.YAML`),
    found: [`ST1010 models/${unit}/deployments/dev.YAML`],
    help: 'Rename it to dev.yaml.',
  },
  {
    reason: 'a folder’s name in capitals',
    catalog: add('abc/Claim/other/model.yaml'),
    found: ['ST1011 models/abc/Claim/other/model.yaml'],
    help: 'Rename it to claim. Use lower-case letters, digits, _ and -',
  },
  {
    reason: 'a deployment’s name with a space',
    catalog: add(`${unit}/deployments/pro d.yaml`),
    found: [`ST1011 models/${unit}/deployments/pro d.yaml`],
    help: 'Rename it to pro_d.yaml. Use lower-case letters, digits, _ and -',
  },
  {
    reason: 'a deployment without a name',
    catalog: add(`${unit}/deployments/.yaml`),
    found: [`ST1011 models/${unit}/deployments/.yaml`],
    help: 'Use lower-case letters, digits, _ and -',
  },
  ...[
    ['v3', '3'],
    ['007', '7'],
    ['Version-12', '12'],
  ].map(([name, number]) => ({
    reason: `the number of a version’s file named ${name}`,
    catalog: add(`${unit}/versions/${name}.yaml`),
    found: [`ST1011 models/${unit}/versions/${name}.yaml`],
    help: `Rename it to ${number}.yaml. Name it by its number alone`,
  })),
  {
    reason: 'a folder of a model in the singular',
    catalog: add('abc/claim/other/deployment/prod.yaml'),
    found: ['ST1009 models/abc/claim/other/deployment/prod.yaml'],
    help: 'The nearest is deployments/: move it there.',
  },
  {
    reason: 'a namespace.yaml at the root',
    catalog: add('namespace.yaml'),
    found: ['ST1009 models/namespace.yaml'],
    help: 'A namespace.yaml stands in a namespace folder such as abc_corp/.',
  },
  {
    reason: 'settings in a namespace',
    catalog: add('abc/settings.yaml'),
    found: ['ST1009 models/abc/settings.yaml'],
    help: 'The nearest is _platform/: move it there.',
  },
  {
    reason: 'a misspelt model.yaml beside the model',
    catalog: add(`${unit}/modle.yaml`),
    found: [`ST1009 models/${unit}/modle.yaml`],
    help: 'The nearest is model.yaml: rename it.',
  },
  ...['0', '01', 'v2', '1.5', '-1', '1000000', '１'].map((name) => ({
    reason: `a version’s file named ${name}`,
    catalog: add(`${unit}/versions/${name}.yaml`),
    found: [`ST1011 models/${unit}/versions/${name}.yaml`],
    help: 'Name it by its number alone',
  })),
  {
    reason: 'paths that differ only by case',
    catalog: add('abc/claim/Docs/model.yaml'),
    found: ['ST1011 models/abc/claim/Docs/model.yaml', 'ST1012 models/abc/claim/docs/model.yaml'],
    help: 'Rename one of them.',
  },
  {
    reason: 'versions without model.yaml',
    catalog: catalog().without(`${unit}/model.yaml`),
    found: [`ST1013 models/${unit}/deployments/prod.yaml`],
    help: 'Add model.yaml (steward new model abc/claim/docs).',
  },
  {
    reason: 'a model inside a model',
    catalog: add(`${unit}/inner/model.yaml`),
    found: [`ST1014 models/${unit}/inner/model.yaml`],
    help: 'Move it out.',
  },
  {
    reason: 'a model far inside a model',
    catalog: add(`${unit}/a/b/c/model.yaml`),
    found: [`ST1014 models/${unit}/a/b/c/model.yaml`],
    help: 'Move it out.',
  },
]

describe('a path that is wrong', () => {
  test.each(rows)('$reason', ({ catalog: given, found: expected, help }) => {
    const state = given.declare()
    expect(found(state)).toEqual(expected.map((line) => `${line}:1:1`))
    expect(state.diagnostics.map((diagnostic) => diagnostic.help).join(' ')).toContain(help)
  })

  test('breaks the model that it lies in', () => {
    for (const { catalog: given } of rows) {
      const state = given.declare()
      const broken = state.diagnostics.some(({ path }) => path.startsWith(`models/${unit}/`))
      const declared = state.units.get(MODEL)
      if (declared !== undefined) expect(declared.blocked, found(state).join()).toBe(broken)
    }
  })
})

describe('what is no document', () => {
  const ignored: readonly (readonly [string, Catalog])[] = [
    ['other files', add(`${unit}/README.md`).file('notes.txt', 'x').file(`${unit}/data.json`, '{}')],
    ['links to other files', catalog().entry(`${unit}/README.md`, 'symlink').entry('LICENSE', 'symlink')],
    ['folders that begin with _', add('_drafts/x.yaml').file('abc/_old/x.yaml', valid).file('abc/_old/y.yml', valid)],
    [
      'links in folders that begin with _',
      catalog().entry('_drafts/link', 'symlink').entry('_drafts/sub', 'submodule'),
    ],
  ]
  test.each(ignored)('%s', (_reason, given) => {
    const state = given.declare()
    expect(found(state)).toEqual([])
    expect(state.units.size).toBe(1)
  })

  test('what is checked but not enforced yet is said, not refused', () => {
    const roles = 'roles: {compliance: [github:carol]}'
    const state = catalog()
      .file('_platform/roles.yaml', roles)
      .file('_platform/lifecycles/standard.yaml', 'stages: [{name: prod, gates: [{approvals: {role: compliance}}]}]')
      .file('_platform/freezes/year-end.yaml', 'stages: [prod]\nfrom: 2026-12-20\nuntil: 2027-01-04\nreason: closing\n')
      .file('abc/claim/namespace.yaml', 'owner: a')
      .file(`${unit}/training.yaml`, 'steps: [{name: t, command: [a], outputs: [b]}]\nregister: {artifact: b}\n')
      .file(
        `${unit}/approvals/a.yaml`,
        'model_version: 1\nstage: prod\ndecision: approved\nrole: compliance\nreason: fine\n',
      )
      .declare()
    expect(state.diagnostics.map(({ code, severity }) => `${code} ${severity}`)).toEqual(
      Array(4).fill('ST1015 warning'),
    )
    expect(state.units.get(MODEL)?.blocked).toBe(false)
  })
})

test('names of every object are names like others', () => {
  const model = '/constructor/constructor' as ModelId
  const state = catalog()
    .model(model)
    .version(model, 1)
    .deployment(model, 'constructor', { model_version: 1, stage: 'prod' })
    .declare()
  expect(found(state)).toEqual([])
  expect([...(state.units.get(model)?.deployments.keys() ?? [])]).toEqual(['constructor'])
})
