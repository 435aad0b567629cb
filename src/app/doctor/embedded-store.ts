import { logTail } from '../../store/store-file.ts'
import { ok, warning, type Check } from './check.ts'
import type { LastEnd } from './state-folder.ts'

const NAME = 'store'
const LINES = 200

/**
 * How the store's life before this one ended. `before` is what its lock said before it was asked for; of one that
 * runs already, the log tells with what it began.
 */
export async function storeCheck(folder: string, before: LastEnd): Promise<Check> {
  const lines = (await logTail(folder, 0, LINES)).split('\n')
  const begun = lines.slice(beginOf(lines))
  const crashed = begun.some((line) => line.includes('the DynamoDB engine ended'))
  const unclean = before === 'unclean' || begun.some((line) => line.includes('the store ended uncleanly'))
  if (!crashed && !unclean) return ok(NAME, before === 'absent' ? 'new and empty' : 'no end that was not clean')
  const repaired = begun.findLast((line) => line.includes('indexes repaired'))
  const what = crashed ? 'its engine ended by itself and was started again' : 'it ended uncleanly the last time'
  const mended = repaired === undefined ? 'its indexes were compared with their tables, and agree' : repaired.trim()
  const help = 'Nothing is lost and nothing is to be done. End `steward store` by SIGTERM, not by SIGKILL.'
  return warning(NAME, `${what}; ${mended}`, help)
}

/** Where the words of the life that listens now begin: behind the line before with which one listened. */
function beginOf(lines: readonly string[]): number {
  const listening = lines.flatMap((line, index) => (line.includes('listening on http') ? [index] : []))
  return (listening.at(-2) ?? -1) + 1
}
