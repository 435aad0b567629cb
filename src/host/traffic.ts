import { isJsonObject, type Json } from '../domain/json.ts'
import type { Share } from './balancing.ts'

/** Weights that requests go by, and the generation of the body that they are of. */
export interface Traffic {
  readonly generation: number
  readonly shares: readonly Share[]
}

export const NO_TRAFFIC: Traffic = { generation: 0, shares: [] }

/** Reads what was recorded; what can't be understood is no traffic. */
export function parseTraffic(value: Json | undefined): Traffic {
  if (!isJsonObject(value) || typeof value['generation'] !== 'number' || !Array.isArray(value['shares'])) {
    return NO_TRAFFIC
  }
  const shares = value['shares'].flatMap((share: Json) => {
    const { id, weight } = isJsonObject(share) ? share : {}
    return typeof id === 'string' && typeof weight === 'number' && weight >= 0 ? [{ id, weight }] : []
  })
  return { generation: value['generation'], shares }
}

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
 * The weights that requests go by from now on. A set gets more traffic only when all its replicas are ready: otherwise
 * the first of them would get what was meant for all. One that gets less does not keep the others from theirs. Who
 * served goes on meanwhile, but a set that is asked for no more gets nothing from that moment, and what can serve is not
 * kept from it by what can not.
 */
export function weightsInForce({ inForce, asked, complete, usable }: TrafficQuestion): readonly Share[] {
  const carrying = (shares: readonly Share[]): readonly Share[] => shares.filter(({ weight }) => weight > 0)
  const before = new Map(inForce.map(({ id, weight }) => [id, weight]))
  const rising = asked.filter(({ id, weight }) => weight > (before.get(id) ?? 0))
  const there = new Set(asked.map(({ id }) => id))
  if (rising.every(({ id }) => complete(id))) return asked
  if (carrying(inForce).some(({ id }) => !there.has(id))) return asked
  if (!carrying(inForce).some(({ id }) => usable(id)) && carrying(asked).some(({ id }) => usable(id))) return asked
  return inForce
}
