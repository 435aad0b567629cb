import { describe, expect, test } from 'vitest'
import { catalog, found, MODEL, pathIn, type Catalog } from '../support/catalog-builder.ts'

interface Row {
  readonly reason: string
  readonly catalog: Catalog
  readonly found: string
  readonly pointer: string
  readonly help: string
}

const model = (text: string) => catalog().model(MODEL, text)
const version = (text: string) => catalog().version(MODEL, 2, text)
const deployment = (text: string) => catalog().deployment(MODEL, 'prod', text)
const modelFile = pathIn(MODEL, 'model.yaml')
const versionFile = pathIn(MODEL, 'versions/2.yaml')
const deploymentFile = pathIn(MODEL, 'deployments/prod.yaml')

const rows: readonly Row[] = [
  {
    reason: 'an unknown field names the nearest known one',
    catalog: model('owner: a\ndescripton: b\n'),
    found: `ST1101 ${modelFile}:2:1`,
    pointer: '/descripton',
    help: 'The nearest known field is `description`.',
  },
  {
    reason: 'an unknown field that resembles none lists all',
    catalog: deployment('model_version: 1\nrollout: {zzzzzz: 1}\n'),
    found: `ST1101 ${deploymentFile}:2:11`,
    pointer: '/rollout/zzzzzz',
    help: 'Known fields: steps, bake, deadline',
  },
  {
    reason: 'an unknown field in a list says which',
    catalog: version('artifacts:\n  - {name: trained, uri: a}\n  - {name: b, uri: c, sha265: d}\n'),
    found: `ST1101 ${versionFile}:3:23`,
    pointer: '/artifacts/1/sha265',
    help: 'The nearest known field is `sha256`.',
  },
  {
    reason: 'a missing field of the document',
    catalog: deployment('# none\ndescription: a\n'),
    found: `ST1102 ${deploymentFile}:2:1`,
    pointer: '',
    help: 'Add `model_version`.',
  },
  {
    reason: 'a missing field of a mapping',
    catalog: deployment('model_version: 1\nhold: {until: 2026-12-04}\n'),
    found: `ST1102 ${deploymentFile}:2:1`,
    pointer: '/hold',
    help: 'Add `reason`.',
  },
  {
    reason: 'an unquoted version keeps its zero',
    catalog: model('labels: {release: 1.10}\n'),
    found: `ST1103 ${modelFile}:1:19`,
    pointer: '/labels/release',
    help: 'Quote it: "1.10".',
  },
  {
    reason: 'a word that YAML takes for a boolean',
    catalog: model('labels: {on: true}\n'),
    found: `ST1103 ${modelFile}:1:14`,
    pointer: '/labels/on',
    help: 'Quote it: "true".',
  },
  {
    reason: 'a value below a key of digits',
    catalog: model('labels:\n  a: b\n  "2026": 5\n'),
    found: `ST1103 ${modelFile}:3:11`,
    pointer: '/labels/2026',
    help: 'Quote it: "5".',
  },
  {
    reason: 'a number in quotes',
    catalog: deployment('model_version: "1"\n'),
    found: `ST1103 ${deploymentFile}:1:16`,
    pointer: '/model_version',
    help: 'Remove the quotes: 1.',
  },
  {
    reason: 'a list where a mapping belongs',
    catalog: model('labels: [a]\n'),
    found: `ST1103 ${modelFile}:1:9`,
    pointer: '/labels',
    help: 'Write a mapping, such as labels: { cost_centre: claims }.',
  },
  {
    reason: 'a document that is a list',
    catalog: model('- a\n'),
    found: `ST1103 ${modelFile}:1:1`,
    pointer: '',
    help: 'Write a mapping.',
  },
  {
    reason: 'a document that is null',
    catalog: model('~\n'),
    found: `ST1103 ${modelFile}:1:1`,
    pointer: '',
    help: 'Write a mapping.',
  },
  {
    reason: 'a misspelt word lists the allowed ones, the nearest first',
    catalog: deployment('model_version: 1\nrolling_strategy: roling\n'),
    found: `ST1104 ${deploymentFile}:2:19`,
    pointer: '/rolling_strategy',
    help: 'The nearest is rolling. Allowed: rolling, blue green, canary',
  },
  {
    reason: 'another kind',
    catalog: model('kind: Deployment\n'),
    found: `ST1104 ${modelFile}:1:7`,
    pointer: '/kind',
    help: 'Allowed: Model.',
  },
  {
    reason: 'another version of the format',
    catalog: model('api_version: steward/v2\n'),
    found: `ST1104 ${modelFile}:1:14`,
    pointer: '/api_version',
    help: 'The nearest is steward/v1.',
  },
  {
    reason: 'a duration without unit',
    catalog: deployment('model_version: 1\nrollout: {bake: "5"}\n'),
    found: `ST1105 ${deploymentFile}:2:17`,
    pointer: '/rollout/bake',
    help: 'Write a whole number with s, m, h or d',
  },
  {
    reason: 'a version below 1',
    catalog: deployment('model_version: 0\n'),
    found: `ST1105 ${deploymentFile}:1:16`,
    pointer: '/model_version',
    help: 'Write 1 or more.',
  },
  {
    reason: 'a sha256 in capitals',
    catalog: version(`artifacts: [{name: trained, uri: a, sha256: ${'A'.repeat(64)}}]\n`),
    found: `ST1105 ${versionFile}:1:45`,
    pointer: '/artifacts/0/sha256',
    help: 'Write 64 digits of lower-case hexadecimal',
  },
  {
    reason: 'a namespace that is not the path’s',
    catalog: model('namespace: /abc/other\n'),
    found: `ST1106 ${modelFile}:1:12`,
    pointer: '/namespace',
    help: 'Write /abc/claim, leave it out, or move the file.',
  },
  {
    reason: 'a model name that is not the path’s',
    catalog: deployment('model_version: 1\nmodel_name: cost\n'),
    found: `ST1106 ${deploymentFile}:2:13`,
    pointer: '/model_name',
    help: 'Write docs, leave it out, or move the file.',
  },
  {
    reason: 'a version’s number that is not its file’s',
    catalog: version('model_version: 3\n'),
    found: `ST1106 ${versionFile}:1:16`,
    pointer: '/model_version',
    help: 'Write 2, leave it out, or move the file.',
  },
]

describe('a document that breaks its schema', () => {
  test.each(rows)('$reason', (row) => {
    const state = row.catalog.declare()
    expect(found(state)).toEqual([row.found])
    const [diagnostic] = state.diagnostics
    expect(diagnostic?.pointer).toBe(row.pointer)
    expect(diagnostic?.help).toContain(row.help)
    expect(diagnostic?.related).toEqual([])
  })

  test('every fault of a document is listed; a misspelt field is not missing, too', () => {
    const state = deployment('model_versio: 1\nmode: never\nlabels: {a: 1}\nhold: {}\n').declare()
    const codes = state.diagnostics.map(({ code }) => code)
    expect(codes).toEqual(['ST1101', 'ST1104', 'ST1103', 'ST1102'])
  })

  test('identity that agrees with the path may be written', () => {
    const own = 'api_version: steward/v1\nnamespace: /abc/claim\nmodel_name: docs\n'
    const state = catalog()
      .model(MODEL, `${own}kind: Model\n`)
      .deployment(MODEL, 'prod', `${own}kind: Deployment\nmodel_version: 1\n`)
      .declare()
    expect(found(state)).toEqual([])
  })

  test('a long value is not repeated in the message, nor are its line breaks', () => {
    const [diagnostic] = deployment(`model_version: 1\nmode: |\n  x\n  ${'y'.repeat(500)}\n`).declare().diagnostics
    expect(diagnostic?.summary).not.toContain('\n')
    expect(diagnostic?.summary.length).toBeLessThan(120)
  })
})
