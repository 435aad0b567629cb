import { describe, expect, test } from 'vitest'
import { accountBlueprint, tablesBlueprint, type Blueprint } from '../../src/provision/blueprint.ts'
import { cloudFormationText } from '../../src/provision/cloudformation.ts'
import { terraformText } from '../../src/provision/terraform.ts'
import { cloudFormationFacts } from './support/cloudformation-facts.ts'
import { terraformFacts } from './support/terraform-facts.ts'

const blueprints: readonly (readonly [what: string, blueprint: Blueprint])[] = [
  ['the tables', tablesBlueprint('')],
  ['the tables with a prefix', tablesBlueprint('ml-')],
  [
    'an account of which nothing is known',
    accountBlueprint({ defaults: {}, apply: [{ kind: 'branch', name: 'main' }] }),
  ],
  [
    'an account of which everything is known',
    accountBlueprint({
      defaults: {
        prefix: 'ml_',
        bucket: 'octo-models',
        owner: 'octo-org',
        'owner-id': '123456',
        repository: 'models',
        'repository-id': '456789',
        'oidc-provider-arn': 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
      },
      apply: [
        { kind: 'branch', name: 'release/2' },
        { kind: 'environment', name: 'prod' },
      ],
    }),
  ],
]

describe('CloudFormation and Terraform say the same', () => {
  test.each(blueprints)('of %s', (_, blueprint) => {
    const facts = cloudFormationFacts(cloudFormationText(blueprint))
    expect(terraformFacts(terraformText(blueprint))).toEqual(facts)
    expect(Object.keys(facts.tables)).toHaveLength(5)
    expect(Object.keys(facts.policies)).toHaveLength(blueprint.account === null ? 0 : 3)
  })

  test.each(blueprints)('of %s, in ASCII and short enough to be sent as it is', (_, blueprint) => {
    for (const text of [cloudFormationText(blueprint), terraformText(blueprint)]) {
      expect(text).toMatch(/^[\n -~]+$/)
      // The most that CloudFormation takes without a bucket (its quotas, "Template body size in a request").
      expect(text.length).toBeLessThan(51_200)
    }
  })
})
