import type { Diagnostic } from '../domain/diagnostics.ts'
import type { DeploymentDocument } from '../domain/generated/deployment.ts'
import type { ModelVersionDocument } from '../domain/generated/model-version.ts'
import { isDriven, normaliseMethod, type DeploymentMethod, type ModelId } from '../domain/names.ts'
import type { CompiledDocument } from './compile-document.ts'
import type {
  DeclaredDeployment,
  DeclaredLifecycle,
  DeclaredRuntime,
  DeclaredUnit,
  DeclaredVersion,
} from './declared-state.ts'
import { checkAllowances, checkStage } from './rules/allowance-rules.ts'
import { layersOf, mergeLayers, type DeploymentLayer } from './deployment-layers.ts'
import { checkDriven, checkUndriven, checkValues } from './rules/deployment-rules.ts'
import { findingAt, relationAt } from './findings.ts'
import { versionsHelp } from './rules/named-help.ts'
import { resolveDeployment } from './resolve-deployment.ts'
import { chooseRuntime } from './runtime-choice.ts'
import { isDay } from '../domain/days.ts'
import type { UnitContext } from './unit-context.ts'

export interface DeploymentRequest {
  readonly model: ModelId
  readonly document: CompiledDocument
  readonly catalog: DeclaredUnit['catalog']
  readonly versions: {
    readonly versions: ReadonlyMap<number, DeclaredVersion>
    readonly broken: ReadonlySet<number>
    /** Removed by the change. */
    readonly removed: ReadonlySet<number>
  }
  readonly lifecycle: DeclaredLifecycle | null
}

export interface DeploymentResult {
  /** Null without a diagnostic of its own: what it depends on is broken and has them. */
  readonly deployment: DeclaredDeployment | null
  readonly diagnostics: readonly Diagnostic[]
}

/** A deployment with its defaults filled in, and everything that is wrong with it. */
export function declareDeployment(request: DeploymentRequest, context: UnitContext): DeploymentResult {
  const { model, document, catalog, versions, lifecycle } = request
  const layers = layersOf(document, catalog?.document ?? null, context.namespaces)
  const value = mergeLayers(layers)
  const { name } = document.place
  const stage = value.stage ?? name
  const diagnostics = [...checkReferences(request, value), ...checkValues({ value, layers, document })]
  diagnostics.push(...checkHold(value, document, context))
  if (lifecycle !== null) diagnostics.push(...checkStage({ stage, value, layers, lifecycle }))
  const version = versions.versions.get(value.model_version)
  if (version !== undefined) diagnostics.push(...checkDeprecated(document, version))
  const target = targetOf(request, { value, stage, version: version?.value, layers }, context)
  diagnostics.push(...target.diagnostics)
  diagnostics.push(...checkAllowances({ stage, runtime: target.runtime, layers }, context.namespaces))
  if (version === undefined || target.method === null) return { deployment: null, diagnostics }
  const { runtime, method } = target
  if (runtime !== null && isDriven(method)) {
    context.uses('settings')
    const protectedStages = context.platform.settings?.guards.protectedStages ?? []
    const rules = {
      value,
      layers,
      document,
      stage,
      runtime,
      method,
      version: version.value,
      versionDocument: version.document,
    }
    diagnostics.push(
      ...checkDriven({ ...rules, capabilities: context.capabilities, isProtected: protectedStages.includes(stage) }),
    )
  } else diagnostics.push(...checkUndriven({ value, layers, document, method }))
  const held = value.hold !== undefined && !hasEnded(value.hold, context.today)
  const known = { model, name, stage, value, method, runtime, held, layers, document }
  const resolved = { ...known, version: version.value, catalog: catalog?.value ?? null }
  return { deployment: resolveDeployment(resolved), diagnostics }
}

interface Target {
  /** Null where it is not known: broken, or told in the diagnostics. */
  readonly method: DeploymentMethod | null
  readonly runtime: DeclaredRuntime | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Where it runs. `external` and `none` need no runtime, and none is looked up. */
function targetOf(
  { document, catalog, versions }: DeploymentRequest,
  found: {
    readonly value: DeploymentDocument
    readonly stage: string
    readonly version: ModelVersionDocument | undefined
    readonly layers: readonly DeploymentLayer[]
  },
  { platform, uses }: UnitContext,
): Target {
  const { value, stage, version, layers } = found
  const asserted = value.deployment_method === undefined ? null : normaliseMethod(value.deployment_method)
  if (asserted !== null && !isDriven(asserted)) return { method: asserted, runtime: null, diagnostics: [] }
  if (value.runtime !== undefined) uses(`runtime:${value.runtime}`)
  if (value.runtime === undefined || !platform.runtimes.has(value.runtime)) uses('runtimes')
  const services = version?.services ?? catalog?.value.services ?? []
  const { runtime, diagnostic } = chooseRuntime({ name: value.runtime, stage, services, layers, document }, platform)
  // Service tags, or the runtime's name, may stand in a document that could not be read.
  const undecided = value.runtime === undefined && (catalog === null || versions.broken.has(value.model_version))
  const diagnostics = diagnostic === null || undecided ? [] : [diagnostic]
  return { method: runtime?.method ?? null, runtime, diagnostics }
}

/** The versions that it names exist. */
function checkReferences({ document, versions }: DeploymentRequest, value: DeploymentDocument): Diagnostic[] {
  const known = (number: number): boolean => versions.versions.has(number) || versions.broken.has(number)
  const help = versionsHelp([...versions.versions.keys(), ...versions.broken])
  const unknown = (number: number, path: readonly string[]): Diagnostic => {
    if (versions.removed.has(number)) {
      const code = 'ST1223'
      const summary = `version ${number} is removed by this change, but used here`
      return findingAt(document, path, {
        code,
        summary,
        help: `Put versions/${number}.yaml back, or move this deployment first. ${help}`,
      })
    }
    return findingAt(document, path, { code: 'ST1201', summary: `version ${number} is not registered`, help })
  }
  const challenger = value.challenger?.model_version
  return [
    ...(known(value.model_version) ? [] : [unknown(value.model_version, ['model_version'])]),
    ...(challenger === undefined || known(challenger) ? [] : [unknown(challenger, ['challenger', 'model_version'])]),
  ]
}

function checkDeprecated(
  document: CompiledDocument,
  { number, value, document: version }: DeclaredVersion,
): Diagnostic[] {
  if (value.deprecated === undefined) return []
  const { reason, replaced_by: next } = value.deprecated
  const summary = `version ${number} is deprecated: ${reason}`
  const help = next === undefined ? 'Promote another version.' : `Promote version ${next}.`
  const related = [relationAt(version, ['deprecated'], `version ${number}`)]
  return [findingAt(document, ['model_version'], { code: 'ST1236', summary, help, related })]
}

/** A hold ends by itself at the end of its day. */
function hasEnded({ until }: NonNullable<DeploymentDocument['hold']>, today: string): boolean {
  return until !== undefined && today > until
}

function checkHold(
  { hold }: DeploymentDocument,
  document: CompiledDocument,
  { today, uses }: UnitContext,
): Diagnostic[] {
  if (hold?.until === undefined) return []
  uses('today')
  if (!isDay(hold.until)) {
    const summary = `${hold.until} is no day of the calendar`
    return [findingAt(document, ['hold', 'until'], { code: 'ST1105', summary, help: 'Write it as 2026-12-31.' })]
  }
  if (!hasEnded(hold, today)) return []
  const summary = `the hold ended on ${hold.until}`
  return [
    findingAt(document, ['hold', 'until'], {
      code: 'ST1227',
      summary,
      help: 'Remove `hold` (`steward resume`), or give it another date.',
    }),
  ]
}
