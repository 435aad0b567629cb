/** A stream of numbers in [0, 1) that one seed decides completely. */
export type Random = () => number

/**
 * mulberry32: 32-bit integer arithmetic only, so every machine draws the same numbers. Good enough to make example
 * data, and nothing else.
 */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** An integer from `low` to `high`, both included. */
export function integerBetween(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

export function oneOf<T>(random: Random, values: readonly [T, ...T[]]): T {
  return values[Math.floor(random() * values.length)] ?? values[0]
}

/** Mean 0, variance 1, between -6 and 6: a sum of twelve uniform numbers, because `Math.log` is not the same everywhere. */
export function bellShaped(random: Random): number {
  let sum = -6
  for (let draw = 0; draw < 12; draw++) sum += random()
  return sum
}
