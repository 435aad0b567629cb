/** The weights of a rolling rollout: one replica after the other. */
export function rollingWeights(replicas: number): readonly number[] {
  const steps = Math.max(1, replicas)
  return Array.from({ length: steps }, (_, index) => Math.round(((index + 1) * 100) / steps))
}

/** How many of `total` replicas the new version has at `weight` percent: at least one. */
export function replicasAt(total: number, weight: number): number {
  return Math.min(total, Math.max(1, Math.round((total * weight) / 100)))
}
