import { newReplicas } from '../rollout/strategy.ts'
import type { Change, Observation } from '../runtimes/driver.ts'
import type { TargetView } from '../rollout/rollout.ts'

/** What an observation says about the version that a change brings, while it was given `weight` percent. */
export function targetView(
  observation: Observation | null,
  change: Change,
  processDigest: string,
  weight: number,
): TargetView {
  const sets = observation?.sets ?? []
  const own = sets.find(({ deploymentId }) => deploymentId === change.deploymentId)
  return {
    there: own !== undefined,
    present: own !== undefined && own.processDigest === processDigest,
    exists: observation !== null,
    settled: observation?.settled ?? false,
    weight: own?.weight ?? 0,
    asked: own?.replicas ?? 0,
    ready: own?.ready ?? 0,
    needed: newReplicas(change.strategy, change.replicas, weight),
    alone: sets.every(({ deploymentId }) => deploymentId === change.deploymentId),
    // A crash counts though the target has started another process since.
    failure: own?.failure ?? own?.crash ?? null,
  }
}
