import type { Blueprint } from './blueprint.ts'
import { attribute, block, hclFile, type HclItem } from './hcl.ts'
import type { Parameter } from './parameters.ts'
import { accountItems } from './terraform-account.ts'
import { terraformTable } from './terraform-table.ts'
import { variableName } from './terraform-value.ts'

/** A module for Terraform and OpenTofu. It names no provider's region or account: those come from around it. */
export function terraformText({ description, parameters, tables, account }: Blueprint): string {
  const items = [
    requirements,
    ...parameters.map(variable),
    ...tables.map(terraformTable),
    ...(account === null ? [] : accountItems(account)),
  ]
  return `# ${description}\n# ${usage(parameters)}\n\n${hclFile(items)}`
}

function usage(parameters: readonly Parameter[]): string {
  const asked = parameters
    .filter((parameter) => parameter.default === null)
    .map(({ name }) => `-var ${variableName(name)}=...`)
  return `Use it, in a folder of its own: terraform init && ${['terraform apply', ...asked].join(' ')}`
}

/** Since 6.0 at the latest the OIDC provider needs no thumbprint. */
const requirements = block('terraform', [
  attribute('required_version', '>= 1.5'),
  block('required_providers', [attribute('aws', { source: 'hashicorp/aws', version: '~> 6.0' })]),
])

function variable({ name, description, pattern, constraint, default: value }: Parameter): HclItem {
  const variable = variableName(name)
  return block(`variable "${variable}"`, [
    attribute('description', description),
    attribute('type', { expression: 'string' }),
    ...(value === null ? [] : [attribute('default', value)]),
    block('validation', [
      attribute('condition', { expression: `can(regex(${JSON.stringify(pattern)}, var.${variable}))` }),
      attribute('error_message', constraint),
    ]),
  ])
}
