import { TABLE_DEFINITIONS, type TableDefinition } from '../recorded/table-definitions.ts'
import { githubTrust, subjectContext, type TrustedPlace } from './github-trust.ts'
import { IDENTITY_POLICIES, type IdentityPolicy, type PolicyDocument } from './policies.ts'
import { parametersOf, type Parameter, type ParameterDefaults } from './parameters.ts'

/** A role that GitHub Actions takes, with the one policy that it has. */
export interface Role {
  readonly name: 'plan' | 'apply'
  readonly description: string
  readonly trust: PolicyDocument
  readonly policy: IdentityPolicy
}

/** What an account needs beside the tables: the artifact bucket, GitHub's OIDC provider, and who may do what. */
export interface AccountBlueprint {
  readonly roles: readonly Role[]
  /** A policy for the role of the daemon's pod (IRSA, EKS Pod Identity) or instance. */
  readonly daemon: IdentityPolicy
}

/** What a template describes, whatever its format. */
export interface Blueprint {
  readonly description: string
  readonly parameters: readonly Parameter[]
  readonly tables: readonly TableDefinition[]
  /** Null where only the tables are described. */
  readonly account: AccountBlueprint | null
}

export function tablesBlueprint(prefix: string): Blueprint {
  return {
    description: 'The metadata tables of Model Steward.',
    parameters: parametersOf({ prefix }, ['prefix']),
    tables: TABLE_DEFINITIONS,
    account: null,
  }
}

export interface AccountOptions {
  readonly defaults: ParameterDefaults
  /** From where the apply role is taken. */
  readonly apply: readonly TrustedPlace[]
}

export function accountBlueprint({ defaults, apply }: AccountOptions): Blueprint {
  return {
    description: 'What Model Steward needs in an AWS account: tables, artifact bucket, roles for GitHub Actions.',
    parameters: parametersOf(defaults),
    tables: TABLE_DEFINITIONS,
    account: {
      roles: [
        {
          name: 'plan',
          description: 'Read-only: pull requests of the model repository plan with it.',
          trust: githubTrust(['pull_request']),
          policy: IDENTITY_POLICIES.plan,
        },
        {
          name: 'apply',
          description: 'The model repository applies with it what has been merged.',
          trust: githubTrust(apply.map(subjectContext)),
          policy: IDENTITY_POLICIES.apply,
        },
      ],
      daemon: IDENTITY_POLICIES.daemon,
    },
  }
}
