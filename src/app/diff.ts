import type { DeclaredDeployment, DeclaredState } from '../declared/declared-state.ts'
import { mapLimited } from '../domain/map-limited.ts'
import { maskTokens } from '../domain/secret-tokens.ts'
import { deploymentKey, isDriven, type ModelId } from '../domain/names.ts'
import type { RecordedDeployment, RecordedUnit } from '../recorded/recorded-state.ts'
import { standingOf } from '../plan/standing.ts'
import { declaredChange, methodOf } from '../reconcile/deployment-change.ts'
import { differences, type Difference } from '../reconcile/differences.ts'
import { runtimeOf, type Intent, type ReconcilePorts } from '../reconcile/ports.ts'
import type { Observation, ObservedSet } from '../runtimes/driver.ts'
import type { App } from './app.ts'
import { readOnlyWriter, reconcilePorts } from './reconcile-ports.ts'
import { readUnits } from './read-units.ts'

const READERS = 8

export interface DeploymentDiff {
  readonly name: string
  readonly stage: string
  /** Of what serves; null where nothing does. */
  readonly deployment_id: string | null
  readonly differences: readonly Omit<Difference, 'message'>[]
}

export interface UnitDiff {
  readonly unit: ModelId
  readonly deployments: readonly DeploymentDiff[]
}

/** `diff --json`. */
export interface DiffReport {
  readonly format: 'steward.diff/v1'
  readonly revision: string
  readonly units: readonly UnitDiff[]
}

export interface DiffRequest {
  readonly declared: DeclaredState
  readonly model: ModelId | null
  readonly stage: string | null
  readonly signal: AbortSignal
}

/**
 * What a revision declares against what runs, whatever is recorded of the way between the two. Reads only. Throws a
 * DriverError where a runtime does not answer.
 */
export async function readDiff(app: App, request: DiffRequest): Promise<DiffReport> {
  const { declared, model, stage, signal } = request
  const tables = await app.tables(declared.settings)
  const units = await readUnits(app, tables, { declared, model, signal })
  const ports = await reconcilePorts(app, tables, declared, readOnlyWriter)
  const comparison = new Comparison(ports, { declared, planDigest: null, allowDeletes: false }, signal)
  const found = await mapLimited([...units], READERS, async (recorded): Promise<UnitDiff> => {
    const deployments = await comparison.ofUnit(recorded)
    return { unit: recorded.model, deployments: deployments.filter((each) => stage === null || each.stage === stage) }
  })
  const told = found.filter(({ deployments }) => deployments.length > 0)
  return { format: 'steward.diff/v1', revision: declared.revision, units: told }
}

class Comparison {
  readonly #ports: ReconcilePorts
  readonly #intent: Intent
  readonly #signal: AbortSignal

  constructor(ports: ReconcilePorts, intent: Intent, signal: AbortSignal) {
    this.#ports = ports
    this.#intent = intent
    this.#signal = signal
  }

  async ofUnit(recorded: RecordedUnit): Promise<DeploymentDiff[]> {
    const declared = this.#intent.declared.units.get(recorded.model)?.deployments
    const live = recorded.deployments.filter(({ status }) => status === 'live').map(({ name }) => name)
    const names = [...new Set([...(declared?.keys() ?? []), ...live])].sort()
    const found: DeploymentDiff[] = []
    for (const name of names) {
      const diff = await this.#ofDeployment(recorded, name, declared?.get(name))
      if (diff !== null) found.push(diff)
    }
    return found
  }

  /** Null for what Steward does not drive. */
  async #ofDeployment(
    recorded: RecordedUnit,
    name: string,
    declared: DeclaredDeployment | undefined,
  ): Promise<DeploymentDiff | null> {
    const unit = this.#intent.declared.units.get(recorded.model)
    const { live } = standingOf(recorded, name)
    if (declared === undefined || unit === undefined) return live === null ? null : this.#undeclared(recorded, live)
    if (!isDriven(declared.method)) return null
    const deploymentId = live?.id ?? 0
    const change = declaredChange(this.#ports, this.#intent, { unit, declared, deploymentId })
    const observation = await this.#ports.driver(declared.method)?.observe(change, this.#signal)
    const own = serving(observation)
    const seen = { observation: observation ?? null, own, processDigest: own?.processDigest ?? '' }
    const stage = declared.stage
    return { name, stage, deployment_id: own?.deploymentId ?? null, differences: differences(change, seen).map(shown) }
  }

  async #undeclared(recorded: RecordedUnit, live: RecordedDeployment): Promise<DeploymentDiff | null> {
    const { name, stage, item } = live
    if (!isDriven(methodOf(live))) return null
    const runtime = runtimeOf(this.#intent.declared, String(item.runtime), item)
    const target = { key: deploymentKey(recorded.model, name), runtime }
    const own = serving(await this.#ports.driver(methodOf(live))?.observe(target, this.#signal))
    if (own === undefined) return null
    const running = `version ${own.modelVersion}`
    return {
      ...{ name, stage, deployment_id: own.deploymentId },
      differences: [{ field: 'deployment', declared: null, running }],
    }
  }
}

/** The set that most callers meet. */
function serving(observation: Observation | null | undefined): ObservedSet | undefined {
  return observation?.sets.reduce<ObservedSet | undefined>(
    (most, set) => (most === undefined || set.weight > most.weight ? set : most),
    undefined,
  )
}

/** Of what stands in the documents a secret by mistake is refused elsewhere, and not repeated here. */
function shown({ field, declared, running }: Difference): Omit<Difference, 'message'> {
  return { field, declared: typeof declared === 'string' ? maskTokens(declared) : declared, running }
}
