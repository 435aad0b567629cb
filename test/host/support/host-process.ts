// Runs a host as a process of its own: `node host-process.ts STATE [TIMINGS as JSON]`.
import { runHost } from '../../../src/host/main.ts'
import { systemClock, systemIds, systemRandomness } from '../../../src/system/clock.ts'
import { CHILD_PATH, QUICK } from './harness.ts'

const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort())
try {
  await runHost({
    listen: '127.0.0.1:0',
    control: '127.0.0.1:0',
    stateDir: process.argv[2] ?? '',
    signal: stopping.signal,
    onMessage: (text) => console.error(text),
    environmentPath: CHILD_PATH,
    clock: systemClock,
    ids: systemIds,
    randomness: systemRandomness,
    timings: { ...QUICK, ...(JSON.parse(process.argv[3] ?? '{}') as object) },
  })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
