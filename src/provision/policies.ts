import { TABLE_DEFINITIONS } from '../recorded/table-definitions.ts'

/** A statement as IAM takes it; its texts may refer to what the template makes (template-value.ts). */
export type PolicyStatement = {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: { readonly [kind: string]: string }
  readonly Action: readonly string[]
  readonly Resource?: readonly string[]
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } }
}

export type PolicyDocument = { readonly Version: '2012-10-17'; readonly Statement: readonly PolicyStatement[] }

export type PolicyName = 'plan' | 'apply' | 'daemon' | 'tables-create' | 'auditor'

export interface IdentityPolicy {
  readonly name: PolicyName
  /** Who gets it and what for, in one sentence. */
  readonly purpose: string
  readonly document: PolicyDocument
}

const tables = TABLE_DEFINITIONS.map(({ base }) => `{table:${base}}`)
const indexes = TABLE_DEFINITIONS.flatMap(({ base, indexes }) =>
  indexes.map(({ name }) => `{table:${base}}/index/${name}`),
)

const allow = (sid: string, actions: readonly string[], resources: readonly string[]): PolicyStatement => ({
  Sid: sid,
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
})

const readTables = [
  allow('ReadTables', ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan'], tables),
  allow('ReadIndexes', ['dynamodb:Query', 'dynamodb:Scan'], indexes),
  // `tables describe` and `doctor`, which also tells whether they can be restored.
  allow('DescribeTables', ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable'], tables),
]
/** `UpdateItem` is for `adopt`; nothing is ever deleted. */
const writeTables = allow('WriteTables', ['dynamodb:PutItem', 'dynamodb:UpdateItem'], tables)

/** Without ListBucket S3 answers 403 in place of 404, so a missing artifact would look like a forbidden one. */
const readArtifacts = [
  allow('ReadArtifacts', ['s3:GetObject'], ['{bucket-arn}/*']),
  allow('ListArtifacts', ['s3:ListBucket'], ['{bucket-arn}']),
]
const writeArtifacts = allow('WriteArtifacts', ['s3:AbortMultipartUpload', 's3:PutObject'], ['{bucket-arn}/*'])

const policy = (name: PolicyName, purpose: string, statements: readonly PolicyStatement[]): IdentityPolicy => ({
  name,
  purpose,
  document: { Version: '2012-10-17', Statement: statements },
})

/** The least that each part of Steward can do its work with. `steward validate` needs none. */
export const IDENTITY_POLICIES: Readonly<Record<PolicyName, IdentityPolicy>> = {
  plan: policy('plan', 'Reads the tables and artifacts for `plan`, `status`, `history` and the like.', [
    ...readTables,
    ...readArtifacts,
  ]),
  apply: policy('apply', 'Records and deploys what a revision declares (`apply`).', [
    ...readTables,
    writeTables,
    ...readArtifacts,
    writeArtifacts,
  ]),
  daemon: policy('daemon', 'Follows a branch and keeps everything as it says (`serve`).', [
    ...readTables,
    writeTables,
    ...readArtifacts,
    writeArtifacts,
  ]),
  'tables-create': policy('tables-create', 'Creates the tables that are missing (`tables create`), once.', [
    allow('CreateTables', ['dynamodb:CreateTable', 'dynamodb:DescribeTable'], tables),
  ]),
  auditor: policy('auditor', 'Reads the tables and their indexes, and nothing else.', readTables),
}

/** The bucket answers over TLS only, whoever asks. */
export const tlsOnly: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: ['s3:*'],
      Resource: ['{bucket-arn}', '{bucket-arn}/*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
}
