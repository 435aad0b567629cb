import { ok, problem, skipped, warning, type Check } from './check.ts'
import type { Exchange } from './probe.ts'

const NAME = 'clock'
const WARN_MS = 30_000
/** AWS refuses a request that is signed with a time further off (Signature Version 4, "request expired"). */
const REFUSED_MS = 5 * 60_000

/** How far this machine's clock is from the server's: the least that the answers leave possible. */
export function clockCheck(exchanges: readonly Exchange[]): Check {
  const offsets = exchanges.map(offsetMs).filter((offset) => Number.isFinite(offset))
  const offset = offsets.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0]
  if (offset === undefined) return skipped(NAME, 'no answer told a time')
  const away = Math.abs(offset)
  if (away <= WARN_MS) return ok(NAME, `agrees with the server's to ${Math.ceil(away / 1000)} s`)
  const seen = `this machine's clock is ${spanText(away)} ${offset > 0 ? 'behind' : 'ahead of'} the server's`
  const help = 'Set it by NTP. Leases never compare clocks, but recorded times come from it.'
  return away <= REFUSED_MS
    ? warning(NAME, seen, help)
    : problem(NAME, `${seen}: AWS refuses requests that are more than 5 min off`, help)
}

/**
 * Positive where this clock is behind. The server wrote a whole second at some time between question and answer: any
 * offset that fits to both is possible, and the smallest is told.
 */
export function offsetMs({ sentAt, receivedAt, date }: Exchange): number {
  const server = Date.parse(date)
  const [least, most] = [server - receivedAt, server + 999 - sentAt]
  if (Number.isNaN(server)) return server
  return least > 0 ? least : Math.min(most, 0)
}

function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
