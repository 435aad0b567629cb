import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { IDENTITY_POLICIES } from '../../src/provision/policies.ts'
import { TABLE_DEFINITIONS } from '../../src/recorded/table-definitions.ts'

const policies = Object.values(IDENTITY_POLICIES).map((policy) => [policy.name, policy.document.Statement] as const)
const folder = join(import.meta.dirname, '../../deploy/iam')

const actions = (name: keyof typeof IDENTITY_POLICIES): string[] =>
  [...new Set(IDENTITY_POLICIES[name].document.Statement.flatMap(({ Action }) => Action))].toSorted()

const readTables = [
  'dynamodb:BatchGetItem',
  'dynamodb:DescribeContinuousBackups',
  'dynamodb:DescribeTable',
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:Scan',
]
const readArtifacts = ['s3:GetObject', 's3:ListBucket']
const write = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 's3:AbortMultipartUpload', 's3:PutObject']

describe('the policy', () => {
  test.each(policies)('%s names what it allows: no patterns of actions, no deletes', (_, statements) => {
    for (const { Effect, Action } of statements) {
      expect(Effect).toBe('Allow')
      for (const action of Action) expect(action).toMatch(/^(dynamodb|s3):(?!Delete)[A-Za-z]+$/)
    }
  })

  test.each(policies)('%s is about our tables, their indexes by name, and the one bucket', (_, statements) => {
    const tables = TABLE_DEFINITIONS.map(({ base }) => `{table:${base}}`)
    const indexes = TABLE_DEFINITIONS.flatMap(({ base, indexes }) =>
      indexes.map(({ name }) => `{table:${base}}/index/${name}`),
    )
    const ours = [...tables, ...indexes, '{bucket-arn}', '{bucket-arn}/*']
    for (const { Resource = [] } of statements) {
      expect(Resource.length).toBeGreaterThan(0)
      for (const resource of Resource) expect(ours).toContain(resource)
    }
  })

  test('plan and auditor only read', () => {
    expect(actions('plan')).toEqual([...readTables, ...readArtifacts])
    expect(actions('auditor')).toEqual(readTables)
  })

  test('apply and daemon read and write, and make no table', () => {
    expect(actions('apply')).toEqual([...readTables, ...readArtifacts, ...write].toSorted())
    expect(actions('daemon')).toEqual(actions('apply'))
  })

  test('tables-create makes tables and reads no item', () => {
    expect(actions('tables-create')).toEqual(['dynamodb:CreateTable', 'dynamodb:DescribeTable'])
  })
})

describe('deploy/iam', () => {
  test('has a file for each policy, and none besides', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
    expect(files.toSorted()).toEqual(policies.map(([name]) => `${name}.json`).toSorted())
  })

  test.each(policies)('%s.json is a policy when its placeholders are filled in', (name) => {
    const text = readFileSync(join(folder, `${name}.json`), 'utf8')
    const values = new Map(
      Object.entries({ ACCOUNT_ID: '123456789012', REGION: 'eu-west-1', TABLE_PREFIX: 'ml-', BUCKET: 'b1' }),
    )
    const filled = text.replaceAll(/\$\{(\w+)\}/g, (whole, each: string) => values.get(each) ?? whole)
    const { Statement } = JSON.parse(filled) as { Statement: { Resource: string[] }[] }
    for (const resource of Statement.flatMap(({ Resource }) => Resource)) {
      expect(resource).toMatch(
        /^arn:aws:(dynamodb:eu-west-1:123456789012:table\/ml-[a-z-]+(\/index\/[a-z-]+)?|s3:::b1(\/\*)?)$/,
      )
    }
  })
})
