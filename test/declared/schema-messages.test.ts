import { describe, expect, test } from 'vitest'
import type { DocumentKind } from '../../src/declared/catalog/layout.ts'
import { checkSchema } from '../../src/declared/schema-check.ts'
import { parseYaml } from '../../src/declared/yaml/document.ts'

interface Row {
  readonly kind: DocumentKind
  readonly text: string
  /** `summary | help` of each, in the order of the alphabet. */
  readonly told: readonly string[]
}

const deployment = (text: string, ...told: readonly string[]): Row => {
  return { kind: 'Deployment', text: `model_version: 1\n${text}`, told }
}
const methods = 'Allowed: self hosted ECS, self hosted EKS, AWS Lambda, AWS SageMaker, local host, external, none.'

const rows: readonly Row[] = [
  {
    kind: 'Deployment',
    text: 'model_version 1\n',
    told: ['the line "model_version 1" has no colon | Write model_version: 1, with a space after the colon.'],
  },
  {
    kind: 'Model',
    text: 'Classifies incoming claim documents\nof the claims desk\n',
    told: ['the line "Classifies …" has no colon | Write a mapping: each line a key, a colon, a space and a value.'],
  },
  { kind: 'Model', text: 'services: a, b\n', told: ['`services` must be a list, not a, b | Write services: [a, b].'] },
  {
    kind: 'Model',
    text: 'services:\n',
    told: ['`services` is empty | Write a list, such as services: [claim-intake].'],
  },
  {
    kind: 'Model',
    text: 'services:\n  -a\n  -b\n',
    told: ['`services` must be a list, not -a -b | Write a space after each dash.'],
  },
  {
    kind: 'ModelVersion',
    text: 'artifacts:\n  name: trained\n  uri: a\n',
    told: ['`artifacts` must be a list | Write "- " before its first field, and indent the others below it.'],
  },
  deployment(
    'environment_variables: {DB_PASSWORD: hunter2}\n',
    '`environment_variables` must be a list | Write - { name: DB_PASSWORD, value: … } for each.',
  ),
  deployment(
    'capture: true\n',
    '`capture` must be a mapping, not true | Write a mapping, such as capture: { percent: 100 }.',
  ),
  {
    kind: 'Deployment',
    text: 'model_version: v12\n',
    told: ['`model_version` must be an integer, not v12 | Write the number alone: 12.'],
  },
  {
    kind: 'Deployment',
    text: 'model_version: "1.5"\n',
    told: ['`model_version` must be an integer, not text | Write an integer.'],
  },
  { kind: 'Deployment', text: 'model_version: \n', told: ['`model_version` is empty | Write an integer.'] },
  {
    kind: 'ModelVersion',
    text: 'metrics: {a: 94%, b: "0,9"}\nartifacts: [{name: trained, uri: a, size: 1 KB}]\n',
    told: [
      '`metrics.a` must be a number, not 94% | Write 0.94.',
      '`metrics.b` must be a number, not 0,9 | Write 0.9.',
      'the size of trained in artifacts must be an integer, not 1 KB | Write the number alone.',
    ],
  },
  {
    kind: 'Settings',
    text: 'guards: {max_delete_percent: 5%}\n',
    told: ['`guards.max_delete_percent` must be a number, not 5% | Write 5.'],
  },
  {
    kind: 'Deployment',
    text: 'modelVersion: 1\n',
    told: ['unknown field `modelVersion` | The nearest known field is `model_version`.'],
  },
  {
    kind: 'Approval',
    text: 'expires: 2027-01-01\n',
    told: ['the document lacks decision, model_version, reason, role and stage | Add them.'],
  },
  deployment(
    'rolling_strategy: canori\n',
    '`rolling_strategy` can not be canori | The nearest is canary. Allowed: rolling, blue green, canary.',
  ),
  deployment(
    'deployment_method: local\n',
    `\`deployment_method\` can not be local | The nearest is local host. ${methods}`,
  ),
  deployment(
    'deployment_method: Lamda\n',
    `\`deployment_method\` can not be Lamda | The nearest is AWS Lambda. ${methods}`,
  ),
  deployment(
    'endpoints: [{type: REST}]\n',
    '`endpoints.0.type` can not be REST | The nearest is rest. Allowed: rest, kafka.',
  ),
  deployment(
    'environment_variables: [{name: PORT, value: 80}, {name: P-Q, x: 1}]\n',
    'the name P-Q in environment_variables has the wrong form | Use letters, digits and _, beginning with a letter or _.',
    'the value of PORT in environment_variables must be a string | Quote it: "80".',
    'unknown field `x` in the element P-Q of environment_variables | Known fields: name, value, secret_ref.',
  ),
  deployment('steps: [10]\n', 'unknown field `steps` | `steps` stands in `rollout`: rollout: { steps: … }.'),
  deployment(
    'capacity: {stage: prod}\n',
    'unknown field `stage` in `capacity` | `stage` stands beside `capacity`, not in it: indent it as that.',
  ),
  {
    kind: 'Model',
    text: 'replicas: 2\n',
    told: [
      'unknown field `replicas` | `replicas` stands in `deployment_defaults.capacity`: deployment_defaults: { capacity: { replicas: 2 } }.',
    ],
  },
]

describe('what is said of a document that breaks its schema', () => {
  test.each(rows)('$kind: $text', ({ kind, text, told }) => {
    const { document } = parseYaml(Buffer.from(text))
    const faults = document === null ? [] : checkSchema(kind, document)
    expect(faults.map(({ summary, help }) => `${summary} | ${help}`).toSorted()).toEqual(told)
  })
})
