import type { AccountBlueprint, Role } from './blueprint.ts'
import { githubAudience, githubIssuer } from './github-trust.ts'
import { attribute, block, hclCall, type HclExpression, type HclItem } from './hcl.ts'
import { tlsOnly, type IdentityPolicy, type PolicyDocument } from './policies.ts'
import { kept } from './terraform-table.ts'
import { resourceName, terraformValue } from './terraform-value.ts'

/** Bucket, provider, roles, policies, and what is told when they are made. */
export function accountItems({ roles, daemon }: AccountBlueprint): readonly HclItem[] {
  return [
    ...bucket,
    ...provider,
    ...[...roles.map(({ policy }) => policy), daemon].map(managedPolicy),
    ...roles.flatMap(githubRole),
    ...roles.map(({ name, description }) => output(`${name}_role_arn`, description, `aws_iam_role.${name}.arn`)),
    output('daemon_policy_arn', daemon.purpose, `aws_iam_policy.${resourceName(daemon.name)}.arn`),
    output('artifact_bucket_name', 'Where the artifacts are.', 'aws_s3_bucket.artifacts.bucket'),
    output('github_oidc_provider_arn', 'The OIDC provider of GitHub Actions.', 'local.github_oidc_provider_arn'),
  ]
}

const ofBucket = attribute('bucket', { expression: 'aws_s3_bucket.artifacts.id' })
const bucket: readonly HclItem[] = [
  block('resource "aws_s3_bucket" "artifacts"', [attribute('bucket', terraformValue('{bucket}')), kept]),
  block('resource "aws_s3_bucket_versioning" "artifacts"', [
    ofBucket,
    block('versioning_configuration', [attribute('status', 'Enabled')]),
  ]),
  block('resource "aws_s3_bucket_server_side_encryption_configuration" "artifacts"', [
    ofBucket,
    block('rule', [block('apply_server_side_encryption_by_default', [attribute('sse_algorithm', 'AES256')])]),
  ]),
  block('resource "aws_s3_bucket_public_access_block" "artifacts"', [
    ofBucket,
    attribute('block_public_acls', true),
    attribute('block_public_policy', true),
    attribute('ignore_public_acls', true),
    attribute('restrict_public_buckets', true),
  ]),
  block('resource "aws_s3_bucket_ownership_controls" "artifacts"', [
    ofBucket,
    block('rule', [attribute('object_ownership', 'BucketOwnerEnforced')]),
  ]),
  block('resource "aws_s3_bucket_policy" "artifacts"', [ofBucket, attribute('policy', json(tlsOnly))]),
]

const provider: readonly HclItem[] = [
  block('resource "aws_iam_openid_connect_provider" "github"', [
    attribute('count', { expression: 'var.github_oidc_provider_arn == "" ? 1 : 0' }),
    attribute('url', `https://${githubIssuer}`),
    attribute('client_id_list', [githubAudience]),
  ]),
  block('locals', [
    attribute('github_oidc_provider_arn', {
      expression:
        'var.github_oidc_provider_arn == "" ? aws_iam_openid_connect_provider.github[0].arn : var.github_oidc_provider_arn',
    }),
  ]),
]

function managedPolicy({ name, purpose, document }: IdentityPolicy): HclItem {
  return block(`resource "aws_iam_policy" "${resourceName(name)}"`, [
    attribute('name_prefix', `steward-${name}-`),
    attribute('description', purpose),
    attribute('policy', json(document)),
  ])
}

function githubRole({ name, description, trust, policy }: Role): readonly HclItem[] {
  return [
    block(`resource "aws_iam_role" "${name}"`, [
      attribute('name_prefix', `steward-${name}-`),
      attribute('description', description),
      attribute('assume_role_policy', json(trust)),
    ]),
    block(`resource "aws_iam_role_policy_attachment" "${name}"`, [
      attribute('role', { expression: `aws_iam_role.${name}.name` }),
      attribute('policy_arn', { expression: `aws_iam_policy.${resourceName(policy.name)}.arn` }),
    ]),
  ]
}

function output(name: string, description: string, expression: string): HclItem {
  return block(`output "${name}"`, [attribute('description', description), attribute('value', { expression })])
}

function json(document: PolicyDocument): HclExpression {
  return hclCall('jsonencode', terraformValue(document))
}
