import { newReplicas } from '../rollout/strategy.ts'
import type { Change, Observation, ObservedSet } from '../runtimes/driver.ts'
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
  const others = sets.filter((set) => set !== own)
  return {
    there: own !== undefined,
    present: own !== undefined && own.processDigest === processDigest,
    exists: observation !== null,
    // A fix does not wait for what it mends: beside a version that fails, only its own part counts.
    settled: observation?.settled === true || (others.some(({ failure }) => failure !== null) && isInPlace(own)),
    weight: own?.weight ?? 0,
    asked: own?.replicas ?? 0,
    ready: own?.ready ?? 0,
    needed: newReplicas(change.strategy, change.replicas, weight),
    alone: others.length === 0,
    // A crash counts though the target has started another process since.
    failure: own?.failure ?? own?.crash ?? null,
  }
}

function isInPlace(own: ObservedSet | undefined): boolean {
  return own !== undefined && own.ready >= own.replicas && own.weightInForce === own.weight
}
