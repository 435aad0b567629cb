const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Milliseconds of `30s`, `5m`, `2h`, `3d`; null for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^([1-9][0-9]*)(s|m|h|d)$/.exec(text)
  if (match === null) return null
  const unit = match[2]
  if (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd') return null
  return Number(match[1]) * units[unit]
}

/** `5m`: the largest unit that says it without a fraction. */
export function durationText(ms: number): string {
  const fits = (['d', 'h', 'm'] as const).find((unit) => ms >= units[unit] && ms % units[unit] === 0)
  return fits === undefined ? `${ms / units.s}s` : `${ms / units[fits]}${fits}`
}

/** Node's timers hold 2^31 - 1 ms, a little under 25 days. */
const LONGEST_TIMER_MS = 20 * units.d

/** A duration that a timer can wait for; null where it is none, or longer than 20 days. */
export function parseTimer(text: string): number | null {
  const length = parseDuration(text)
  return length !== null && length <= LONGEST_TIMER_MS ? length : null
}
