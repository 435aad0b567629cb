import { yamlText } from './yaml-text.ts'

/*
 * The lines of new documents. What may be left out stands as comments: a line of comment that begins with a capital
 * letter explains, every other one becomes a field when its `# ` is taken away (a test does that, and validates).
 */

export interface ModelValues {
  readonly description: string
  readonly owner: string | null
  readonly url: string | null
  /** Null: the optional fields stand as comments. */
  readonly inference: { readonly input: string; readonly output: string } | null
  readonly riskTier: string | null
}

export function modelLines(values: ModelValues): readonly string[] {
  const { description, owner, url, inference, riskTier } = values
  return [
    '# The catalog entry. The folders above give the namespace and the name; every field may be left out.',
    `description: ${yamlText(description)}`,
    owner === null ? '# owner: alice@example.com' : `owner: ${yamlText(owner)} # Who answers for the model.`,
    url === null ? '# url: https://git.example.com/abc/source-of-the-model' : `url: ${yamlText(url)}`,
    '',
    '# Service tags: who consumes the model. With the stage they decide on which runtime it is deployed.',
    '# services: [claim-intake]',
    riskTier === null ? '# risk_tier: low' : `risk_tier: ${yamlText(riskTier)}`,
    '# use_case: { name: claim routing, business_owner: bob@example.com, purpose: Route to a desk., limitations: English only. }',
    '# next_validation: "2030-03-01"',
    '# data_sources:',
    '#   - name: claim history',
    '#     type: snowflake',
    '#     connection: { account: abc, secret_ref: "aws-secretsmanager:claims/snowflake" } # Secrets as references only.',
    ...(inference === null ? commentedInference : inferenceLines(inference)),
    '# labels: { cost_centre: "4711" }',
  ]
}

const commentedInference = [
  '# What goes in and what comes out, in words and as JSON Schemas.',
  '# inference:',
  '#   input: { description: One document as text., schema: { type: object, required: [text] } }',
  '#   output: { description: Type and confidence., schema: { type: object, required: [label] } }',
]

function inferenceLines({ input, output }: { readonly input: string; readonly output: string }): readonly string[] {
  return [
    'inference:',
    `  input: { description: ${yamlText(input)} }`,
    `  output: { description: ${yamlText(output)} }`,
  ]
}

export interface ArtifactValues {
  readonly name: string
  readonly uri: string
  /** Null: the archive can not be read here. */
  readonly content: { readonly sha256: string; readonly size: number } | null
}

export interface VersionValues {
  readonly description: string
  readonly artifacts: readonly ArtifactValues[]
  /** The value of `serving`; null leaves it as a comment. */
  readonly serving: object | null
}

export function versionLines({ description, artifacts, serving }: VersionValues): readonly string[] {
  return [
    '# A registered version: its number is the file’s name. Artifacts, serving and inference never change once merged.',
    `description: ${yamlText(description)}`,
    ...(artifacts.length === 0 ? commentedArtifacts : ['artifacts:', ...artifacts.flatMap(artifactLines)]),
    '# The server answers GET /ping with 200 when it is ready, and POST /invocations with predictions, on $PORT.',
    ...(serving === null ? ['# serving:', '#   command: [node, serve.mjs]'] : servingLines(serving)),
    '# Offline metrics and training parameters, under any names.',
    '# metrics: { accuracy: 0.942 }',
    '# parameters: { alpha: 0.1 }',
    '# lineage:',
    '#   code: { repository: https://git.example.com/abc/training, commit: 4f2c0d1 }',
    '#   data: [{ uri: "s3://bucket/training.csv" }]',
  ]
}

const commentedArtifacts = [
  '# Archives: `trained` is unpacked into the server’s working folder, every other one below it in a folder of its name.',
  '# A uri is s3://…, file:///absolute/path, or a key below artifacts.uri of _platform/settings.yaml.',
  '# artifacts:',
  '#   - name: trained',
  '#     uri: namespace/model/versions/999999_000001.tar.gz',
  '#     sha256: "0000000000000000000000000000000000000000000000000000000000000000"',
  '#     size: 48211',
]

function artifactLines({ name, uri, content }: ArtifactValues): readonly string[] {
  const facts = content === null ? [] : [`    sha256: ${JSON.stringify(content.sha256)}`, `    size: ${content.size}`]
  return [`  - name: ${yamlText(name)}`, `    uri: ${yamlText(uri)}`, ...facts]
}

function servingLines(serving: object): readonly string[] {
  const fields = Object.entries(serving).map(([name, value]) => `  ${yamlText(name)}: ${yamlText(value)}`)
  return ['serving:', ...fields]
}

export interface DeploymentValues {
  readonly stage: string
  readonly version: number
  /** Null: the one runtime that serves the stage. */
  readonly runtime: string | null
}

export function deploymentLines({ stage, version, runtime }: DeploymentValues): readonly string[] {
  return [
    `# What stage ${stage} serves. Changing model_version is the promotion.`,
    `model_version: ${version}`,
    ...(runtime === null ? commentedRuntime : [`runtime: ${yamlText(runtime)}`]),
    '# description: What this deployment is for.',
    '# rolling_strategy: rolling',
    '# rollout: { deadline: 30m }',
    '# environment_variables:',
    '#   - { name: LOG_REQUESTS, value: errors } # Never a secret.',
    '# endpoints:',
    '#   - { type: rest } # path: /my-model, for another than the default',
    '# capacity: { replicas: 2 }',
  ]
}

const commentedRuntime = [
  '# Where it runs, if not on the one runtime that carries the stage: a file of _platform/runtimes/.',
  '# runtime: local',
]
