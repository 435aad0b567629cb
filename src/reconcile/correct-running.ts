import { digestOf } from '../domain/digest.ts'
import { deploymentKey, isDriven } from '../domain/names.ts'
import { isOpen } from '../domain/rollout-states.ts'
import type { Drift } from '../plan/plan.ts'
import { isUnheard } from '../rollout/hold.ts'
import { toRollout } from '../recorded/read-unit.ts'
import type { RecordedDeployment, RecordedRollout, RecordedUnit } from '../recorded/recorded-state.ts'
import { writeItem } from '../recorded/write-item.ts'
import type { Change, Observation, RuntimeDriver } from '../runtimes/driver.ts'
import { changeOf, methodOf } from './deployment-change.ts'
import { differences, isIgnored, type Difference } from './differences.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { appendAudit, recordChange } from './record-change.ts'
import { rolloutItem, rolloutOf } from './rollout-record.ts'

/** `in_flight` of a correction that the audit has been told. */
const CORRECT = 'correct'

export interface LiveTarget {
  readonly deployment: RecordedDeployment
  /** Its record; undefined where it has none, or a rollout that waits has the place of it. */
  readonly rollout: RecordedRollout | undefined
  readonly driver: RuntimeDriver
  readonly change: Change
}

/** The deployments of a unit that should serve as they are: live, with no rollout that their target has heard of. */
export function liveTargets(ports: ReconcilePorts, intent: Intent, recorded: RecordedUnit): LiveTarget[] {
  const { rollouts } = recorded
  const open = recorded.deployments.filter(({ status }) => isOpen(status))
  const heard = open.filter((deployment) => !isUnheard(rolloutOf(deployment, rollouts.get(deployment.name))))
  const moving = new Set(heard.map(({ name }) => name))
  const waiting = new Set(open.map(({ id }) => id))
  return recorded.deployments.flatMap((deployment) => {
    const driver = driverOf(ports, deployment)
    if (deployment.status !== 'live' || moving.has(deployment.name) || driver === null) return []
    const record = rollouts.get(deployment.name)
    const rollout = record !== undefined && waiting.has(record.deploymentId) ? undefined : record
    const change = changeOf(ports, intent, { recorded, deployment, rollout: record })
    return [{ deployment, rollout, driver, change }]
  })
}

/** Null where Steward does not drive it, or has no driver for it. */
function driverOf(ports: ReconcilePorts, deployment: RecordedDeployment): RuntimeDriver | null {
  const method = methodOf(deployment)
  return isDriven(method) ? ports.driver(method) : null
}

/** How what runs differs from what is recorded as live: what counts, and what `drift.ignore` names. */
export interface Drifted {
  readonly found: readonly Difference[]
  readonly ignored: readonly Difference[]
}

export function driftOf(
  { change, driver }: LiveTarget,
  observation: Observation | null,
  ignore: readonly string[],
): Drifted {
  const own = observation?.sets.find(({ deploymentId }) => deploymentId === change.deploymentId)
  const all = differences(change, { observation, own, processDigest: driver.processDigest(change) })
  return {
    found: all.filter((difference) => !isIgnored(difference, ignore)),
    ignored: all.filter((difference) => isIgnored(difference, ignore)),
  }
}

/** What a look finds without correcting anything. */
export interface RunningLook {
  readonly drift: readonly Drift[]
  /** Deployments that can not become ready, in words. */
  readonly unwell: readonly string[]
}

export async function findDrift(ports: ReconcilePorts, intent: Intent, recorded: RecordedUnit): Promise<RunningLook> {
  const [drift, unwell]: [Drift[], string[]] = [[], []]
  // What is on its way has no drift, but whether its target answers is part of having looked.
  for (const deployment of recorded.deployments.filter(({ status }) => isOpen(status))) {
    const rollout = recorded.rollouts.get(deployment.name)
    const change = changeOf(ports, intent, { recorded, deployment, rollout })
    await driverOf(ports, deployment)?.observe(change, ports.writer.check())
  }
  for (const target of liveTargets(ports, intent, recorded)) {
    const observation = await target.driver.observe(target.change, ports.writer.check())
    const ignore = intent.declared.settings?.drift.ignore ?? []
    const { found, ignored } = driftOf(target, observation, isAsked(target) ? [] : ignore)
    const key = deploymentKey(recorded.model, target.deployment.name)
    if (!serves(target, observation)) unwell.push(`${key}: ${UNWELL}`)
    const outside = isAsked(target) ? 'not_applied_yet' : 'changed_outside'
    for (const [kind, list] of [[outside, found] as const, ['ignored', ignored] as const]) {
      if (list.length > 0) drift.push(driftEntry(recorded, key, kind, list))
    }
  }
  return { drift, unwell }
}

function driftEntry({ model }: RecordedUnit, key: string, kind: Drift['class'], list: readonly Difference[]): Drift {
  const message = `${key}: ${list.map((difference) => difference.message).join('; ')}`
  return { unit: model, key, class: kind, fields: list.map(({ field }) => field), message }
}

/** What a look at the live deployments of a unit came to. */
export interface Corrected {
  /** Something had to be done. */
  readonly changed: boolean
  /** Differences that are left alone because Settings say so. */
  readonly left: readonly string[]
  /** Deployments that can not become ready. */
  readonly unwell: readonly string[]
}

/**
 * Makes what runs what is recorded as live, where Settings want that or an adjustment asks for it. The correction is
 * audited with `in_flight` before it is made, so that one which is interrupted is made again but told once.
 */
export async function correctRunning(
  ports: ReconcilePorts,
  intent: Intent,
  recorded: RecordedUnit,
): Promise<Corrected> {
  const mode = intent.declared.settings?.drift.mode ?? 'correct'
  const ignore = intent.declared.settings?.drift.ignore ?? []
  const [left, unwell]: [string[], string[]] = [[], []]
  let changed = false
  for (const target of liveTargets(ports, intent, recorded)) {
    const asked = isAsked(target)
    if (mode === 'ignore' && !asked) continue
    const observe = (): Promise<Observation | null> => target.driver.observe(target.change, ports.writer.check())
    const observation = await observe()
    const key = deploymentKey(recorded.model, target.deployment.name)
    const found = toCorrect(target, observation, ignore)
    const told = found.map(({ message }) => message).join('; ')
    if (found.length > 0 && !asked && mode === 'warn') left.push(`${key}: ${told}`)
    if (!serves(target, observation)) unwell.push(`${key}: ${UNWELL}`)
    if (!asked && (found.length === 0 || mode === 'warn')) continue
    const rollout = isTold(target, found)
      ? target.rollout
      : await beginCorrection(ports, intent, { recorded, target, told })
    if (found.length > 0) {
      await target.driver.settle(target.change, ports.writer.check())
      changed = true
      // One that the target has not taken over yet is given again by the next look.
      if (toCorrect(target, await observe(), ignore).length > 0) continue
    }
    await endCorrection(ports, rollout)
  }
  return { changed, left, unwell }
}

const UNWELL = 'it can not become ready'

/** What an adjustment or a correction has to bring about: then nothing is ignored. */
function toCorrect(
  target: LiveTarget,
  observation: Observation | null,
  ignore: readonly string[],
): readonly Difference[] {
  return driftOf(target, observation, isAsked(target) ? [] : ignore).found
}

/** The audit has an event of it: of the adjustment, where it is all that differs, or of this correction. */
function isTold({ rollout }: LiveTarget, found: readonly Difference[]): boolean {
  const command = rollout?.inFlight?.command
  return command === CORRECT || (command !== undefined && found.every(({ field }) => field === 'replicas'))
}

/** Its processes do not become ready; one that is starting again may serve in a moment. */
function serves({ change }: LiveTarget, observation: Observation | null): boolean {
  const own = observation?.sets.find(({ deploymentId }) => deploymentId === change.deploymentId)
  return own === undefined || own.failure === null
}

/** An adjustment or a correction is to be carried out. */
function isAsked({ rollout }: LiveTarget): boolean {
  return rollout !== undefined && rollout.inFlight !== null
}

async function beginCorrection(
  ports: ReconcilePorts,
  intent: Intent,
  work: { readonly recorded: RecordedUnit; readonly target: LiveTarget; readonly told: string },
): Promise<RecordedRollout | undefined> {
  const { recorded, target, told } = work
  const event = 'deployment.corrected'
  const what = `${deploymentKey(recorded.model, target.deployment.name)}: ${told}`
  const waiting = recorded.rollouts.get(target.deployment.name)
  if (waiting !== undefined && waiting !== target.rollout) {
    // The record is that of a rollout that waits: the event alone, once for as long as that waits unchanged.
    const change = digestOf({ event, what, rev: Number(waiting.item.rev) })
    await appendAudit(ports, intent, { model: recorded.model, event, what, change })
    return undefined
  }
  const { deployment, rollout: before } = target
  const inFlight = { command: CORRECT, since: ports.clock.now().toISOString() }
  const item = await recordChange(ports, intent, {
    model: recorded.model,
    table: 'steward-control',
    before: before?.item ?? null,
    after: rolloutItem(recorded.model, deployment, rolloutOf(deployment, before), { before, inFlight }),
    event,
    what,
  })
  return toRollout(item)
}

async function endCorrection(ports: ReconcilePorts, rollout: RecordedRollout | undefined): Promise<void> {
  if (rollout === undefined) return
  const after = { ...rollout.item, in_flight: null }
  await writeItem(ports.tables, ports.writer, { table: 'steward-control', before: rollout.item, after })
}
