import type { AccountOptions } from '../../provision/blueprint.ts'
import type { TrustedPlace } from '../../provision/github-trust.ts'
import { checkParameter, type ParameterDefaults } from '../../provision/parameters.ts'
import type { ParameterName } from '../../provision/template-value.ts'
import type { Options } from '../command.ts'
import { usageError } from '../parse.ts'

/** What the settings say already. */
export interface KnownFacts {
  readonly prefix: string
  readonly bucket: string | null
}

/** What a branch may be named here: a part of what Git allows, with nothing that has a meaning in a policy. */
const branchName = /^(?!refs\/)[A-Za-z0-9_][A-Za-z0-9_./+#=-]*$/
/** `*`, `?`, `$` and braces have a meaning in a policy or a template. */
const environmentName = /^[^*?${}"\\\p{Cc}]+$/u

/** Reads the options of `bootstrap`; a mistake is a usage error that says what to write. */
export function accountOptions(options: Options, known: KnownFacts): AccountOptions {
  const repository = splitRepository(options.text('repository'))
  const given: Partial<Record<ParameterName, [value: string, option: string]>> = {
    prefix: [known.prefix, 'tables.prefix'],
    ...named(options.text('bucket') ?? known.bucket, 'bucket', '--bucket'),
    ...named(repository?.owner, 'owner', '--repository'),
    ...named(options.text('owner-id'), 'owner-id', '--owner-id'),
    ...named(repository?.name, 'repository', '--repository'),
    ...named(options.text('repository-id'), 'repository-id', '--repository-id'),
    ...named(options.text('oidc-provider'), 'oidc-provider-arn', '--oidc-provider'),
  }
  const defaults: ParameterDefaults = Object.fromEntries(
    Object.entries(given).map(([name, [value, option]]) => [name, checked(name as ParameterName, value, option)]),
  )
  return { defaults, apply: trustedPlaces(options) }
}

function named(
  value: string | null | undefined,
  name: ParameterName,
  option: string,
): { readonly [Name in ParameterName]?: [value: string, option: string] } {
  return value === null || value === undefined ? {} : { [name]: [value, option] }
}

function checked(name: ParameterName, value: string, option: string): string {
  const answer = checkParameter(name, value)
  if (answer !== true) throw usageError(`${option} can not be ${JSON.stringify(value)}`, answer)
  return value
}

function splitRepository(text: string | undefined): { readonly owner: string; readonly name: string } | null {
  if (text === undefined) return null
  const [owner = '', name = '', ...more] = text.split('/')
  if (owner === '' || name === '' || more.length > 0) {
    throw usageError(`--repository can not be ${JSON.stringify(text)}`, 'Write OWNER/NAME, as in octo-org/models.')
  }
  return { owner, name }
}

/**
 * Environments, and the branch where it is named or nothing else is: a job in an environment is under the environment's
 * reviewers, which a plain push to the branch would pass by.
 */
function trustedPlaces(options: Options): readonly TrustedPlace[] {
  const environments = options.texts('environment')
  const branch = options.text('branch') ?? (environments.length === 0 ? 'main' : null)
  if (branch !== null && !branchName.test(branch)) {
    throw usageError(
      `--branch can not be ${JSON.stringify(branch)}`,
      'Write a branch by its name, without refs/heads/.',
    )
  }
  const wrong = environments.find((name) => !environmentName.test(name))
  if (wrong !== undefined) {
    throw usageError(`--environment can not be ${JSON.stringify(wrong)}`, 'Write the name of a GitHub environment.')
  }
  return [
    ...(branch === null ? [] : [{ kind: 'branch' as const, name: branch }]),
    ...environments.map((name) => ({ kind: 'environment' as const, name })),
  ]
}
