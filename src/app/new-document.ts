import type { DeclaredState } from '../declared/declared-state.ts'
import { unknownName } from '../declared/rules/named-help.ts'
import { servingRuntimes, undecided } from '../declared/runtime-choice.ts'
import { StewardError } from '../domain/errors.ts'
import type { ModelId } from '../domain/names.ts'
import { deploymentLines, modelLines, versionLines } from '../scaffold/documents.ts'
import { documentFile } from '../scaffold/yaml-text.ts'
import type { App } from './app.ts'
import { brokenVersion, declaredUnit, requireVersion } from './edit-documents.ts'
import { newArtifact, type NamedArtifact } from './new-artifact.ts'
import { checkFiles, declaredIfAny, gitEmail, lookAtTargets, schemasIn, writeAll, type Checked } from './scaffold.ts'
import { recordedVersions, usedVersions } from './used-versions.ts'

export interface NewDocument {
  readonly path: string
  readonly checked: Checked
  /** What the author should know beside it. */
  readonly notes: readonly string[]
}

interface Made {
  /** Below the model's folder. */
  readonly name: string
  readonly schema: 'model' | 'model-version' | 'deployment'
  readonly lines: readonly string[]
  readonly notes?: readonly string[]
}

export interface NewModelRequest {
  readonly model: ModelId
  readonly owner: string | null
  readonly description: string | null
  readonly url: string | null
}

/** Writes `model.yaml`. Throws where the model, or one around or inside it, is there. */
export async function newModel(app: App, request: NewModelRequest, signal?: AbortSignal): Promise<NewDocument> {
  const { model } = request
  const repository = await app.repository()
  const inside = await nestedUnit(app, model)
  if (inside !== null) {
    throw refusal(`${model} and ${inside} can not both be models: one is inside the other`, 'Take another name.')
  }
  const owner = request.owner ?? (await gitEmail(repository.top))
  const description = request.description ?? 'To be written: what the model does, in one sentence.'
  const lines = modelLines({ description, owner, url: request.url, inference: null, riskTier: null })
  const notes = owner === null ? ['no owner is known: write one, or set user.email of Git'] : []
  return write(app, model, { name: 'model.yaml', schema: 'model', lines, notes }, signal)
}

export interface NewVersionRequest {
  readonly model: ModelId
  readonly artifacts: readonly NamedArtifact[]
  readonly description: string | null
}

/** Writes `versions/<n>.yaml` under the next number that was never used, served like the newest version. */
export async function newVersion(app: App, request: NewVersionRequest, signal?: AbortSignal): Promise<NewDocument> {
  const { model } = request
  const { state } = await app.declared({ kind: 'worktree' }, signal)
  const unit = declaredUnit(state, model)
  const taken = [...(await usedVersions(app, model, signal)), ...(await recordedVersions(app, state, model, signal))]
  const number = Math.max(0, ...taken) + 1
  const newest = unit.versions.get(Math.max(...unit.versions.keys()))
  const artifacts = await Promise.all(
    request.artifacts.map((artifact) => newArtifact(app, state.settings, artifact, signal)),
  )
  const lines = versionLines({
    description: request.description ?? 'To be written: what is new in this version.',
    artifacts,
    serving: newest?.value.serving ?? null,
  })
  const unread = artifacts.filter(({ content }) => content === null)
  const notes = unread.map(({ name, uri }) => `${name}: ${uri} can not be read here; write its sha256 before deploying`)
  return write(app, model, { name: `versions/${number}.yaml`, schema: 'model-version', lines, notes }, signal)
}

export interface NewDeploymentRequest {
  readonly model: ModelId
  readonly stage: string
  /** Null: the highest. */
  readonly version: number | null
  /** Null: the one that serves the stage. */
  readonly runtime: string | null
}

/** Writes `deployments/<stage>.yaml`. Throws where the version does not exist, or no one runtime serves the stage. */
export async function newDeployment(
  app: App,
  request: NewDeploymentRequest,
  signal?: AbortSignal,
): Promise<NewDocument> {
  const { state } = await app.declared({ kind: 'worktree' }, signal)
  return write(app, request.model, madeDeployment(state, request), signal)
}

/** The same document as a file, for a repository in which nothing is written. */
export async function deploymentFile(app: App, state: DeclaredState, request: NewDeploymentRequest) {
  return fileOf(app, request.model, madeDeployment(state, request))
}

function madeDeployment(state: DeclaredState, request: NewDeploymentRequest): Made {
  const { model, stage } = request
  const unit = declaredUnit(state, model)
  const version = request.version ?? [...unit.versions.keys()].sort((a, b) => a - b).at(-1)
  if (version === undefined) {
    const none = refusal(`${model} has no version to deploy`, `Run \`steward new version ${model.slice(1)}\` first.`)
    throw brokenVersion(state, unit) ?? none
  }
  const document = requireVersion(state, unit, version)
  if (document.value.serving === undefined) {
    const hint = `Write \`serving\` in versions/${version}.yaml first, or take another version with --version.`
    throw refusal(`version ${version} of ${model} does not say how it is served`, hint)
  }
  const services = document.value.services ?? unit.catalog?.value.services ?? []
  checkRuntime(state, { ...request, services })
  const lines = deploymentLines({ stage, version, runtime: request.runtime })
  return { name: `deployments/${stage}.yaml`, schema: 'deployment', lines }
}

/** The rule of the catalog, told before anything is written. */
function checkRuntime(
  { runtimes }: DeclaredState,
  { runtime, stage, services }: { runtime: string | null; stage: string; services: readonly string[] },
): void {
  if (runtime !== null) {
    if (runtimes.has(runtime)) return
    const { summary, help } = unknownName('runtime', runtime, [...runtimes.keys()], '_platform/runtimes/')
    throw refusal(summary, help)
  }
  const serving = servingRuntimes(runtimes, stage, services)
  if (serving.length === 1) return
  const { summary, help } = undecided(serving, { stage, services }, runtimes)
  const names = serving.map(({ name }) => name).join(', ')
  throw refusal(summary, names === '' ? help : `Name one of them with --runtime: ${names}.`)
}

async function write(app: App, model: ModelId, made: Made, signal?: AbortSignal): Promise<NewDocument> {
  const { top } = await app.repository()
  const file = await fileOf(app, model, made)
  const { path } = file
  const { missing } = await lookAtTargets(top, [file])
  if (missing.length === 0)
    throw refusal(`${path} exists already`, 'It is left as it is: edit it, or take another name.')
  await writeAll(top, missing)
  return { path, checked: await checkFiles(app, [path], signal), notes: made.notes ?? [] }
}

async function fileOf(app: App, model: ModelId, { name, lines, schema }: Made) {
  const { root } = app.options
  const { top } = await app.repository()
  return documentFile(`${root}${model}/${name}`, lines, { schema, schemas: await schemasIn(top, root) })
}

/** Another model around this one or inside it; null where there is none. */
async function nestedUnit(app: App, model: ModelId): Promise<ModelId | null> {
  const state = await declaredIfAny(app)
  const units = [...(state?.units.keys() ?? [])]
  return units.find((unit) => unit.startsWith(`${model}/`) || model.startsWith(`${unit}/`)) ?? null
}

function refusal(message: string, hint: string): StewardError {
  return new StewardError(message, { code: 'scaffold_refused', kind: 'user', hint })
}
