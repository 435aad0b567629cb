import type { Share } from './balancing.ts'

export interface TrafficQuestion {
  /** The weights that requests go by now. */
  readonly inForce: readonly Share[]
  /** The weights of the body, a set at a time. */
  readonly asked: readonly Share[]
  /** All wanted replicas of the set are ready. */
  complete(id: string): boolean
  /** The set has a server that takes requests. */
  usable(id: string): boolean
}

/**
 * The weights that requests go by from now on. A set gets more traffic only when all that shall carry it is ready:
 * otherwise its first replica would get what was meant for all of them. Who served goes on meanwhile, but a set that is
 * asked for no more gets nothing from that moment, and what can serve is not kept from it by what can not.
 */
export function weightsInForce({ inForce, asked, complete, usable }: TrafficQuestion): readonly Share[] {
  const carrying = (shares: readonly Share[]): readonly Share[] => shares.filter(({ weight }) => weight > 0)
  const there = new Set(asked.map(({ id }) => id))
  if (carrying(asked).every(({ id }) => complete(id))) return asked
  if (carrying(inForce).some(({ id }) => !there.has(id))) return asked
  if (!carrying(inForce).some(({ id }) => usable(id)) && carrying(asked).some(({ id }) => usable(id))) return asked
  return inForce
}
