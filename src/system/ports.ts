import { systemClock, systemIds, systemRandomness } from './clock.ts'
import { livenessOf, ownIdentity } from './processes.ts'

/** This machine, as what runs on it sees it: the same for the command line and for a step of a workflow. */
export function systemPorts() {
  return { clock: systemClock, ids: systemIds, randomness: systemRandomness, identity: ownIdentity(), livenessOf }
}
