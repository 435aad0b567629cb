import { describe, expect, test } from 'vitest'
import { catalog, found, MODEL, pathIn, versionValue, type Catalog } from '../support/catalog-builder.ts'

const version = (number: number) => pathIn(MODEL, `versions/${number}.yaml`)
const prod = pathIn(MODEL, 'deployments/prod.yaml')
const model = pathIn(MODEL, 'model.yaml')
const otherCommand = { ...versionValue(1), serving: { command: ['python', 'serve.py'] } }
const helps = (state: ReturnType<Catalog['declare']>) => state.diagnostics.map(({ help }) => help).join(' ')

describe('I4: a registered version is compared with the base revision', () => {
  test('a changed command is an error at its line, which names the next number', () => {
    const state = catalog().version(MODEL, 1, otherCommand).declare({ base: catalog() })
    expect(found(state)).toEqual([`ST1209 ${version(1)}:6:1`])
    expect(helps(state)).toContain('versions/2.yaml')
    expect(state.units.get(MODEL)?.blocked).toBe(true)
  })

  test.each([
    ['a description', { ...versionValue(1), description: 'Better words.' }],
    ['later metrics', { ...versionValue(1), metrics: { accuracy: 0.9 } }],
    ['a deprecation', { ...versionValue(1), deprecated: { reason: 'old' } }],
    ['another order of fields', Object.fromEntries(Object.entries(versionValue(1)).reverse())],
  ])('%s may be corrected', (_reason, value) => {
    const base = catalog().without('abc/claim/docs/deployments')
    expect(found(base.version(MODEL, 1, value).declare({ base }))).toEqual([])
  })

  test('a missing sha256 and size may be filled in', () => {
    const bare = { ...versionValue(1), artifacts: [{ name: 'trained', uri: 'docs/1.tar.gz' }] }
    const before = catalog().version(MODEL, 1, bare).without('abc/claim/docs/deployments')
    expect(found(catalog().version(MODEL, 1).declare({ base: before }))).toEqual([])
  })

  test('a version that was broken before can be mended', () => {
    const broken = catalog().version(MODEL, 1, 'artifacts: [\n')
    expect(found(catalog().declare({ base: broken }))).toEqual([])
  })
})

test('what others filled in meanwhile is not taken back by a change that leaves it alone', () => {
  const bare = { ...versionValue(1), artifacts: [{ name: 'trained', uri: 'docs/1.tar.gz' }] }
  const fork = catalog().version(MODEL, 1, bare).without('abc/claim/docs/deployments')
  const theirs = fork.version(MODEL, 1, versionValue(1))
  const ours = fork.version(MODEL, 2)
  expect(found(ours.declare({ base: theirs, fork }))).toEqual([])
  expect(found(theirs.version(MODEL, 1, otherCommand).declare({ base: theirs, fork }))).toEqual([
    `ST1209 ${version(1)}:6:1`,
  ])
})

test('a version that moves into a protected stage is new there, also in the same file (ST1226)', () => {
  const overdue = catalog().model(MODEL, 'next_validation: 2026-01-01\n').without('abc/claim/docs/deployments')
  const before = overdue.deployment(MODEL, 'main', { model_version: 1, stage: 'dev' })
  const after = overdue.deployment(MODEL, 'main', { model_version: 1, stage: 'prod' })
  const main = pathIn(MODEL, 'deployments/main.yaml')
  expect(found(after.declare({ base: before }))).toContain(`ST1226 ${main}:1:16`)
  expect(found(after.declare({ base: after })).some((line) => line.startsWith('ST1226'))).toBe(false)
})

describe('I5: a number that was taken meanwhile', () => {
  const fork = catalog()
  const theirs = fork.version(MODEL, 2, { description: 'theirs', serving: { command: ['a'] } })
  const ours = fork.version(MODEL, 2, { description: 'ours', serving: { command: ['b'] } })

  test('says which file to rename to what', () => {
    const state = ours.version(MODEL, 4, {}).declare({ base: theirs, fork })
    expect(found(state)).toEqual([`ST1222 ${version(2)}:1:1`])
    expect(helps(state)).toContain('Rename versions/2.yaml to versions/5.yaml')
  })

  test('is none where both added the same', () => {
    expect(found(theirs.declare({ base: theirs, fork }))).toEqual([])
  })

  test('what others added meanwhile is not removed by us', () => {
    expect(found(fork.declare({ base: theirs, fork }))).toEqual([])
  })
})

describe('a version that is removed', () => {
  const before = catalog().version(MODEL, 2)

  test('while a deployment uses it is an error at the deployment', () => {
    const state = before.without('abc/claim/docs/versions/1.yaml').declare({ base: before })
    expect(found(state)).toEqual([`ST1223 ${prod}:1:16`])
    expect(helps(state)).toContain('Put versions/1.yaml back')
  })

  test('that nothing uses may go', () => {
    expect(found(before.without('abc/claim/docs/versions/2.yaml').declare({ base: before }))).toEqual([])
  })
})

describe('an incompatible change of the contract', () => {
  const inference = (required: string[], outputs: object) => ({
    input: { schema: { type: 'object', required, properties: { text: { type: 'string' } } } },
    output: { schema: { type: 'object', properties: outputs } },
  })
  const first = { ...versionValue(1), inference: inference(['text'], { label: { type: 'string' } }) }
  const base = catalog().version(MODEL, 1, first)

  test('in a new version is a warning with both places', () => {
    const second = { ...versionValue(2), inference: inference(['text', 'language'], { type: { type: 'string' } }) }
    const state = base.version(MODEL, 2, second).declare({ base })
    expect(state.diagnostics.map(({ code, severity, summary }) => `${code} ${severity} ${summary}`)).toEqual([
      'ST1224 warning the input `language` became required since version 1',
      'ST1224 warning the output `label` is gone since version 1',
    ])
    expect(state.diagnostics[0]?.related[0]?.path).toBe(version(1))
    expect(state.units.get(MODEL)?.blocked).toBe(false)
  })

  test('is told with the change that brings it, and not for ever', () => {
    const second = { ...versionValue(2), inference: inference(['text', 'language'], {}) }
    const merged = base.version(MODEL, 2, second)
    expect(found(merged.declare({ base: merged }))).toEqual([])
  })

  test('in model.yaml is told at the field', () => {
    const now = catalog().model(MODEL, { inference: inference(['text', 'language'], { label: { type: 'string' } }) })
    const was = catalog().model(MODEL, { inference: inference(['text'], { label: { type: 'string' } }) })
    expect(found(now.declare({ base: was }))).toEqual([`ST1224 ${model}:5:7`])
  })

  test('a compatible one is none', () => {
    const outputs = { label: { type: 'string' }, score: { type: 'number' } }
    const second = { ...versionValue(2), inference: inference([], outputs) }
    expect(found(base.version(MODEL, 2, second).declare({ base }))).toEqual([])
  })
})

describe('an overdue validation', () => {
  const due = catalog().version(MODEL, 2).model(MODEL, { next_validation: '2026-03-01' })
  const promoted = due.deployment(MODEL, 'prod', { model_version: 2 })

  test('is a warning, and blocks nothing that is there', () => {
    const state = due.declare({ base: due, now: '2026-03-02T00:00:00Z' })
    expect(found(state)).toEqual([`ST1225 ${model}:1:18`])
    expect(state.units.get(MODEL)?.blocked).toBe(false)
  })

  test('keeps a new version out of a protected stage', () => {
    const late = { now: '2026-03-02T00:00:00Z', committedAt: '2026-03-02T00:00:00Z' }
    expect(found(promoted.declare({ base: due, ...late }))).toEqual([`ST1226 ${prod}:1:16`, `ST1225 ${model}:1:18`])
    const dev = due.deployment(MODEL, 'dev', { model_version: 2 })
    expect(found(dev.declare({ base: due, ...late }))).toEqual([`ST1225 ${model}:1:18`])
  })

  test('a promotion that was merged in time stays good', () => {
    const state = promoted.declare({ base: due, committedAt: '2026-02-28T00:00:00Z', now: '2026-03-02T00:00:00Z' })
    expect(found(state)).toEqual([`ST1225 ${model}:1:18`])
  })

  test('is none on its day', () => {
    expect(found(due.declare({ base: due, now: '2026-03-01T23:59:59Z' }))).toEqual([])
  })
})
