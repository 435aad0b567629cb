import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import {
  deprecateText,
  holdText,
  pinText,
  promoteText,
  resumeText,
} from '../../../src/declared/edits/document-edits.ts'
import { editYaml, type EditResult } from '../../../src/declared/edits/edit-yaml.ts'
import { put, yaml } from './golden.ts'

const textOf = (result: EditResult): string => ('text' in result ? result.text : result.problem.message)
const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'

const deployment = yaml`
  # deployments/prod.yaml: stage prod, by its name
  model_version: 2 # changing this line is the promotion
  rolling_strategy: canary              # blue green | canary | rolling

  environment_variables: {LEVEL: info}
  # end
`

test('a promotion is a change of one line', () => {
  const promoted = promoteText(deployment, 3)
  expect(promoted).toEqual({
    text: deployment.replace('version: 2 ', 'version: 3 '),
    changedLines: [{ start: 2, end: 3 }],
  })
})

test('a promotion to the version that is there changes nothing', () => {
  expect(promoteText(deployment, 2)).toEqual({ text: deployment, changedLines: [] })
})

test('a hold is one line at the end, spaced as the file does, and resuming removes it', () => {
  const held = textOf(holdText(deployment, { reason: 'audit: open', until: '2026-12-04' }))
  expect(held).toBe(deployment.replace('# end', 'hold: {reason: "audit: open", until: 2026-12-04}\n# end'))
  expect(textOf(resumeText(held))).toBe(deployment)
})

test('a hold in a file without braces has spaces inside of them', () => {
  expect(textOf(holdText('model_version: 1', { reason: 'x' }))).toBe('model_version: 1\nhold: { reason: x }')
})

test('a hold replaces another one, in block or in flow style', () => {
  const block = 'a: 1\nhold: # why\n  reason: x # x\n  until: 2026-01-01\nb: 2\r\n'
  expect(textOf(holdText(block, { reason: 'new' }))).toBe('a: 1\nhold: { reason: new } # why\nb: 2\r\n')
  expect(textOf(holdText('{hold: {reason: x}, a: 1}', { reason: 'new' }))).toBe('{hold: {reason: new}, a: 1}')
})

test('resuming what is not held changes nothing', () => {
  expect(resumeText('\uFEFFmodel_version: 1\r\n')).toEqual({ text: '\uFEFFmodel_version: 1\r\n', changedLines: [] })
})

test('resuming removes a hold in block style with its comment, wherever it stands', () => {
  const hold = '# waits\nhold:\n  # who\n  reason: x\n  until: 2026-12-04 # when\n'
  expect(textOf(resumeText(`${hold}# about a\na: 1\n`))).toBe('# about a\na: 1\n')
  expect(textOf(resumeText(`a: 1\n${hold}# about b\nb: 1\n`))).toBe('a: 1\n# about b\nb: 1\n')
  expect(textOf(resumeText(`a: |+\n  text\n\n${hold}`))).toBe('a: |+\n  text\n\n')
})

test('a version is deprecated', () => {
  const version = 'description: >\n  Adds\n  invoices.\n\nmetrics: { f1: 0.9 }\n'
  const deprecated = `${version}deprecated: { reason: biased, replaced_by: 4 }\n`
  expect(textOf(deprecateText(version, { reason: 'biased', replacedBy: 4 }))).toBe(deprecated)
  expect(textOf(deprecateText(deprecated, { reason: 'old' }))).toBe(`${version}deprecated: { reason: old }\n`)
})

test('pinning fills in the digest and the size behind the uri, in block and in flow style', () => {
  const before = yaml`
    artifacts:
      - name: trained # t
        uri: s3://bucket/key.tar.gz # where
      - {name: static_data, uri: static_data/3.tar.gz} # s
    serving: {command: [node, serve.mjs]}
  `
  const once = textOf(pinText(before, 0, { sha256, size: 48211 }))
  const twice = textOf(pinText(once, 1, { sha256, size: 3 }))
  expect(twice).toBe(yaml`
    artifacts:
      - name: trained # t
        uri: s3://bucket/key.tar.gz # where
        sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
        size: 48211
      - {name: static_data, uri: static_data/3.tar.gz, sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, size: 3} # s
    serving: {command: [node, serve.mjs]}
  `)
  expect(pinText(twice, 1, { sha256, size: 3 })).toEqual({ text: twice, changedLines: [] })
})

test('pinning replaces a digest that is there, and quotes one that would be a number', () => {
  const digits = '12345678'.repeat(8)
  const before = 'artifacts:\n- uri: x\n  sha256: abc # old\n'
  expect(textOf(pinText(before, 0, { sha256: digits, size: 1 }))).toBe(
    `artifacts:\n- uri: x\n  sha256: "${digits}" # old\n  size: 1\n`,
  )
})

test('an artifact that is not there is not pinned', () => {
  expect(textOf(pinText('artifacts: []\n', 0, { sha256, size: 1 }))).toBe('the document has no artifact 0')
  expect(textOf(pinText('a: 1\n', 0, { sha256, size: 1 }))).toBe('the document has no artifact 0')
})

test('editing a document as large as one may be costs no more than a few readings of it', () => {
  const words = 'some text '.repeat(20)
  const lines = Array.from({ length: 4000 }, (_unused, index) => `key${index}: {a: ${words}x, b: 1} # ${index}`)
  const text = `${lines.join('\n')}\nmodel_version: 2\n`
  expect(text.length).toBeGreaterThan(900_000)
  const microsecondsOf = (work: () => unknown): number => {
    const start = process.cpuUsage() // a loaded machine makes only the wall clock slower
    work()
    const { user, system } = process.cpuUsage(start)
    return user + system
  }
  // Both in turn: what slows the machine down for a while slows both.
  const ratios = [1, 2, 3].map(() => {
    const reading = microsecondsOf(() => parseAllDocuments(text, { uniqueKeys: false }))
    return microsecondsOf(() => editYaml(text, [put(['model_version'], 3)])) / reading
  })
  expect(textOf(promoteText(text, 3))).toBe(text.replace('version: 2', 'version: 3'))
  expect(Math.min(...ratios)).toBeLessThan(10)
}, 300_000)
