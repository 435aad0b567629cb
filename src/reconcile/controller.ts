import { errorMessage, StewardError } from '../domain/errors.ts'
import type { ModelId } from '../domain/names.ts'
import type { Randomness } from '../domain/ports.ts'
import { emptyUnit, type RecordedUnit } from '../recorded/recorded-state.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { reconcileUnit, type UnitResult } from './reconcile-unit.ts'
import { WorkQueue, type Priority } from './work-queue.ts'

/** Units at once; how many requests to the tables are on their way is bounded by `AdaptiveLimit`. */
const WORKERS = 16
const FATAL = new Set(['lease_lost', 'table_missing', 'tables_denied'])

export interface ControllerEvents {
  /** After every look at a unit. */
  onUnit?(model: ModelId, result: UnitResult): void
  onError?(model: ModelId, error: unknown): void
}

/** Works the queue of units towards the newest intent (I12). The only writer. */
export class Controller {
  readonly #ports: ReconcilePorts
  readonly #events: ControllerEvents
  readonly #queue: WorkQueue<ModelId>
  readonly #results = new Map<ModelId, UnitResult>()
  /** What a plan of this term has read, until the unit's first look. */
  #known = new Map<ModelId, RecordedUnit>()
  #intent: Intent
  #checkRunning = true

  constructor(ports: ReconcilePorts, intent: Intent, events: ControllerEvents & { readonly randomness: Randomness }) {
    this.#ports = ports
    this.#intent = intent
    this.#events = events
    this.#queue = new WorkQueue(ports.clock, events.randomness)
  }

  get intent(): Intent {
    return this.#intent
  }

  /** The last result of every unit that was looked at. */
  get results(): ReadonlyMap<ModelId, UnitResult> {
    return this.#results
  }

  get idle(): boolean {
    return this.#queue.idle
  }

  depth(): ReturnType<WorkQueue<ModelId>['depth']> {
    return this.#queue.depth()
  }

  /** What had problems is looked at again: it may be well now, although nothing is planned for it. */
  aim(intent: Intent, known: ReadonlyMap<ModelId, RecordedUnit> = new Map()): void {
    this.#intent = intent
    this.#known = new Map(known)
    for (const recorded of known.values()) this.#ports.places.note(recorded)
    const troubled = [...this.#results].filter(([, { problems }]) => problems.length > 0)
    this.enqueue(
      troubled.map(([model]) => model),
      'change',
    )
  }

  enqueue(models: Iterable<ModelId>, priority: Priority): void {
    for (const model of models) this.#queue.add(model, priority)
  }

  /** One look at each of the units, whatever they then wait for. */
  async once(models: readonly ModelId[], signal: AbortSignal): Promise<void> {
    const left = [...models]
    let fatal: { readonly error: unknown } | null = null
    const worker = async (): Promise<void> => {
      for (let model = left.shift(); model !== undefined && !signal.aborted; model = left.shift()) {
        try {
          await this.#look(model, false)
        } catch (error) {
          fatal = { error }
          left.length = 0
        }
      }
    }
    // No look goes on after this has ended: the caller gives back the lease.
    await Promise.all(Array.from({ length: WORKERS }, worker))
    if (fatal !== null) throw (fatal as { readonly error: unknown }).error
    signal.throwIfAborted()
  }

  /** Without the lease, or without tables, nothing can be written any more. Anything else is one unit's failure (I1). */
  #ends(error: unknown): boolean {
    return this.#ports.writer.lost.aborted || (error instanceof StewardError && FATAL.has(error.code))
  }

  /** Works until nothing is left to do, or the signal is aborted. Waiting rollouts do not hold a worker (I13). */
  async untilIdle(signal: AbortSignal): Promise<void> {
    const running = new Set<Promise<void>>()
    let failure: { readonly error: unknown } | null = null
    while (!signal.aborted && failure === null) {
      if (running.size >= WORKERS) {
        await Promise.race(running)
        continue
      }
      const model = this.#queue.take()
      if (model !== null) {
        const look: Promise<void> = this.#look(model, true)
          .catch((error: unknown) => {
            failure = { error }
          })
          .finally(() => {
            running.delete(look)
            this.#queue.finish(model)
          })
        running.add(look)
        continue
      }
      if (this.#queue.idle) break
      await this.#queue.settled(signal)
    }
    await Promise.all(running)
    if (failure !== null) throw (failure as { readonly error: unknown }).error
  }

  /** What a plan has read may be outdated by what a superseded controller has landed since: then it is read again. */
  async #reconcile(model: ModelId): Promise<UnitResult> {
    const known = this.#known.get(model)
    this.#known.delete(model)
    const request = { model, checkRunning: this.#checkRunning }
    try {
      return await reconcileUnit(this.#ports, this.#intent, { ...request, known })
    } catch (error) {
      if (known === undefined || !isOutdated(error)) throw error
      return reconcileUnit(this.#ports, this.#intent, request)
    }
  }

  async #look(model: ModelId, requeue: boolean): Promise<void> {
    let result: UnitResult
    try {
      result = await this.#reconcile(model)
    } catch (error) {
      if (this.#ends(error)) throw error
      this.#events.onError?.(model, error)
      result = failedLook(error, this.#results.get(model)?.recorded ?? emptyUnit(model))
      this.#results.set(model, result)
      if (requeue) this.#queue.retry(model)
      return
    }
    this.#results.set(model, result)
    this.#ports.places.note(result.recorded)
    this.#events.onUnit?.(model, result)
    const { outcome } = result
    if (outcome.kind !== 'failed') this.#queue.succeeded(model)
    if (!requeue) return
    if (outcome.kind === 'requeue') this.#queue.add(model, 'change', outcome.afterMs)
    if (outcome.kind === 'failed') this.#queue.retry(model)
  }
}

/** Somebody else has written since the unit was read. */
function isOutdated(error: unknown): boolean {
  return error instanceof StewardError && error.code === 'write_conflict'
}

function failedLook(error: unknown, recorded: RecordedUnit): UnitResult {
  const reason = errorMessage(error)
  return { outcome: { kind: 'failed', reason }, problems: [reason], recorded }
}
