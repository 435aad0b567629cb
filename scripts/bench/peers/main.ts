/**
 * The goals that compare with other programs (docs/benchmarks.md): `npm run bench:peers -- --rounds 7 --seconds 3`. What
 * is not installed is named, and left out.
 */
import { parseArgs } from 'node:util'
import { Lab } from '../lab.ts'
import { readOptions } from '../options.ts'
import { printReport } from '../report.ts'
import { Children } from './children.ts'
import { gateway } from './gateway.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { rounds: text, seconds: text } })
const seconds = Number(values.seconds ?? '3')
if (!(seconds > 0 && seconds <= 60)) throw new Error(`--seconds ${values.seconds} is no number from 1 to 60`)
const lab = new Lab(readOptions(values.rounds === undefined ? [] : ['--rounds', values.rounds], ['P11']))
const print = (line: string): void => console.log(line)
const children = new Children()
/** The processes first: a host that still runs would write into its folder again. */
const cleanUp = async (): Promise<void> => {
  await children.end()
  lab.close()
}
let stopped = false
const stop = (): void => {
  if (stopped) return
  stopped = true
  void cleanUp().finally(() => process.exit(130))
}
process.on('SIGINT', stop).on('SIGTERM', stop)
try {
  print(`Node ${process.versions.node}; medians, and ratios of each round (min … max)`)
  printReport(await gateway(lab, children, seconds), print)
} catch (error) {
  // What is ended on purpose fails too.
  if (!stopped) throw error
} finally {
  if (!stopped) await cleanUp()
}
