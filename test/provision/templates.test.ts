import { describe, expect, test } from 'vitest'
import { accountBlueprint, tablesBlueprint } from '../../src/provision/blueprint.ts'
import { cloudFormationText } from '../../src/provision/cloudformation.ts'
import { TABLE_DEFINITIONS } from '../../src/recorded/table-definitions.ts'
import { cloudFormationFacts } from './support/cloudformation-facts.ts'
import { plainName } from './support/facts.ts'

const tables = cloudFormationFacts(cloudFormationText(tablesBlueprint('ml-')))
const account = cloudFormationFacts(
  cloudFormationText(accountBlueprint({ defaults: { owner: 'octo' }, apply: [{ kind: 'branch', name: 'main' }] })),
)

// `same-facts.test.ts` shows that Terraform says the same.
describe('the template of the tables', () => {
  test.each(TABLE_DEFINITIONS.map((definition) => [definition.base, definition] as const))(
    'defines %s as it is created, and keeps it',
    (base, { partition, sort, indexes }) => {
      const keys = [{ partition, sort }, ...indexes].flatMap((each) => [each.partition, each.sort])
      expect(tables.tables[plainName(base)]).toEqual({
        name: `<tableprefix>${base}`,
        billing: 'PAY_PER_REQUEST',
        keys: [partition.name, sort.name],
        types: Object.fromEntries(keys.map(({ name, type }) => [name, type])),
        indexes: indexes
          .map((index) => [index.name, index.partition.name, index.sort.name, 'ALL'])
          .toSorted(([a = ''], [b = '']) => a.localeCompare(b)),
        pointInTimeRecovery: true,
        deletionProtection: true,
        encryption: true,
        kept: true,
      })
    },
  )

  test('asks for the prefix, and has the one of the settings', () => {
    expect(Object.keys(tables.parameters)).toEqual(['tableprefix'])
    expect(tables.parameters.tableprefix).toMatchObject({ default: 'ml-', pattern: '^[A-Za-z0-9_.-]*$' })
  })

  test('has nothing beside the tables', () => {
    expect({ ...tables, parameters: {}, tables: {} }).toEqual({
      parameters: {},
      tables: {},
      policies: {},
      trusts: {},
      attached: {},
      outputs: [],
      bucket: null,
    })
  })
})

describe('the template of an account', () => {
  test('has the same tables', () => {
    expect(account.tables).toEqual(tables.tables)
  })

  test('keeps a private, versioned bucket that answers over TLS only', () => {
    expect(account.bucket).toEqual({
      name: '<artifactbucketname>',
      versioning: 'Enabled',
      encryption: 'AES256',
      publicAccessBlocks: {
        blockpublicacls: true,
        blockpublicpolicy: true,
        ignorepublicacls: true,
        restrictpublicbuckets: true,
      },
      ownership: 'BucketOwnerEnforced',
      policy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'TlsOnly',
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: ['s3:*'],
            Resource: ['<artifactbucket>', '<artifactbucket>/*'],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
      kept: true,
    })
  })

  test('gives each role its one policy, and tells what a workflow needs to know', () => {
    expect(account.attached).toEqual({ plan: ['<plan>'], apply: ['<apply>'] })
    expect(account.outputs).toEqual([
      'planrolearn',
      'applyrolearn',
      'daemonpolicyarn',
      'artifactbucketname',
      'githuboidcproviderarn',
    ])
  })

  test('asks for what it was not told', () => {
    const asked = Object.entries(account.parameters).flatMap(([name, each]) =>
      each.default === undefined ? [name] : [],
    )
    expect(asked).toEqual(['artifactbucketname', 'githubownerid', 'githubrepository', 'githubrepositoryid'])
  })
})
