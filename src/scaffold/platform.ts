import { documentFile, type SchemaCopies, type ScaffoldFile } from './yaml-text.ts'

/** The documents of `_platform`: they work on one machine as they are, and show in comments what a company changes. */
export function platformFiles(root: string, schemas: SchemaCopies): readonly ScaffoldFile[] {
  const file = (name: string, schema: string, lines: readonly string[]): ScaffoldFile =>
    documentFile(`${root}/_platform/${name}`, lines, { schema, schemas })
  return [
    file('settings.yaml', 'settings', settings),
    file('roles.yaml', 'roles', roles),
    file('runtimes/local.yaml', 'runtime', localRuntime),
    file('lifecycles/standard.yaml', 'lifecycle', standardLifecycle),
  ]
}

const settings = [
  '# Settings of this repository. Every field may be left out; the values below are the defaults.',
  'tables: { backend: embedded } # For AWS: { backend: dynamodb, region: us-east-1 }',
  'guards: { max_deletes: 5, max_delete_percent: 20, protected_stages: [prod] }',
  'drift: { mode: correct, every: 5m }',
  '',
  '# Where archives are: s3://bucket/prefix, or file:DIR (below the state folder when relative; default file:artifacts).',
  '# artifacts: { uri: "file:artifacts" }',
  '# Who applies: daemon, action or cli; the others plan and refuse. Left out: everybody may.',
  '# apply: { by: daemon }',
  '# timezone: Europe/Zurich',
]

const roles = [
  '# Who may approve what. Life cycles name these roles in their gates.',
  '# Write for example: { compliance: [github:carol], ml-risk: ["github-team:abc/ml-risk"] }',
  'roles: {}',
]

const localRuntime = [
  'description: The model host of this machine (`steward host`). One server process for each replica.',
  'deployment_method: local host # Also: AWS Lambda, self hosted ECS, self hosted EKS, AWS SageMaker.',
  'stages: [dev, prod] # A deployment goes to the runtime that carries its stage.',
  '# services: [claim-intake] # Only for models with one of these service tags.',
]

const standardLifecycle = [
  '# The way of a model through its stages, for models of these risk tiers. It asks for nothing yet.',
  '# Add gates, such as those below, when the roles that they name are in roles.yaml.',
  'risk_tiers: [low]',
  'stages:',
  '  - name: dev',
  '  - name: prod',
  '    # gates:',
  '    #   - { metrics: { accuracy: ">= 0.90" } }',
  '    #   - { soak: { stage: dev, for: 24h } }',
  '    #   - { approvals: { role: compliance, count: 1 } }',
  '    promote: manual # By editing the deployment. Also: pull_request, auto.',
]
