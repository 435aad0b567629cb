import { checkArtifacts } from '../../src/app/check-artifacts.ts'
import { readRecorded } from '../../src/app/make-plan.ts'
import { createDirectoryStore } from '../../src/artifacts/directory-store.ts'
import { writeRevision } from '../../src/app/write-revision.ts'
import type { DeclaredState } from '../../src/declared/declared-state.ts'
import type { Diagnostic } from '../../src/domain/diagnostics.ts'
import type { Json } from '../../src/domain/json.ts'
import type { ModelId } from '../../src/domain/names.ts'
import { planAll } from '../../src/plan/plan-all.ts'
import type { Stops } from '../../src/plan/reviewed.ts'
import { AuditLog, findChainBreak } from '../../src/recorded/audit.ts'
import { fenceCheckpoint } from '../../src/recorded/checkpoint.ts'
import { acquireLease } from '../../src/recorded/lease.ts'
import { readUnit } from '../../src/recorded/read-unit.ts'
import type { RecordedDeployment } from '../../src/recorded/recorded-state.ts'
import type { Item, TableName } from '../../src/recorded/tables.ts'
import { tableKeys } from '../../src/recorded/tables.ts'
import { Controller } from '../../src/reconcile/controller.ts'
import type { UnitResult } from '../../src/reconcile/reconcile-unit.ts'
import type { ReconcilePorts } from '../../src/reconcile/ports.ts'
import { RolloutPlaces } from '../../src/reconcile/rollout-places.ts'
import { Catalog, MODEL } from './catalog-builder.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeDriver, FakeTarget } from './fake-driver.ts'
import { FakeTables } from './fake-tables.ts'
import type { HarnessArtifacts } from './harness-artifacts.ts'
import { CallHarness } from './harness-calls.ts'
import { readCatalog } from './harness-source.ts'

export interface RunOptions {
  readonly harness?: CallHarness
  /** Of the run's own clock: what has not ended by then is left as it is. Null: never. */
  readonly timeoutMs?: number | null
  readonly allowDeletes?: boolean
  /** What is left as it is, since its plan is not the one that was shown. */
  readonly stops?: Stops
  /** Faults that artifacts are found to have. */
  readonly faults?: readonly Diagnostic[]
  /** Where the bytes of artifacts are, which then are checked as `apply` does. */
  readonly artifacts?: HarnessArtifacts | null
  /** One look at each unit only, as `apply` without --wait. */
  readonly once?: boolean
}

export interface Finished {
  readonly results: ReadonlyMap<ModelId, UnitResult>
  readonly errors: readonly unknown[]
}

const LEASE_MS = 24 * 3_600_000

/** Tables and a target in memory, and runs against them like those of `apply --wait`, each with a lease of its own. */
export class World {
  readonly tables: FakeTables
  readonly target: FakeTarget
  #runs: number
  #elapsed: number

  constructor(from?: World) {
    this.tables = from?.tables.clone() ?? new FakeTables()
    this.target = from?.target.clone() ?? new FakeTarget()
    this.#runs = from === undefined ? 0 : from.#runs
    this.#elapsed = from === undefined ? 0 : from.#elapsed
  }

  clone(): World {
    return new World(this)
  }

  /** Takes the lease, plans, works until idle, writes the checkpoint, gives the lease back. */
  async run(wanted: DeclaredState | Catalog, options: RunOptions = {}): Promise<Finished> {
    const { harness = new CallHarness(), timeoutMs = 20 * 3_600_000, allowDeletes = true, faults = [] } = options
    this.#runs += 1
    const clock = new FakeClock({ auto: true, startMs: this.#elapsed })
    const tables = harness.decorate('tables', this.tables)
    const driver = harness.decorate('runtime', new FakeDriver(this.target))
    const timedOut = new AbortController()
    if (timeoutMs !== null) void clock.sleep(timeoutMs).then(() => timedOut.abort())
    const signal = AbortSignal.any([harness.stopped, timedOut.signal])
    const identity = { host: 'test', boot: 'this', pid: this.#runs, started: '1' }
    const leased = { tables, clock, identity, livenessOf: () => 'dead' as const, lengthMs: LEASE_MS }
    const outcome = await acquireLease(leased, { wait: true })
    if (outcome.kind !== 'acquired') throw new Error('the lease is held')
    const { lease } = outcome
    const errors: unknown[] = []
    try {
      const declared = wanted instanceof Catalog ? await readCatalog(wanted, harness) : wanted
      await fenceCheckpoint(tables, lease, declared.root)
      const recorded = await readRecorded(tables, declared, { signal })
      const { digest } = planAll({ declared, recorded })
      const ports = {
        tables,
        writer: lease,
        audit: new AuditLog(tables, clock),
        clock,
        places: new RolloutPlaces(),
        driver: () => driver,
        resolveArtifact: (uri: string) => `file:///artifacts/${uri}`,
        verifyArtifacts: artifactCheck(harness, clock, options) ?? (async () => faults),
      }
      const controller = new Controller(
        ports,
        { declared, planDigest: digest, allowDeletes, ...(options.stops && { stops: options.stops }) },
        { randomness: { next: () => 0.5 }, onError: (_, error) => errors.push(error) },
      )
      for (const unit of recorded.units.values()) ports.places.note(unit)
      const models = [...recorded.units.keys()].sort()
      if (options.once === true) {
        await controller.once(models, signal)
      } else {
        controller.enqueue(models, 'change')
        await controller.untilIdle(signal)
      }
      harness.stopped.throwIfAborted()
      await writeRevision(tables, lease, declared, { settled: controller.idle, complete: true, nextDue: null })
      return { results: controller.results, errors }
    } finally {
      // Time goes on between a kill and the next run.
      this.#elapsed = Math.max(this.#elapsed, clock.monotonic()) + 1000
      if (!harness.stopped.aborted) await lease.release()
    }
  }

  /** Time that goes on while nobody works. */
  elapse(ms: number): void {
    this.#elapsed += ms
  }

  async deployments(model: ModelId = MODEL): Promise<readonly RecordedDeployment[]> {
    return (await readUnit(this.tables, model)).deployments
  }

  /** `5 prod v3 live`, oldest first. */
  async summary(model: ModelId = MODEL): Promise<string[]> {
    const found = await this.deployments(model)
    return found.map(({ id, name, modelVersion, status }) => `${id} ${name} v${modelVersion} ${status}`)
  }

  async audit(model: ModelId = MODEL): Promise<readonly Item[]> {
    return this.tables.query('steward-control', { partition: { attribute: 'pk', value: `audit#${model}` } })
  }

  async events(model: ModelId = MODEL): Promise<string[]> {
    return (await this.audit(model)).map(({ event, what }) => `${String(event)} ${String(what)}`)
  }

  async chainBreak(model: ModelId = MODEL): Promise<ReturnType<typeof findChainBreak>> {
    return findChainBreak(await this.audit(model))
  }

  /** Everything that is recorded and runs, without what differs from run to run: for comparing final states. */
  finalState(): Json {
    const tables = Object.keys(tableKeys) as TableName[]
    const items = tables.flatMap((table) =>
      this.tables
        .all(table)
        .filter(({ pk }) => pk !== 'lease#writer')
        .map((item) => ({ table, ...(steady(item) as Item) })),
    )
    return { items, running: this.target.describe() } as unknown as Json
  }
}

/** The check of `apply`, through the artifact port of the harness; null where no artifacts are given. */
function artifactCheck(
  harness: CallHarness,
  clock: FakeClock,
  { artifacts }: RunOptions,
): ReconcilePorts['verifyArtifacts'] | null {
  if (artifacts === undefined || artifacts === null) return null
  const store = harness.decorate('artifacts', createDirectoryStore())
  const { base } = artifacts
  return (declared, model, versions) =>
    clock.whileBusy(() => checkArtifacts({ store, base }, declared, { model, versions, check: 'bytes' }))
}

const dropped = new Set(['rev', 'fence', 'hash', 'previous', 'change', 'plan_digest'])
const times = new Set([
  'create_at',
  'live_from',
  'served_from',
  'live_until',
  'at',
  'since',
  'deadline',
  'begun_at',
  'bake_since',
  'bake_until',
])

function steady(value: Json): Json {
  if (Array.isArray(value)) return value.map((entry: Json) => steady(entry))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !dropped.has(name))
  return Object.fromEntries(
    kept.map(([name, held]) => [name, times.has(name) && typeof held === 'string' ? '<time>' : steady(held)]),
  )
}
