// The store as a process of its own: `store-process.ts '{"state": …, "idleMs": …}'`.
import { errorMessage } from '../../../src/domain/errors.ts'
import { runStore } from '../../../src/store/main.ts'
import { systemClock } from '../../../src/system/clock.ts'

interface Arguments {
  readonly state: string
  readonly idleMs?: number
  readonly listen?: string
}

const { state, idleMs, listen } = JSON.parse(process.argv[2] ?? '{}') as Arguments
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
try {
  await runStore({
    stateDir: state,
    stay: idleMs === undefined,
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(listen === undefined ? {} : { listen }),
    signal: stop.signal,
    clock: systemClock,
    onMessage: (message) => console.error(message),
  })
} catch (error) {
  console.error(errorMessage(error))
  process.exitCode = 1
}
