import type { TableBase } from '../recorded/table-definitions.ts'
import { hclString, type HclExpression, type HclValue } from './hcl.ts'
import { writeText, type ParameterName, type Piece, type Reference, type TemplateValue } from './template-value.ts'

const variables: Readonly<Record<ParameterName, string>> = {
  prefix: 'table_prefix',
  bucket: 'artifact_bucket_name',
  owner: 'github_owner',
  'owner-id': 'github_owner_id',
  repository: 'github_repository',
  'repository-id': 'github_repository_id',
  'oidc-provider-arn': 'github_oidc_provider_arn',
}

export function variableName(name: ParameterName): string {
  return variables[name]
}

/** `model-catalog` → `model_catalog`: the name of the resource. */
export function resourceName(name: string): string {
  return name.replaceAll('-', '_')
}

/** A value with Terraform's expressions in place of references. */
export function terraformValue(value: TemplateValue): HclValue {
  if (typeof value === 'string') return writeText<HclValue>(value, { whole, text })
  if (Array.isArray(value)) return value.map(terraformValue)
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, terraformValue(held)]))
}

function whole(reference: Reference): HclExpression {
  return { expression: expressionOf(reference) }
}

function text(pieces: readonly Piece[]): HclExpression {
  const written = pieces.map((piece) =>
    'text' in piece ? hclString(piece.text).slice(1, -1) : `\${${expressionOf(piece.reference)}}`,
  )
  return { expression: `"${written.join('')}"` }
}

function expressionOf(reference: Reference): string {
  if (reference === 'oidc-provider') return 'local.github_oidc_provider_arn'
  if (reference === 'bucket-arn') return 'aws_s3_bucket.artifacts.arn'
  if (isTable(reference)) return `aws_dynamodb_table.${resourceName(reference.slice('table:'.length))}.arn`
  return `var.${variables[reference]}`
}

function isTable(reference: Reference): reference is `table:${TableBase}` {
  return reference.startsWith('table:')
}
