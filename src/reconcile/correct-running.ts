import { deploymentKey, isDriven } from '../domain/names.ts'
import { isOpen } from '../domain/rollout-states.ts'
import type { Drift } from '../plan/plan.ts'
import type { RecordedDeployment, RecordedRollout, RecordedUnit } from '../recorded/recorded-state.ts'
import { writeItem } from '../recorded/write-item.ts'
import type { Change, Observation, RuntimeDriver } from '../runtimes/driver.ts'
import { changeOf, methodOf } from './deployment-change.ts'
import type { Intent, ReconcilePorts } from './ports.ts'

export interface LiveTarget {
  readonly deployment: RecordedDeployment
  readonly rollout: RecordedRollout | undefined
  readonly driver: RuntimeDriver
  readonly change: Change
}

/** The deployments of a unit that should serve as they are: live, with no rollout on its way. */
export function liveTargets(ports: ReconcilePorts, intent: Intent, recorded: RecordedUnit): LiveTarget[] {
  const moving = new Set(recorded.deployments.filter(({ status }) => isOpen(status)).map(({ name }) => name))
  return recorded.deployments.flatMap((deployment) => {
    const driver = driverOf(ports, deployment)
    if (deployment.status !== 'live' || moving.has(deployment.name) || driver === null) return []
    const rollout = recorded.rollouts.get(deployment.name)
    return [{ deployment, rollout, driver, change: changeOf(ports, intent, { recorded, deployment, rollout }) }]
  })
}

/** Null where Steward does not drive it, or has no driver for it. */
function driverOf(ports: ReconcilePorts, deployment: RecordedDeployment): RuntimeDriver | null {
  const method = methodOf(deployment)
  return isDriven(method) ? ports.driver(method) : null
}

/** How what runs differs from what is recorded as live; null where it does not. */
export function driftOf({ change, driver }: LiveTarget, observation: Observation | null): string | null {
  if (observation === null) return 'it is gone'
  const own = observation.sets.find(({ deploymentId }) => deploymentId === change.deploymentId)
  if (own === undefined) return `version ${change.modelVersion} (deployment ${change.deploymentId}) is gone`
  if (own.processDigest !== driver.processDigest(change)) return 'its processes are made of something else'
  if (own.weight !== 100 || observation.sets.length > 1) return 'traffic is shared with another version'
  if (observation.path !== change.path) return `it answers at ${observation.path} instead of ${change.path}`
  if (own.replicas !== change.replicas) return `${own.replicas} replicas are asked for instead of ${change.replicas}`
  return null
}

export async function findDrift(ports: ReconcilePorts, intent: Intent, recorded: RecordedUnit): Promise<Drift[]> {
  const found: Drift[] = []
  // What is on its way has no drift, but whether its target answers is part of having looked.
  for (const deployment of recorded.deployments.filter(({ status }) => isOpen(status))) {
    const rollout = recorded.rollouts.get(deployment.name)
    const change = changeOf(ports, intent, { recorded, deployment, rollout })
    await driverOf(ports, deployment)?.observe(change, ports.writer.check())
  }
  for (const target of liveTargets(ports, intent, recorded)) {
    const observation = await target.driver.observe(target.change, ports.writer.check())
    const message = driftOf(target, observation)
    const key = deploymentKey(recorded.model, target.deployment.name)
    const pending = target.rollout?.inFlight !== null && target.rollout?.inFlight !== undefined
    if (message !== null) {
      const kind = pending ? 'not_applied_yet' : 'changed_outside'
      found.push({ unit: recorded.model, key, class: kind, message: `${key}: ${message}` })
    }
  }
  return found
}

/** Makes what runs what is recorded as live. True where something had to be done. */
export async function correctRunning(ports: ReconcilePorts, intent: Intent, recorded: RecordedUnit): Promise<boolean> {
  const mode = intent.declared.settings?.drift.mode ?? 'correct'
  let corrected = false
  for (const target of liveTargets(ports, intent, recorded)) {
    const observation = await target.driver.observe(target.change, ports.writer.check())
    const { rollout } = target
    const asked = rollout !== undefined && rollout.inFlight !== null
    const drifted = driftOf(target, observation) !== null
    if (drifted && (asked || mode === 'correct')) {
      await target.driver.settle(target.change, ports.writer.check())
      corrected = true
    }
    if (!asked) continue
    const after = { ...rollout.item, in_flight: null }
    await writeItem(ports.tables, ports.writer, { table: 'steward-control', before: rollout.item, after })
  }
  return corrected
}
