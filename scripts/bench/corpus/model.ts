import { createHash } from 'node:crypto'
import { storedGzip } from '../../../src/artifacts/stored-gzip.ts'
import { tarOf } from '../../../src/artifacts/deterministic-tar.ts'
import { seededRandom } from './random.ts'

/** One document below the catalog's root. */
export interface CorpusFile {
  readonly path: string
  readonly text: string
}

export const VERSIONS = 5
const divisions = ['claims', 'pricing', 'fraud', 'service', 'underwriting', 'finance', 'marketing']
const things = ['doc_type', 'repair_cost', 'churn', 'lead_score', 'duplicate', 'reserve', 'sentiment', 'triage']

/** The archive of a version: small, and of the form that `apply` checks. */
export function artifactBytes(model: number, version: number): Buffer {
  return storedGzip(tarOf(new Map([['serve.mjs', `// version ${version} of model ${model}\n`]])))
}

/** `line_07/fraud/churn_0123`: a two-level namespace and the model's name. */
export function modelFolder(model: number): string {
  const line = String(model % 23).padStart(2, '0')
  const division = divisions[model % divisions.length] ?? ''
  return `line_${line}/${division}/${things[model % things.length] ?? ''}_${String(model).padStart(5, '0')}`
}

/** The eight documents of one model: its entry, five versions, and what runs in two stages. */
export function modelFiles(model: number, seed: number): CorpusFile[] {
  const random = seededRandom(seed * 1_000_003 + model)
  const folder = modelFolder(model)
  const versions = Array.from({ length: VERSIONS }, (_, index) => ({
    path: `${folder}/versions/${index + 1}.yaml`,
    text: versionText(model, index + 1, random),
  }))
  return [
    { path: `${folder}/model.yaml`, text: modelText(model, random) },
    ...versions,
    { path: `${folder}/deployments/test.yaml`, text: deploymentText(model, 'test', VERSIONS, random) },
    { path: `${folder}/deployments/prod.yaml`, text: deploymentText(model, 'prod', VERSIONS - 1, random) },
  ]
}

/** About 1.4 KB. `revision` makes the same document with another description. */
export function modelText(model: number, random: () => number, revision = 0): string {
  const team = `team-${Math.floor(random() * 40)}`
  return `# yaml-language-server: $schema=../../../../schemas/model.schema.json
description: >-
  Scores the cases of desk ${model} so that a person sees the ones that matter first. Retrained every month on what was
  closed since; revision ${revision} of this text.
owner: ${team}@example.com
url: https://git.example.com/${team}/model-${model}
services: [intake-${model % 50}] # who consumes it
risk_tier: ${model % 3 === 0 ? 'high' : 'low'}

use_case:
  name: desk ${model}
  business_owner: owner-${model % 200}@example.com
  purpose: Orders the cases of a desk. A person decides every one of them.
  limitations: Trained on closed cases of this line only; others get the most frequent label with a low score.

data_sources:
  - name: closed cases datawarehouse
    type: snowflake
    description: Closed cases since ${2012 + (model % 10)}, without names and addresses.
    owner: warehouse@example.com
    format: .parquet
    visibility: medium
    refresh: daily
    connection: { account: example, database: CASES_${model % 30}, secret_ref: "aws-secretsmanager:cases/snowflake" }
  - name: desk reference list

inference:
  input:
    description: One case as numbers and text.
    schema:
      type: object
      required: [amount, text]
      properties:
        amount: { type: number, minimum: 0 }
        text: { type: string, minLength: 1 }
  output:
    description: How much it matters.
    schema: { type: object, required: [score], properties: { score: { type: number } } }

labels: { language: en, cost_centre: "${4000 + (model % 900)}" }
`
}

/** About 0.65 KB. */
function versionText(model: number, version: number, random: () => number): string {
  const bytes = artifactBytes(model, version)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const commit = createHash('sha1').update(`${model}/${version}`).digest('hex')
  return `description: Training run ${version}; ${Math.floor(random() * 9000)} more cases than the one before.
artifacts:
  - name: trained
    uri: ${modelFolder(model)}/versions/${version}.tar.gz
    sha256: ${sha256}
    size: ${bytes.length}
serving:
  command: [node, serve.mjs]
metrics: { accuracy: ${(0.8 + random() * 0.19).toFixed(4)}, macro_f1: ${(0.75 + random() * 0.2).toFixed(4)} }
parameters:
  algorithm: gradient boosting
  learning_rate: ${(0.01 + random() * 0.2).toFixed(3)}
  trees: ${100 + Math.floor(random() * 900)}
  depth: ${3 + Math.floor(random() * 6)}
lineage:
  code: { repository: "https://git.example.com/training/model-${model}", commit: ${JSON.stringify(commit)} }
  run: mlflow:${commit.slice(0, 12)}
create_at: "2026-0${version}-18T13:40:00.000Z"
created_by: arn:aws:iam::123456789012:user/alice
`
}

/** About 0.54 KB. */
function deploymentText(model: number, stage: string, version: number, random: () => number): string {
  return `# yaml-language-server: $schema=../../../../../schemas/deployment.schema.json
description: Serves the desk in ${stage}; the previous version stays until the new one answers. Ask the team on call first.
model_version: ${version} # changing this line is the promotion
rolling_strategy: rolling
environment_variables:
  - { name: LOG_REQUESTS, value: errors }
  - { name: DESK, value: "${model}" }
  - { name: WARM_UP, value: "${Math.floor(random() * 100)}" }
capacity: { replicas: ${1 + (model % 3)} }
labels: { paged: team-${model % 40}, reviewed: "2026-0${1 + (model % 9)}", change: CHG-${100000 + model}, stage: ${stage} }
`
}
