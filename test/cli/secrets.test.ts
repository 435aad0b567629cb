import { describe, expect, test } from 'vitest'
import { catalog, MODEL, pathIn } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'

/** Made here, so that no scanner takes this file for one that holds a token. */
const token = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`
const prod = pathIn(MODEL, 'deployments/prod.yaml')
const variables = (variable: string) => `model_version: 1\nenvironment_variables: [${variable}]\n`

const rows: readonly (readonly [reason: string, secret: string, document: string])[] = [
  ['a literal', token, variables(`{name: A, value: ${token}}`)],
  [
    'a literal in a variable that is called a password',
    'hunter2hunter2',
    variables('{name: PASSWORD, value: hunter2hunter2}'),
  ],
  ['beside an unknown field', token, variables(`{name: A, value: ${token}, valeu: 1}`)],
  ['a password beside an unknown field', 'hunter2hunter2', variables('{name: PASSWORD, value: hunter2hunter2, x: 1}')],
  ['a password without quotes that is a number', '8273648237', variables('{name: PASSWORD, value: 8273648237}')],
  ['the value of an unknown field', token, `model_version: 1\ntoken: ${token}\n`],
  ['an unknown field', token, `model_version: 1\n${token}: 1\n`],
  ['where one of several words is meant', token, `model_version: 1\nmode: ${token}\n`],
  ['where a name is meant', token, `model_version: 1\nruntime: ${token}\n`],
  ['in a line that is not YAML', token, `model_version: 1\na: b: ${token}\n`],
]

describe.each(['pretty', 'concise', 'github', 'json'])('as %s', (format) => {
  test.each(rows)('a secret is never shown: %s', async (_reason, secret, document) => {
    await using line = new CommandLine()
    line.repository.writeCatalog(catalog())
    line.repository.write(prod, document)
    const { code, out, err } = await line.run(['validate', '--format', format])
    expect(code).toBe(1)
    expect(`${out}${err}`).not.toContain(secret)
  })
})

test('the user in an address of S3 is not shown', async () => {
  await using line = new CommandLine()
  line.repository.writeCatalog(catalog())
  line.repository.write(
    pathIn(MODEL, 'versions/2.yaml'),
    'artifacts: [{name: trained, uri: "s3://alice:hunter2hunter2@bucket/a.tar.gz"}]\nserving: {command: [node]}\n',
  )
  const { out } = await line.run(['validate'])
  expect(out).toContain('ST1213')
  expect(out).toContain('ST1228')
  expect(out).not.toContain('hunter2')
})
