import { parse } from 'yaml'
import {
  at,
  byName,
  entries,
  items,
  plainName,
  type BucketFacts,
  type Facts,
  type PolicyFacts,
  type TableFacts,
} from './facts.ts'

/** Reads a printed template as CloudFormation would: YAML 1.1. */
export function cloudFormationFacts(text: string): Facts {
  const template: unknown = parse(text, { version: '1.1' })
  const of = (type: string): readonly (readonly [string, unknown])[] =>
    entries(at(template, 'Resources')).filter(([, resource]) => at(resource, 'Type') === type)
  const facts = <Fact>(type: string, ending: string, fact: (resource: unknown) => Fact): Record<string, Fact> =>
    Object.fromEntries(of(type).map(([id, resource]) => [plainName(id).replace(ending, ''), fact(resource)]))
  return {
    parameters: Object.fromEntries(
      entries(at(template, 'Parameters')).map(([id, parameter]) => [plainName(id), parameterFacts(parameter)]),
    ),
    tables: facts('AWS::DynamoDB::Table', 'table', tableFacts),
    policies: facts('AWS::IAM::ManagedPolicy', 'policy', (policy) => policyAt(policy, 'PolicyDocument')),
    trusts: facts('AWS::IAM::Role', 'role', (role) => policyAt(role, 'AssumeRolePolicyDocument')),
    attached: facts('AWS::IAM::Role', 'role', (role) => resolved(at(role, 'Properties', 'ManagedPolicyArns'))),
    outputs: entries(at(template, 'Outputs')).map(([id]) => plainName(id)),
    bucket:
      of('AWS::S3::Bucket').map(([, bucket]) => bucketFacts(bucket, of('AWS::S3::BucketPolicy')[0]?.[1]))[0] ?? null,
  }
}

function parameterFacts(parameter: unknown): Facts['parameters'][string] {
  return {
    description: at(parameter, 'Description'),
    pattern: at(parameter, 'AllowedPattern'),
    constraint: at(parameter, 'ConstraintDescription'),
    default: at(parameter, 'Default'),
  }
}

function tableFacts(resource: unknown): TableFacts {
  const table = at(resource, 'Properties')
  return {
    name: resolved(at(table, 'TableName')),
    billing: at(table, 'BillingMode'),
    keys: keysOf(table),
    types: Object.fromEntries(
      items(at(table, 'AttributeDefinitions')).map((each) => [at(each, 'AttributeName'), at(each, 'AttributeType')]),
    ),
    indexes: items(at(table, 'GlobalSecondaryIndexes'))
      .map((index) => [at(index, 'IndexName'), ...keysOf(index), at(index, 'Projection', 'ProjectionType')])
      .toSorted(byName),
    pointInTimeRecovery: at(table, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled'),
    deletionProtection: at(table, 'DeletionProtectionEnabled'),
    encryption: at(table, 'SSESpecification', 'SSEEnabled'),
    kept: isKept(resource),
  }
}

function keysOf(holder: unknown): readonly unknown[] {
  const keys = items(at(holder, 'KeySchema'))
  return ['HASH', 'RANGE'].map((type) =>
    at(
      keys.find((key) => at(key, 'KeyType') === type),
      'AttributeName',
    ),
  )
}

function bucketFacts(resource: unknown, policy: unknown): BucketFacts {
  const bucket = at(resource, 'Properties')
  const rule = at(bucket, 'BucketEncryption', 'ServerSideEncryptionConfiguration', 0, 'ServerSideEncryptionByDefault')
  return {
    name: resolved(at(bucket, 'BucketName')),
    versioning: at(bucket, 'VersioningConfiguration', 'Status'),
    encryption: at(rule, 'SSEAlgorithm'),
    publicAccessBlocks: Object.fromEntries(
      entries(at(bucket, 'PublicAccessBlockConfiguration')).map(([name, value]) => [plainName(name), value]),
    ),
    ownership: at(bucket, 'OwnershipControls', 'Rules', 0, 'ObjectOwnership'),
    policy: policyAt(policy, 'PolicyDocument'),
    kept: isKept(resource),
  }
}

function isKept(resource: unknown): boolean {
  return at(resource, 'DeletionPolicy') === 'Retain' && at(resource, 'UpdateReplacePolicy') === 'Retain'
}

function policyAt(resource: unknown, name: string): PolicyFacts {
  return resolved(at(resource, 'Properties', name)) as PolicyFacts
}

function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved)
  if (typeof value !== 'object' || value === null) return value
  const [[name, held] = ['', null], ...more] = entries(value)
  if (more.length === 0 && name === 'Ref') return `<${short(String(held))}>`
  if (more.length === 0 && name === 'Fn::GetAtt') return `<${short(String(at(held, 0)))}>`
  if (more.length === 0 && name === 'Fn::If') return '<oidcprovider>'
  if (more.length === 0 && name === 'Fn::Sub') {
    return String(held).replaceAll(/\$\{(\w+)(?:\.Arn)?\}/g, (_, id: string) => `<${short(id)}>`)
  }
  return Object.fromEntries(entries(value).map(([each, inner]) => [each, resolved(inner)]))
}

function short(id: string): string {
  return plainName(id).replace(/(table|policy)$/, '')
}
