import { createHash } from 'node:crypto'
import type { Target } from './running-deployment.ts'
import type { ServerProcess } from './server-process.ts'

export interface Choice {
  readonly target: Target
  readonly server: ServerProcess
}

/** A name and its share of the requests, relative to the others'. */
export interface Share {
  readonly id: string
  readonly weight: number
}

/**
 * Deals requests out by weight without chance: after any number of them, each name is less than one request away from
 * its share, and of two names also in every window of them. Of the names whose credit is large enough, the one that must
 * come soonest to stay so near is next; the rule and its proof are R. Tijdeman's ("The chairman assignment problem",
 * Discrete Mathematics 32, 1980).
 */
export class SmoothChoice {
  #dealt = ''
  /** What a name is owed, in units of weight. They sum up to 0 between two calls. */
  #credits: ReadonlyMap<string, number> = new Map()

  /** The next name; undefined where no weight is above 0. Other names or weights than before start anew. */
  next(shares: readonly Share[]): string | undefined {
    const dealing = shares.filter(({ weight }) => weight > 0)
    const signature = dealing.map(({ id, weight }) => `${id} ${weight}`).join('\n')
    if (signature !== this.#dealt) this.#credits = new Map()
    this.#dealt = signature
    const total = dealing.reduce((sum, { weight }) => sum + weight, 0)
    const owed = dealing.map(({ id, weight }) => ({ id, weight, credit: (this.#credits.get(id) ?? 0) + weight }))
    const least = dealing.length > 1 ? total / (2 * dealing.length - 2) : 0
    const due = owed.filter(({ credit }) => credit >= least)
    const slack = (one: { readonly weight: number; readonly credit: number }): number =>
      (total - least - one.credit) / one.weight
    // Rounding of weights that are no whole numbers may leave nobody due.
    const found = due.length > 0 ? due.toSorted((a, b) => slack(a) - slack(b))[0] : owed[0]
    this.#credits = new Map(owed.map(({ id, credit }) => [id, id === found?.id ? credit - total : credit]))
    return found?.id
  }
}

/** Where a header's value stands among all callers: a number from 0 to below 100 that is always the same for it. */
export function pointOf(deploymentKey: string, value: string): number {
  const digest = createHash('sha256').update(`${deploymentKey}\0${value}`).digest()
  return (digest.readUIntBE(0, 6) / 2 ** 48) * 100
}

/**
 * The name whose interval of [0, 100) holds the point. The last one's begins at 0: a new set stands last, so that
 * whoever is on it stays on it while its weight grows.
 */
export function ownerOf(shares: readonly Share[], point: number): string | undefined {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0)
  let end = 0
  for (const { id, weight } of shares.toReversed()) {
    end += weight
    // Rounding must not leave a gap before 100.
    if (weight > 0 && point / 100 < end / total) return id
  }
  return shares.find(({ weight }) => weight > 0)?.id
}

/** What a request brings along to where it goes. */
export interface Wish {
  /** Servers that failed this very request. */
  readonly avoided: ReadonlySet<ServerProcess>
  /** Its caller's place, where the deployment is sticky and the request says who it is. */
  readonly point: number | null
  /** The set that it was sent to before: another attempt does not change the version without need. */
  readonly before: string | null
}

/** Chooses for one deployment: a set by weight or by caller, then its server with the fewest open requests. */
export class Balancer {
  readonly #smooth = new SmoothChoice()
  #turn = 0

  choose(targets: readonly Target[], wish: Wish): Choice | null {
    const usable = targets
      .map((target) => ({ ...target, processes: target.processes.filter((server) => !wish.avoided.has(server)) }))
      .filter(({ weight, processes }) => weight > 0 && processes.length > 0)
    const named = wish.before ?? (wish.point === null ? undefined : ownerOf(sharesOf(targets), wish.point))
    const target = usable.find(({ setId }) => setId === named) ?? this.#bySmoothChoice(usable)
    if (target === undefined) return null
    const fewest = Math.min(...target.processes.map(({ inFlight }) => inFlight))
    const idlest = target.processes.filter(({ inFlight }) => inFlight === fewest)
    this.#turn = (this.#turn + 1) % Number.MAX_SAFE_INTEGER
    const server = idlest[this.#turn % idlest.length]
    return server === undefined ? null : { target, server }
  }

  #bySmoothChoice(usable: readonly Target[]): Target | undefined {
    const next = this.#smooth.next(sharesOf(usable))
    return usable.find(({ setId }) => setId === next)
  }
}

function sharesOf(targets: readonly Target[]): readonly Share[] {
  return targets.map(({ setId, weight }) => ({ id: setId, weight }))
}
