import { describe, expect, test } from 'vitest'
import { DynamoDbTables } from '../../src/recorded/dynamodb-tables.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandLine } from '../support/catalog-cli.ts'

/** The three items that the first description of the stores shows, with sha256 filled in. */
const unit = { namespace: '/abc_corp/claim', model_name: 'doc_classification' }
const catalogItem = {
  ...unit,
  description: 'designed for …',
  owner: 'alice@example.com',
  url: 'http://abc.corp.com/path/to/the/model/implementation',
  data_sources: [
    {
      name: 'claim history datawarehouse',
      type: 'snowflake',
      description: '…',
      owner: 'alice@example.com',
      connection: { '…': '…' },
    },
    { name: 'more data source' },
  ],
  inference: { input: { description: '…', schema: {} }, output: { description: '…', schema: {} } },
}
const registryItem = {
  ...unit,
  model_version: 1,
  description: 'improves here and there',
  artifacts: ['trained', 'static_data'].map((name, index) => ({
    name,
    uri: `s3://abc_corp/claim/doc_classification/${name}/1.tar.gz`,
    sha256: String(index + 1).repeat(64),
  })),
  create_at: '2023-01-01T00:00:00.000Z',
  created_by: 'arn:aws:iam::123456789012:user/alice',
}
const deploymentItem = {
  ...unit,
  model_version: 3,
  endpoint: 'https://abc.execute-api.us-east-1.amazonaws.com/doc_classification_prod',
  environment_variables: [
    { name: 'FOO', value: 'BAR' },
    { name: 'BAZ', value: 'QUX' },
  ],
}

const files: Readonly<Record<string, string>> = {
  'model.yaml': `
namespace: /abc_corp/claim
model_name: doc_classification
description: designed for …
owner: alice@example.com
url: http://abc.corp.com/path/to/the/model/implementation
data_sources:
  - name: claim history datawarehouse
    type: snowflake
    description: …
    owner: alice@example.com
    connection: { "…": "…" }
  - name: more data source
inference:
  input: { description: …, schema: {} }
  output: { description: …, schema: {} }
`,
  'versions/1.yaml': `
namespace: /abc_corp/claim
model_name: doc_classification
model_version: 1
description: improves here and there
artifacts:
  - name: trained
    uri: s3://abc_corp/claim/doc_classification/trained/1.tar.gz
    sha256: "${'1'.repeat(64)}"
  - name: static_data
    uri: s3://abc_corp/claim/doc_classification/static_data/1.tar.gz
    sha256: "${'2'.repeat(64)}"
create_at: "2023-01-01T00:00:00.000Z"
created_by: arn:aws:iam::123456789012:user/alice
`,
  'versions/3.yaml': 'description: the third\n',
  'deployments/prod.yaml': `
namespace: /abc_corp/claim
model_name: doc_classification
model_version: 3
deployment_method: external
managed_by: the claims team
endpoint: https://abc.execute-api.us-east-1.amazonaws.com/doc_classification_prod
environment_variables:
  - name: FOO
    value: BAR
  - name: BAZ
    value: QUX
rolling_strategy: canory
`,
}

describe('the three items of the first description, as documents', () => {
  test('validate, and come out of the tables attribute for attribute', async () => {
    await using line = new CommandLine()
    for (const [path, text] of Object.entries(files)) {
      line.repository.write(`models/abc_corp/claim/doc_classification/${path}`, text.trimStart())
    }
    line.repository.commit('the items')
    const validated = await line.json(['validate'])
    expect(validated.code).toBe(0)
    const { diagnostics } = validated.value as { diagnostics: { code: string; severity: string }[] }
    expect(diagnostics.map(({ code, severity }) => `${code} ${severity}`)).toEqual(Array(2).fill('ST1228 warning'))
    const applied = await line.run(['apply', '--yes', '--wait'])
    expect(applied.out).toContain('warning[ST1306]')
    expect(applied.err).toContain('applied')
    expect(applied.code).toBe(0)
    const { endpoint } = JSON.parse(readFileSync(join(line.state, 'store.json'), 'utf8')) as { endpoint: string }
    const tables = new DynamoDbTables({
      ...{ region: 'us-east-1', prefix: '', local: true, retryConnection: false },
      endpoint: async () => endpoint,
    })
    const model = '/abc_corp/claim/doc_classification'
    expect(await tables.get('model-catalog', unit)).toMatchObject(catalogItem)
    expect(await tables.get('model-registry', { model, model_version: 1 })).toMatchObject(registryItem)
    const deployed = await tables.get('model-deployment', { model, deployment_id: 1 })
    expect(deployed).toMatchObject({ ...deploymentItem, deployment_id: 1 })
    expect(deployed).toMatchObject({ deployment_method: 'external', rolling_strategy: 'canary', status: 'live' })
    expect(deployed?.create_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    tables.close()
    expect((await line.run(['status'])).out).toContain('prod: version 3, Healthy  https://abc.execute-api')
    expect((await line.run(['apply', '--yes'])).err).toContain('nothing to do')
  })
})
