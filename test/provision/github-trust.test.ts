import { describe, expect, test } from 'vitest'
import { accountBlueprint } from '../../src/provision/blueprint.ts'
import { cloudFormationText } from '../../src/provision/cloudformation.ts'
import { subjectContext, type TrustedPlace } from '../../src/provision/github-trust.ts'
import { cloudFormationFacts } from './support/cloudformation-facts.ts'

const trusts = (...apply: readonly TrustedPlace[]): ReturnType<typeof cloudFormationFacts>['trusts'] =>
  cloudFormationFacts(cloudFormationText(accountBlueprint({ defaults: {}, apply }))).trusts

const byNames = 'repo:<githubowner>/<githubrepository>'
const withIds = 'repo:<githubowner>@<githubownerid>/<githubrepository>@<githubrepositoryid>'

const trustedFor = (...subjects: readonly string[]): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'GitHubActions',
      Effect: 'Allow',
      Principal: { Federated: '<oidcprovider>' },
      Action: ['sts:AssumeRoleWithWebIdentity'],
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': subjects,
        },
      },
    },
  ],
})

describe('GitHub Actions may take', () => {
  test('the plan role in pull requests of the one repository, in both forms of its subject', () => {
    const { plan } = trusts({ kind: 'branch', name: 'main' })
    expect(plan).toEqual(trustedFor(`${byNames}:pull_request`, `${withIds}:pull_request`))
  })

  test('the apply role on pushes to the branch, in both forms', () => {
    const { apply } = trusts({ kind: 'branch', name: 'main' })
    expect(apply).toEqual(trustedFor(`${byNames}:ref:refs/heads/main`, `${withIds}:ref:refs/heads/main`))
  })

  test('the apply role in an environment, in both forms', () => {
    const { apply } = trusts({ kind: 'environment', name: 'prod' })
    expect(apply).toEqual(trustedFor(`${byNames}:environment:prod`, `${withIds}:environment:prod`))
  })

  test('no role by a pattern: a comparison of whole texts only', () => {
    const written = JSON.stringify(trusts({ kind: 'branch', name: 'main' }, { kind: 'environment', name: 'prod' }))
    expect(written).not.toMatch(/StringLike|ForAnyValue|ForAllValues|\*|\?/)
  })

  test('none by a colon in a name: GitHub writes it as %3A', () => {
    expect(subjectContext({ kind: 'environment', name: 'eu:prod' })).toBe('environment:eu%3Aprod')
  })
})
