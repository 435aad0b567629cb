import { canonicalJson } from '../domain/digest.ts'
import { deploymentKey } from '../domain/names.ts'
import { isEnded } from '../domain/rollout-states.ts'
import { toRollout } from '../recorded/read-unit.ts'
import type { RecordedDeployment, RecordedRollout, RecordedUnit } from '../recorded/recorded-state.ts'
import type { Item } from '../recorded/tables.ts'
import { writeItem } from '../recorded/write-item.ts'
import { advance } from '../rollout/machine.ts'
import { isUnheard } from '../rollout/hold.ts'
import type { Rollout, RolloutCommand, RolloutEvent, RolloutPlan } from '../rollout/rollout.ts'
import { DriverError, type Change, type RuntimeDriver } from '../runtimes/driver.ts'
import { adjustedOf } from '../plan/standing.ts'
import { changeOf, methodOf } from './deployment-change.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { recordChange } from './record-change.ts'
import { rolloutPlan } from './rollout-plan.ts'
import { rolloutItem, rolloutOf } from './rollout-record.ts'
import { targetView } from './target-view.ts'

export interface StepWork {
  readonly recorded: RecordedUnit
  readonly deployment: RecordedDeployment
  /** What to tell the machine before it sees the target; null: only the target. */
  readonly event: Exclude<RolloutEvent, { type: 'observed' }> | null
  /** Why it goes no further now; null: it may. */
  readonly hold: string | null
}

/**
 * One non-blocking step of one rollout (I13): read the target, ask the machine, record the intent, carry it out,
 * record the outcome. Killed anywhere, the next step goes on from what is recorded and what is seen (I9).
 */
export async function stepRollout(ports: ReconcilePorts, intent: Intent, work: StepWork): Promise<void> {
  const { deployment } = work
  const driver = ports.driver(methodOf(deployment))
  if (driver === null) throw new DriverError('invalid', `there is no driver for ${methodOf(deployment)}`)
  const step = new RolloutStep(ports, intent, { ...work, driver })
  if (work.event !== null) await step.take(work.event)
  await step.observe()
}

class RolloutStep {
  readonly #ports: ReconcilePorts
  readonly #intent: Intent
  readonly #recorded: RecordedUnit
  readonly #driver: RuntimeDriver
  readonly #change: Change
  readonly #plan: RolloutPlan
  #deployment: RecordedDeployment
  #record: RecordedRollout | undefined
  #rollout: Rollout
  #endpoint: string | null = null

  constructor(
    ports: ReconcilePorts,
    intent: Intent,
    work: Pick<StepWork, 'recorded' | 'deployment' | 'hold'> & { readonly driver: RuntimeDriver },
  ) {
    const { recorded, deployment, driver, hold } = work
    this.#ports = ports
    this.#intent = intent
    this.#recorded = recorded
    this.#driver = driver
    this.#deployment = deployment
    this.#record = recorded.rollouts.get(deployment.name)
    this.#rollout = rolloutOf(deployment, this.#record)
    this.#change = changeOf(ports, intent, { recorded, deployment, rollout: this.#record })
    this.#plan = rolloutPlan(this.#change, adjustedOf(deployment, this.#record), {
      replaces: this.#replaces(),
      hold,
      // What is held takes no place.
      waitsFor: hold === null ? this.#waitsFor() : null,
    })
  }

  async take(event: RolloutEvent): Promise<void> {
    const { rollout, command } = advance(this.#rollout, event, this.#plan, this.#ports.clock.now())
    await this.#carryOut(rollout, command)
  }

  async observe(): Promise<void> {
    const signal = this.#ports.writer.check()
    const observation = await this.#driver.observe(this.#change, signal)
    const target = targetView(observation, this.#change, this.#driver.processDigest(this.#change), this.#rollout.weight)
    this.#endpoint = observation?.endpoint ?? this.#endpoint
    await this.take({ type: 'observed', target })
  }

  async #carryOut(next: Rollout, command: RolloutCommand | null): Promise<void> {
    const { clock } = this.#ports
    const flight = command === null ? null : { command: command.kind, since: clock.now().toISOString() }
    await this.#write(next, sameFlight(this.#record?.inFlight ?? null, flight))
    if (command !== null) {
      // What takes something away is told first: a target that does not answer leaves the item `retiring`, not `live`.
      if (command.kind === 'abort' || command.kind === 'retire') await this.#mirror()
      await this.#execute(command)
      await this.#write(this.#rollout, null)
    }
    await this.#mirror()
  }

  async #execute(command: RolloutCommand): Promise<void> {
    const signal = this.#ports.writer.check()
    const driver = this.#driver
    try {
      if (command.kind === 'prepare') await driver.prepare(this.#change, signal)
      else if (command.kind === 'shift') await driver.shift(this.#change, command.weight, signal)
      else if (command.kind === 'settle') await driver.settle(this.#change, signal)
      else if (command.kind === 'abort') await driver.abort(this.#change, signal)
      else await driver.retire(this.#change, this.#ports.writer.epoch, signal)
    } catch (error) {
      if (!(error instanceof DriverError) || (error.kind !== 'invalid' && error.kind !== 'denied')) throw error
      const refused = { type: 'refused', reason: error.message } as const
      const next = advance(this.#rollout, refused, this.#plan, this.#ports.clock.now()).rollout
      if (next === this.#rollout) throw error
      this.#rollout = next // the abort itself is given by the next observation
    }
  }

  /** Writes the rollout's record if it differs; also once when a new controller takes the rollout over. */
  async #write(rollout: Rollout, inFlight: RecordedRollout['inFlight']): Promise<void> {
    const before = this.#record
    const after = rolloutItem(this.#recorded.model, this.#deployment, rollout, { before, inFlight })
    this.#rollout = rollout
    const fenced = before === undefined || Number(before.item.fence) === this.#ports.writer.epoch
    if (before !== undefined && fenced && canonicalJson(before.item) === canonicalJson(after)) return
    if (
      before !== undefined &&
      isEnded(before.state) &&
      before.deploymentId === this.#deployment.id &&
      isEnded(rollout.state)
    )
      return
    const request = { table: 'steward-control', before: before?.item ?? null, after } as const
    this.#record = toRollout(await writeItem(this.#ports.tables, this.#ports.writer, request))
  }

  /** Brings the deployment item to the rollout's state: it is what people and history read. */
  async #mirror(): Promise<void> {
    const { item } = this.#deployment
    const { state, reason, weight } = this.#rollout
    const now = this.#ports.clock.now().toISOString()
    const serves = weight > 0 && item.served_from === undefined
    // Of an item that was live only its end is still written; the reason stands in the rollout's record.
    const settled = item.live_from !== undefined
    if (item.status === state && (settled || item.reason === reason) && !serves) return
    const after: Item = {
      ...item,
      status: state,
      ...(!settled && { reason }),
      ...(this.#endpoint !== null && !settled && !isEnded(state) && { endpoint: this.#endpoint }),
      ...(serves && { served_from: now }),
      ...(state === 'live' && {
        live_from: now,
        live_stage: this.#deployment.stage,
        served_from: item.served_from ?? now,
      }),
      ...(isEnded(state) && item.served_from !== undefined && { live_until: now }),
    }
    const written = isEnded(state) || state === 'retiring' ? withoutLiveStage(after) : after
    const change = { model: this.#recorded.model, table: 'model-deployment', before: item, after: written } as const
    const saved = isMilestone(state) ? await this.#recordMilestone(change) : await this.#save(change)
    this.#deployment = { ...this.#deployment, status: state, item: saved }
  }

  #recordMilestone(change: {
    model: RecordedUnit['model']
    table: 'model-deployment'
    before: Item
    after: Item
  }): Promise<Item> {
    const { state, reason } = this.#rollout
    const name = deploymentKey(this.#recorded.model, this.#deployment.name)
    const what = `${name} version ${this.#deployment.modelVersion}`
    return recordChange(this.#ports, this.#intent, {
      ...change,
      event: `deployment.${state}`,
      what,
      result: reason || 'done',
    })
  }

  #save({ before, after }: { before: Item; after: Item }): Promise<Item> {
    return writeItem(this.#ports.tables, this.#ports.writer, { table: 'model-deployment', before, after })
  }

  /** A place on its runtime, while the target has not heard of it. */
  #waitsFor(): RolloutPlan['waitsFor'] {
    if (!isUnheard(this.#rollout)) return null
    const { name } = this.#change.runtime
    const limit = this.#intent.declared.runtimes.get(name)?.concurrentRollouts ?? null
    return this.#ports.places.take({ model: this.#recorded.model, name: this.#deployment.name }, { name, limit })
  }

  #replaces(): boolean {
    const { name, id } = this.#deployment
    return this.#recorded.deployments.some((other) => other.name === name && other.id !== id && other.status === 'live')
  }
}

/** The time of a command that is tried again stays that of the first try, so that waiting writes nothing. */
function sameFlight(
  before: RecordedRollout['inFlight'],
  now: RecordedRollout['inFlight'],
): RecordedRollout['inFlight'] {
  return before !== null && now !== null && before.command === now.command ? before : now
}

function isMilestone(state: Rollout['state']): boolean {
  return state === 'live' || isEnded(state)
}

function withoutLiveStage(item: Item): Item {
  const { live_stage: _stage, ...rest } = item
  return rest
}
