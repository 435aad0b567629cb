import { stringify } from 'yaml'
import type { AccountBlueprint, Blueprint } from './blueprint.ts'
import { accountOutputs, accountResources } from './cloudformation-account.ts'
import { cloudFormationTable } from './cloudformation-table.ts'
import { parameterId } from './cloudformation-value.ts'
import type { Parameter } from './parameters.ts'

/** A template as CloudFormation reads it, in YAML without tags. */
export function cloudFormationText(blueprint: Blueprint): string {
  // Version 1.1 is what CloudFormation reads: dates and words such as `on` are quoted.
  const text = stringify(cloudFormation(blueprint), { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })
  return `${usage(blueprint)}\n${text.trimEnd()}`
}

function usage({ parameters, account }: Blueprint): string {
  const asked = parameters
    .filter((parameter) => parameter.default === null)
    .map(({ name }) => `${parameterId(name)}=...`)
  const words = [
    'aws cloudformation deploy --stack-name steward --template-file FILE',
    ...(account === null ? [] : ['--capabilities CAPABILITY_IAM']),
    ...(asked.length === 0 ? [] : [`--parameter-overrides ${asked.join(' ')}`]),
  ]
  return `# Use it: ${words.join(' ')}`
}

/** The template as a value. */
export function cloudFormation({ description, parameters, tables, account }: Blueprint): object {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: description,
    Parameters: Object.fromEntries(parameters.map((parameter) => [parameterId(parameter.name), declare(parameter)])),
    ...(account === null ? {} : accountConditions),
    Resources: {
      ...Object.fromEntries(tables.map(cloudFormationTable)),
      ...(account === null ? {} : accountResources(account)),
    },
    ...outputs(account),
  }
}

const accountConditions = {
  Conditions: { CreateOidcProvider: { 'Fn::Equals': [{ Ref: parameterId('oidc-provider-arn') }, ''] } },
}

function outputs(account: AccountBlueprint | null): object {
  return account === null ? {} : { Outputs: accountOutputs(account) }
}

function declare({ description, pattern, constraint, default: value }: Parameter): object {
  return {
    Type: 'String',
    Description: description,
    AllowedPattern: pattern,
    ConstraintDescription: constraint,
    ...(value === null ? {} : { Default: value }),
  }
}
