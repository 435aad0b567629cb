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
import { readHcl, type HclBlockRead } from './read-hcl.ts'

/** Reads a printed Terraform module. */
export function terraformFacts(text: string): Facts {
  const blocks = readHcl(text)
  const resources = (type: string): readonly HclBlockRead[] =>
    blocks.filter((block) => block.type === 'resource' && block.labels[0] === type)
  const named = <Fact>(some: readonly HclBlockRead[], fact: (block: HclBlockRead) => Fact): Record<string, Fact> =>
    Object.fromEntries(some.map((block) => [plainName(block.labels.at(-1) ?? ''), fact(block)]))
  return {
    parameters: named(
      blocks.filter(({ type }) => type === 'variable'),
      variableFacts,
    ),
    tables: named(resources('aws_dynamodb_table'), tableFacts),
    policies: named(resources('aws_iam_policy'), ({ attributes }) => resolved(attributes.policy) as PolicyFacts),
    trusts: named(
      resources('aws_iam_role'),
      ({ attributes }) => resolved(attributes.assume_role_policy) as PolicyFacts,
    ),
    attached: named(resources('aws_iam_role_policy_attachment'), ({ attributes }) => [resolved(attributes.policy_arn)]),
    outputs: blocks.flatMap(({ type, labels: [name = ''] }) => (type === 'output' ? [plainName(name)] : [])),
    bucket: resources('aws_s3_bucket').map((bucket) => bucketFacts(bucket, resources))[0] ?? null,
  }
}

function variableFacts(variable: HclBlockRead): Facts['parameters'][string] {
  const validation = inner(variable, 'validation')[0]?.attributes
  const condition = String(at(validation, 'condition', 'expression'))
  return {
    description: variable.attributes.description,
    pattern: JSON.parse(/regex\((".*"), var\./.exec(condition)?.[1] ?? 'null'),
    constraint: validation?.error_message,
    default: variable.attributes.default,
  }
}

function tableFacts(table: HclBlockRead): TableFacts {
  const { attributes } = table
  return {
    name: resolved(attributes.name),
    billing: attributes.billing_mode,
    keys: [attributes.hash_key, attributes.range_key],
    types: Object.fromEntries(inner(table, 'attribute').map(({ attributes: { name, type } }) => [String(name), type])),
    indexes: inner(table, 'global_secondary_index')
      .map(({ attributes: index }) => [index.name, index.hash_key, index.range_key, index.projection_type])
      .toSorted(byName),
    pointInTimeRecovery: inner(table, 'point_in_time_recovery')[0]?.attributes.enabled,
    deletionProtection: attributes.deletion_protection_enabled,
    encryption: inner(table, 'server_side_encryption')[0]?.attributes.enabled,
    kept: isKept(table),
  }
}

function bucketFacts(bucket: HclBlockRead, resources: (type: string) => readonly HclBlockRead[]): BucketFacts {
  const part = (name: string): HclBlockRead | undefined => resources(`aws_s3_bucket_${name}`)[0]
  const rule = inner(part('server_side_encryption_configuration'), 'rule')[0]
  return {
    name: resolved(bucket.attributes.bucket),
    versioning: inner(part('versioning'), 'versioning_configuration')[0]?.attributes.status,
    encryption: inner(rule, 'apply_server_side_encryption_by_default')[0]?.attributes.sse_algorithm,
    publicAccessBlocks: Object.fromEntries(
      entries(part('public_access_block')?.attributes).flatMap(([name, value]) =>
        name === 'bucket' ? [] : [[plainName(name), value]],
      ),
    ),
    ownership: inner(part('ownership_controls'), 'rule')[0]?.attributes.object_ownership,
    policy: resolved(part('policy')?.attributes.policy) as PolicyFacts,
    kept: isKept(bucket),
  }
}

function inner(block: HclBlockRead | undefined, type: string): readonly HclBlockRead[] {
  return block?.blocks.filter((each) => each.type === type) ?? []
}

function isKept(block: HclBlockRead): boolean {
  return inner(block, 'lifecycle')[0]?.attributes.prevent_destroy === true
}

function resolved(value: unknown): unknown {
  if (typeof value === 'string')
    return value.replaceAll(/\$\{([\w.]+)\}/g, (_, expression: string) => short(expression))
  if (Array.isArray(value)) return items(value).map(resolved)
  if (typeof value !== 'object' || value === null) return value
  const expression = at(value, 'expression')
  if (typeof expression === 'string') return short(expression)
  return Object.fromEntries(entries(value).map(([name, held]) => [name, resolved(held)]))
}

/** `var.github_owner`, `aws_dynamodb_table.model_catalog.arn`, `aws_s3_bucket.artifacts.arn`, `local.…` */
function short(expression: string): string {
  const [kind = '', name = ''] = expression.split('.')
  if (kind === 'local') return '<oidcprovider>'
  return kind === 'aws_s3_bucket' ? '<artifactbucket>' : `<${plainName(name)}>`
}
