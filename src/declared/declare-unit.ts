import { isError, type Diagnostic } from '../domain/diagnostics.ts'
import type { DeploymentDocument } from '../domain/generated/deployment.ts'
import type { ModelDocument } from '../domain/generated/model.ts'
import type { ModelVersionDocument } from '../domain/generated/model-version.ts'
import { splitModelId, type ModelId } from '../domain/names.ts'
import type { CapabilityTable } from '../runtimes/capabilities.ts'
import { diagnosticOf, type CompiledDocument } from './compile-document.ts'
import type { DeclaredDeployment, DeclaredRuntime, DeclaredUnit, DeclaredVersion } from './declared-state.ts'
import { checkDeployment, checkVariables } from './deployment-rules.ts'
import { mergeDefaults, resolveDeployment } from './resolve-deployment.ts'
import { chooseRuntime } from './runtime-choice.ts'
import type { Fault } from './fault.ts'

export interface UnitInput {
  readonly model: ModelId
  readonly path: string
  readonly documents: readonly CompiledDocument[]
  /** Versions whose file is there but broken. */
  readonly brokenVersions: ReadonlySet<number>
  /** Whether something in the unit is already known to be wrong. */
  readonly broken: boolean
  readonly runtimes: ReadonlyMap<string, DeclaredRuntime>
  readonly brokenRuntimes: ReadonlySet<string>
  readonly capabilities: CapabilityTable
}

export function declareUnit(input: UnitInput): { unit: DeclaredUnit; diagnostics: Diagnostic[] } {
  const { model, path, documents } = input
  const diagnostics = documents.flatMap((document) => checkIdentity(model, document))
  const report = (document: CompiledDocument) => (fault: Fault) => {
    diagnostics.push(diagnosticOf(fault, document.path))
  }
  const catalogDocument = documents.find(({ kind }) => kind === 'Model')
  const catalog =
    catalogDocument === undefined
      ? null
      : { value: catalogDocument.value as unknown as ModelDocument, document: catalogDocument }
  if (catalog !== null) {
    const defaults = catalog.value.deployment_defaults?.environment_variables
    checkVariables(catalog.document, defaults, ['deployment_defaults']).forEach(report(catalog.document))
  }
  const versions = new Map<number, DeclaredVersion>()
  for (const document of documents.filter(({ kind }) => kind === 'ModelVersion')) {
    const number = Number(document.place.name)
    versions.set(number, { number, value: document.value as unknown as ModelVersionDocument, document })
  }
  const deployments = new Map<string, DeclaredDeployment>()
  let waiting = false
  for (const document of documents.filter(({ kind }) => kind === 'Deployment')) {
    const { deployment, faults } = declareDeployment(input, { document, catalog: catalog?.value ?? null, versions })
    faults.forEach(report(document))
    if (deployment === null) waiting = true
    else deployments.set(deployment.name, deployment)
  }
  const blocked = input.broken || waiting || catalog === null || diagnostics.some(isError)
  const unit = { model, ...splitModelId(model), path, blocked, catalog, versions, deployments }
  return { unit, diagnostics }
}

interface DeploymentContext {
  readonly document: CompiledDocument
  readonly catalog: ModelDocument | null
  readonly versions: ReadonlyMap<number, DeclaredVersion>
}

/** Null without a fault: what it depends on is broken and has its own diagnostics. */
function declareDeployment(
  input: UnitInput,
  context: DeploymentContext,
): { deployment: DeclaredDeployment | null; faults: readonly Fault[] } {
  const { document, catalog, versions } = context
  const written = document.value as unknown as DeploymentDocument
  const value = mergeDefaults(written, catalog)
  const { name } = document.place
  const stage = value.stage ?? name
  const version = versions.get(value.model_version)?.value
  const faults: Fault[] = []
  if (version === undefined && !input.brokenVersions.has(value.model_version)) {
    faults.push(unknownVersion(value.model_version, versions, input, document))
  }
  faults.push(...checkVariables(document, written.environment_variables))
  const services = version?.services ?? catalog?.services ?? []
  const request = { name: value.runtime, stage, services, document: document.yaml }
  const { runtime, fault } = chooseRuntime(request, input.runtimes, input.brokenRuntimes)
  // Service tags, or the runtime's name, may stand in a document that could not be read.
  const undecided = value.runtime === undefined && (catalog === null || input.brokenVersions.has(value.model_version))
  if (fault !== null && !undecided) faults.push(fault)
  if (version === undefined || runtime === null) return { deployment: null, faults }
  faults.push(...checkDeployment({ value, document, runtime, version, capabilities: input.capabilities }))
  const { model } = input
  return { deployment: resolveDeployment({ model, name, stage, value, runtime, version, catalog, document }), faults }
}

function unknownVersion(
  wanted: number,
  versions: ReadonlyMap<number, DeclaredVersion>,
  { brokenVersions }: UnitInput,
  document: CompiledDocument,
): Fault {
  const known = [...versions.keys(), ...brokenVersions].sort((a, b) => a - b)
  const help =
    known.length === 0 ? 'No version is registered: add versions/1.yaml.' : `Registered: ${known.join(', ')}.`
  const range = document.yaml.rangeOf(['model_version'])
  return { code: 'ST1201', summary: `version ${wanted} is not registered`, help, range, pointer: '/model_version' }
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
    const range = document.yaml.rangeOf([field])
    return [diagnosticOf({ code: 'ST1106', summary, help, range, pointer: `/${field}` }, document.path)]
  })
}
