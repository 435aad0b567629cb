import { githubIssuer } from './github-trust.ts'
import type { ParameterName } from './template-value.ts'

/** What whoever uses a template may, or has to, say. */
export interface Parameter {
  readonly name: ParameterName
  readonly description: string
  /** A regular expression for the whole value. */
  readonly pattern: string
  readonly constraint: string
  /** Null: it has to be given. */
  readonly default: string | null
}

/** What is known already; the rest is asked for when the template is used. */
export type ParameterDefaults = { readonly [Name in ParameterName]?: string }

const known: readonly Omit<Parameter, 'default'>[] = [
  {
    name: 'prefix',
    description: 'Text before the name of every table, as tables.prefix of the settings.',
    pattern: '^[A-Za-z0-9_.-]*$',
    constraint: 'Use letters, digits, _, . and - only.',
  },
  {
    name: 'bucket',
    description: 'Name of the bucket that holds the artifacts, as in artifacts.uri of the settings.',
    pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
    constraint: 'Use 3 to 63 lower-case letters, digits, . and -.',
  },
  {
    name: 'owner',
    description: 'Owner of the model repository on GitHub, in the upper and lower case that GitHub shows.',
    pattern: '^[A-Za-z0-9_-]+$',
    constraint: 'Write the name of a GitHub organization or user.',
  },
  {
    name: 'owner-id',
    description: 'Number of the owner: gh api repos/OWNER/NAME --jq .owner.id',
    pattern: '^[0-9]+$',
    constraint: 'Write digits only.',
  },
  {
    name: 'repository',
    description: 'Name of the model repository on GitHub, without its owner.',
    pattern: '^[A-Za-z0-9._-]+$',
    constraint: 'Write the name of a GitHub repository.',
  },
  {
    name: 'repository-id',
    description: 'Number of the repository: gh api repos/OWNER/NAME --jq .id',
    pattern: '^[0-9]+$',
    constraint: 'Write digits only.',
  },
  {
    name: 'oidc-provider-arn',
    description: 'ARN of an OIDC provider of GitHub Actions where there is one; empty to create it.',
    pattern: `^(arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/${githubIssuer.replaceAll('.', '[.]')})?$`,
    constraint: `Write the ARN of the provider ${githubIssuer}, or nothing.`,
  },
]

const optional: ParameterDefaults = { prefix: '', 'oidc-provider-arn': '' }

export function parametersOf(
  defaults: ParameterDefaults,
  names: readonly ParameterName[] = known.map(({ name }) => name),
): readonly Parameter[] {
  return known
    .filter(({ name }) => names.includes(name))
    .map((parameter) => ({ ...parameter, default: defaults[parameter.name] ?? optional[parameter.name] ?? null }))
}

/** Whether a value may be given to a parameter; a text says what may. */
export function checkParameter(name: ParameterName, value: string): true | string {
  const parameter = known.find((each) => each.name === name)
  return parameter === undefined || new RegExp(parameter.pattern).test(value) || parameter.constraint
}
