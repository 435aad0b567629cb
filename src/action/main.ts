import { interruptSignal } from '../system/signals.ts'
import { run } from './run.ts'

/** Put in by the bundle (scripts/build/action.ts). */
declare const STEWARD_VERSION: string | undefined

const version = typeof STEWARD_VERSION === 'undefined' ? 'checkout' : STEWARD_VERSION
const { signal } = interruptSignal()
process.exitCode = await run(process.env, signal, version)
// Timers of limits and kept connections must not hold the job.
process.exit()
