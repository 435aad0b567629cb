/** Documents that break the schema of their kind, and why each is here. */
export interface WrongDocument {
  readonly reason: string
  readonly kind: string
  readonly text: string
}

export const wrongDocuments: readonly WrongDocument[] = [
  { reason: 'an unknown field', kind: 'Model', text: 'owner: alice@example.com\ndescripton: x\n' },
  {
    reason: 'an unknown field in a list',
    kind: 'ModelVersion',
    text: 'artifacts:\n  - name: trained\n    uri: a\n  - name: more\n    uri: b\n    sha265: c\n',
  },
  {
    reason: 'a required field of a mapping is missing',
    kind: 'Deployment',
    text: 'model_version: 1\nhold: {until: 2026-12-04}\n',
  },
  {
    reason: 'a required field of a mapping over several lines is missing',
    kind: 'Deployment',
    text: 'model_version: 1\nendpoints:\n  - path: /a\n    auth: none\n',
  },
  { reason: 'a field without a value', kind: 'Model', text: 'description: x\nowner:\nlabels: {a: b}\n' },
  { reason: 'a word that YAML takes for a boolean', kind: 'Model', text: 'labels:\n  a: b\n  on: true\n' },
  { reason: 'a service twice', kind: 'Model', text: 'services:\n  - a\n  - b\n  - a\n' },
  { reason: 'a list where the document belongs', kind: 'Model', text: '- a\n' },
  { reason: 'another kind', kind: 'Model', text: 'kind: Deployment\napi_version: steward/v2\n' },
  { reason: 'a required field of the document is missing', kind: 'Deployment', text: 'mode: online\n' },
  { reason: 'a word that is not allowed', kind: 'Deployment', text: 'model_version: 1\nrolling_strategy: roling\n' },
  { reason: 'a number in quotes', kind: 'Deployment', text: '# comment\nmodel_version: "1"\n' },
  {
    reason: 'an account without quotes',
    kind: 'Runtime',
    text: 'deployment_method: host\nstages: [x]\naccount: 012345678901\n',
  },
  {
    reason: 'a number that is too small',
    kind: 'Settings',
    text: 'guards:\n  max_deletes: 5\n  max_delete_percent: -1\n',
  },
  { reason: 'a duration without a unit', kind: 'Settings', text: 'drift:\n  mode: warn\n  every: "5"\n' },
  {
    reason: 'a member of no known form',
    kind: 'Roles',
    text: 'roles:\n  compliance:\n    - github:carol\n    - carol\n',
  },
  { reason: 'a role without members', kind: 'Roles', text: 'roles:\n  compliance: [github:carol]\n  ml-risk: []\n' },
  {
    reason: 'a gate that is two gates',
    kind: 'Lifecycle',
    text: 'stages:\n  - name: prod\n    gates:\n      - {metrics: {f1: "> 0.9"}, soak: {stage: test, for: 1h}}\n',
  },
  {
    reason: 'a comparison without an operator',
    kind: 'Lifecycle',
    text: 'stages:\n  - name: test\n    gates:\n      - metrics:\n          accuracy: "0.9"\n',
  },
  {
    reason: 'an approval gate for nobody',
    kind: 'Lifecycle',
    text: 'stages:\n  - name: prod\n    gates:\n      - approvals: {role: x, count: 0}\n',
  },
  {
    reason: 'several faults at once',
    kind: 'Freeze',
    text: 'stages: []\nfrom: tomorrow\nuntil: 2027-01-04\nreason: x\nallow: [promote]\n',
  },
  {
    reason: 'a permission that does not exist',
    kind: 'Namespace',
    text: 'share:\n  - account: "210987654321"\n    can:\n      - describe\n      - delete\n',
  },
  {
    reason: 'a decision in the wrong words',
    kind: 'Approval',
    text: 'model_version: 3\nstage: prod\ndecision: yes\nrole: compliance\nreason: because\nsubject: abc\n',
  },
  {
    reason: 'a command that is not a list',
    kind: 'TrainingPipeline',
    text: 'steps:\n  - name: train\n    command: node train.mjs\nregister: {artifact: a}\n',
  },
]
