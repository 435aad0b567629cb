import { isError, type Diagnostic } from '../domain/diagnostics.ts'
import type { ModelDocument } from '../domain/generated/model.ts'
import type { ModelVersionDocument } from '../domain/generated/model-version.ts'
import { splitModelId, type ModelId } from '../domain/names.ts'
import type { CompiledDocument } from './compile-document.ts'
import type { DeclaredDeployment, DeclaredUnit, DeclaredVersion, DeploymentIntent } from './declared-state.ts'
import { declareDeployment } from './declare-deployment.ts'
import { findingAt } from './findings.ts'
import { chooseLifecycle } from './lifecycle-choice.ts'
import { lookAlikes } from './rules/look-alikes.ts'
import { unknownRole, versionsHelp } from './rules/named-help.ts'
import { ownerOf } from './namespaces.ts'
import type { UnitContext, UnitInput } from './unit-context.ts'
import { checkValidation } from './rules/validation-rules.ts'
import { checkVersions, removedVersions } from './rules/version-rules.ts'

/** From the documents of one unit to what it declares, with every problem that they show. */
export function declareUnit(input: UnitInput, context: UnitContext): { unit: DeclaredUnit; diagnostics: Diagnostic[] } {
  const { model, path, documents } = input
  const diagnostics = documents.flatMap((document) => checkIdentity(model, document))
  const catalog = catalogOf(documents, context)
  const versions = versionsOf(documents)
  diagnostics.push(
    ...checkVersions({ versions, broken: input.brokenVersions, model: catalog?.document ?? null }, context),
  )
  const {
    lifecycle,
    waiting: cycleWaits,
    diagnostics: wrongCycle,
  } = chooseLifecycle(catalog?.document ?? null, context)
  diagnostics.push(...wrongCycle)
  const known = { versions, broken: input.brokenVersions, removed: removedVersions(versions, input, context.base) }
  const deployments = new Map<string, DeclaredDeployment>()
  const intents: DeploymentIntent[] = []
  let waiting = context.namespaces.broken || cycleWaits
  for (const document of documents.filter(({ kind }) => kind === 'Deployment')) {
    const request = { model, document, catalog, versions: known, lifecycle }
    const { deployment, diagnostics: found } = declareDeployment(request, context)
    diagnostics.push(...found)
    intents.push(intentOf(document))
    if (deployment === null) waiting = true
    else deployments.set(deployment.name, deployment)
  }
  if (catalog !== null) diagnostics.push(...checkValidation(catalog, deployments, context))
  for (const document of documents.filter(({ kind }) => kind === 'Approval')) {
    diagnostics.push(...checkApproval(document, versions, input.brokenVersions, context))
  }
  diagnostics.push(...lookAlikes(intents, 'deployment'))
  const blocked = input.broken || waiting || catalog === null || diagnostics.some(isError)
  const unit = {
    ...{ model, ...splitModelId(model), path, blocked, catalog, versions, deployments, intents },
    namespaces: context.namespaces,
    lifecycle: lifecycle?.name ?? null,
  }
  return { unit, diagnostics }
}

function intentOf({ place: { name }, value, path }: CompiledDocument): DeploymentIntent {
  const stage = typeof value.stage === 'string' ? value.stage : name
  return { name, stage, modelVersion: Number(value.model_version), path }
}

/** The Model with what its namespaces say of it. */
function catalogOf(documents: readonly CompiledDocument[], { namespaces }: UnitContext): DeclaredUnit['catalog'] {
  const document = documents.find(({ kind }) => kind === 'Model')
  if (document === undefined) return null
  const written = document.value as unknown as ModelDocument
  const owner = written.owner ?? ownerOf(namespaces)
  return { value: owner === undefined ? written : { ...written, owner }, document }
}

function versionsOf(documents: readonly CompiledDocument[]): ReadonlyMap<number, DeclaredVersion> {
  const versions = documents
    .filter(({ kind }) => kind === 'ModelVersion')
    .map((document) => {
      const number = Number(document.place.name)
      return { number, value: document.value as unknown as ModelVersionDocument, document }
    })
  return new Map(versions.map((version) => [version.number, version]))
}

/** Identity fields may be written; then they must say what the path says. */
function checkIdentity(model: ModelId, document: CompiledDocument): Diagnostic[] {
  const { namespace, name } = splitModelId(model)
  const expected: Record<string, unknown> = { namespace, model_name: name }
  if (document.kind === 'ModelVersion') expected.model_version = Number(document.place.name)
  return Object.entries(expected).flatMap(([field, wanted]) => {
    const written = document.value[field]
    if (written === undefined || written === wanted) return []
    const summary = `\`${field}\` is ${String(written)}, but the path says ${String(wanted)}`
    const help = `Write ${String(wanted)}, leave it out, or move the file.`
    return [findingAt(document, [field], { code: 'ST1106', summary, help })]
  })
}

function checkApproval(
  document: CompiledDocument,
  versions: ReadonlyMap<number, DeclaredVersion>,
  broken: ReadonlySet<number>,
  { platform, uses }: UnitContext,
): Diagnostic[] {
  const { model_version: version, role } = document.value
  const found: Diagnostic[] = []
  if (!versions.has(Number(version)) && !broken.has(Number(version))) {
    const help = versionsHelp([...versions.keys(), ...broken])
    found.push(
      findingAt(document, ['model_version'], {
        code: 'ST1201',
        summary: `version ${String(version)} is not registered`,
        help,
      }),
    )
  }
  uses('roles')
  if (platform.roles !== null && !platform.roles.has(String(role))) {
    const said = unknownRole(String(role), platform.roles)
    found.push(findingAt(document, ['role'], { code: 'ST1218', ...said }))
  }
  return found
}
