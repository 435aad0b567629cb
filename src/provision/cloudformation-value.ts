import type { TableBase } from '../recorded/table-definitions.ts'
import { writeText, type ParameterName, type Reference, type TemplateValue } from './template-value.ts'

const parameterIds: Readonly<Record<ParameterName, string>> = {
  prefix: 'TablePrefix',
  bucket: 'ArtifactBucketName',
  owner: 'GitHubOwner',
  'owner-id': 'GitHubOwnerId',
  repository: 'GitHubRepository',
  'repository-id': 'GitHubRepositoryId',
  'oidc-provider-arn': 'GitHubOidcProviderArn',
}

export function parameterId(name: ParameterName): string {
  return parameterIds[name]
}

/** `model-catalog` → `ModelCatalogTable`: the name of the resource. */
export function tableId(base: TableBase): string {
  return `${pascalCase(base)}Table`
}

export function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** A value with CloudFormation's functions in place of references. */
export function cloudFormationValue(value: TemplateValue): unknown {
  if (typeof value === 'string') return writeText<unknown>(value, writer)
  if (Array.isArray(value)) return value.map(cloudFormationValue)
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, cloudFormationValue(held)]))
}

const writer = {
  whole: (reference: Reference): unknown => {
    if (reference === 'oidc-provider') return oidcProvider
    const attribute = attributeOf(reference)
    return attribute === null ? { Ref: idOf(reference) } : { 'Fn::GetAtt': [idOf(reference), attribute] }
  },
  text: (pieces: readonly ({ text: string } | { reference: Reference })[]): unknown => {
    if (!pieces.some((piece) => 'reference' in piece))
      return pieces.map((piece) => ('text' in piece ? piece.text : '')).join('')
    return { 'Fn::Sub': pieces.map((piece) => ('text' in piece ? piece.text : inside(piece.reference))).join('') }
  },
}

/** The provider that was named, or else the one that is made. */
const oidcProvider = {
  'Fn::If': ['CreateOidcProvider', { Ref: 'GitHubOidcProvider' }, { Ref: parameterIds['oidc-provider-arn'] }],
}

function inside(reference: Reference): string {
  const attribute = attributeOf(reference)
  return attribute === null ? `\${${idOf(reference)}}` : `\${${idOf(reference)}.${attribute}}`
}

function idOf(reference: Reference): string {
  if (reference === 'oidc-provider') return 'GitHubOidcProvider'
  if (reference === 'bucket-arn') return 'ArtifactBucket'
  return isTable(reference) ? tableId(reference.slice('table:'.length) as TableBase) : parameterIds[reference]
}

function attributeOf(reference: Reference): string | null {
  return reference === 'bucket-arn' || isTable(reference) ? 'Arn' : null
}

function isTable(reference: Reference): reference is `table:${TableBase}` {
  return reference.startsWith('table:')
}
