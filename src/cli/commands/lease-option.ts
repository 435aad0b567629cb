import type { Environment } from '../../app/environment.ts'
import { parseTimer } from '../../domain/durations.ts'
import type { Options } from '../command.ts'
import { usageError } from '../parse.ts'

const SHORTEST_MS = 1_000

/** Milliseconds of --lease or STEWARD_LEASE; null for the default. */
export function parseLeaseMs(options: Options, environment: Environment): number | null {
  const text = options.text('lease') ?? environment.leaseMs
  if (text === undefined) return null
  const length = parseTimer(text)
  if (length === null || length < SHORTEST_MS) throw usageError(`--lease ${text} is no duration of at least 1s`)
  return length
}
