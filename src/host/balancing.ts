import type { Randomness } from '../domain/ports.ts'
import type { Target } from './running-deployment.ts'
import type { ServerProcess } from './server-process.ts'

export interface Choice {
  readonly target: Target
  readonly server: ServerProcess
}

/** One of `values`, each as likely as its weight says; undefined where all weights are 0. */
export function weighted<T>(
  values: readonly T[],
  weightOf: (value: T) => number,
  randomness: Randomness,
): T | undefined {
  const total = values.reduce((sum, value) => sum + weightOf(value), 0)
  let left = randomness.next() * total
  for (const value of values) {
    left -= weightOf(value)
    if (left < 0) return value
  }
  // Rounding may leave a little at the end.
  return values.findLast((value) => weightOf(value) > 0)
}

/** A set by weight among those that have a server to use, then its server with the fewest open requests. */
export function choose(
  targets: readonly Target[],
  avoided: ReadonlySet<ServerProcess>,
  randomness: Randomness,
): Choice | null {
  const usable = targets
    .map((target) => ({ target, servers: target.processes.filter((server) => !avoided.has(server)) }))
    .filter(({ target, servers }) => target.weight > 0 && servers.length > 0)
  const found = weighted(usable, ({ target }) => target.weight, randomness)
  if (found === undefined) return null
  const fewest = Math.min(...found.servers.map(({ inFlight }) => inFlight))
  const idlest = found.servers.filter(({ inFlight }) => inFlight === fewest)
  const server = idlest[Math.floor(randomness.next() * idlest.length)] ?? idlest[0]
  return server === undefined ? null : { target: found.target, server }
}
