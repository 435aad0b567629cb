// The long-lived process of P2: `p2-reader.ts REPO BRANCH`. At each message it reads what the branch declares and
// answers how long that took.
import { readEnvironment } from '../../../src/app/environment.ts'
import { App } from '../../../src/app/app.ts'
import { isError } from '../../../src/domain/diagnostics.ts'
import { systemClock, systemIds, systemRandomness } from '../../../src/system/clock.ts'
import { livenessOf, ownIdentity } from '../../../src/system/processes.ts'

const [repo = '', branch = ''] = process.argv.slice(2)
const app = new App({
  repo,
  root: 'models',
  stateDir: null,
  environment: readEnvironment({ PATH: process.env.PATH }).environment,
  clock: systemClock,
  ids: systemIds,
  randomness: systemRandomness,
  identity: ownIdentity(),
  livenessOf,
  storeCommand: () => [],
})

process.on('message', () => void read())
process.on('disconnect', () => process.exit(0))

async function read(): Promise<void> {
  const began = performance.now()
  const { state } = await app.declared({ kind: 'git', revision: branch })
  const ms = performance.now() - began
  const errors = state.diagnostics.filter(isError).length
  if (errors > 0) throw new Error(`the corpus has ${errors} errors, the first: ${state.diagnostics[0]?.summary ?? ''}`)
  process.send?.({ ms })
}
