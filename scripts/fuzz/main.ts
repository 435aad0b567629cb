/**
 * Looks for documents that crash, hang or fill the product, and for documents that its two YAML parsers read
 * differently: `npm run fuzz -- --count 10000 --seed 20260301`. Exits 1 on a finding and prints how to make it again.
 */
import type { FuzzReport } from './fuzz.ts'
import { hostileCount, type HostileReport } from './hostile.ts'
import { readOptions } from './options.ts'
import { runWorker } from './run-worker.ts'

/** Peak resident memory of a process that reads, with Node itself and the sources of the product. */
const MOST_BYTES = 300 * 1024 * 1024
/** So that garbage of the documents before does not count: a document that needs more ends the process. */
const heapLimits = ['--max-old-space-size=160', '--max-semi-space-size=8']

const print = (line: string): void => console.log(line)
const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`
const options = readOptions(process.argv.slice(2))

function finding(text: string): void {
  process.exitCode = 1
  print(`FOUND ${text}`)
}

async function fuzzDocuments(): Promise<void> {
  const { seed, count } = options
  const { report, peakBytes } = await runWorker<FuzzReport>({ job: 'fuzz', options }, heapLimits)
  const { mutated, generated, catalogs, fast, exact, refused, slowest, slowestMs } = report
  print(`seed ${seed}: ${mutated} mutated and ${generated} generated documents, ${catalogs} catalogs`)
  print(`read by the fast parser ${fast}, by the exact one ${exact}, by none ${refused}`)
  print(`slowest: document ${slowest}, ${slowestMs.toFixed(0)} ms; peak memory ${megabytes(peakBytes)}`)
  for (const { number, kind, what, base64 } of report.findings) {
    finding(`document ${number} (${kind}): ${what}\n  --seed ${seed} --count ${count} --only ${number}\n  ${base64}`)
  }
  if (peakBytes > MOST_BYTES) finding(`the documents took ${megabytes(peakBytes)}`)
}

async function readHostileDocuments(): Promise<void> {
  let [slowest, largest] = [
    { name: '', milliseconds: 0 },
    { name: '', bytes: 0 },
  ]
  const count = hostileCount()
  for (let index = 0; index < count; index += 1) {
    const { report, peakBytes } = await runWorker<HostileReport>({ job: 'hostile', index })
    const { name, slowestMs, findings } = report
    if (slowestMs > slowest.milliseconds) slowest = { name, milliseconds: slowestMs }
    if (peakBytes > largest.bytes) largest = { name, bytes: peakBytes }
    for (const what of findings) finding(`${name}: ${what}`)
    if (peakBytes > MOST_BYTES) finding(`${name}: it took ${megabytes(peakBytes)}`)
  }
  print(`${count} documents of a megabyte; slowest: ${slowest.name}, ${slowest.milliseconds.toFixed(0)} ms`)
  print(`the most memory: ${largest.name}, ${megabytes(largest.bytes)}`)
}

await fuzzDocuments()
if (options.hostile) await readHostileDocuments()
