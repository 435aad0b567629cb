import type { ResolvedSettings } from '../../declared/declared-state.ts'
import type { RevisionRequest } from '../../source/source.ts'
import type { App, TablesPlace } from '../app.ts'
import { backendCheck } from './backend.ts'
import { shortText } from '../../domain/short-text.ts'
import { guarded, hintOf, problem, skipped, type Check } from './check.ts'
import { clockCheck } from './clock.ts'
import { checkDeclared } from './declared.ts'
import { storeCheck } from './embedded-store.ts'
import { githubChecks } from './github.ts'
import { permissionsCheck } from './permissions.ts'
import { openProbe, type Probe } from './probe.ts'
import { gitCheck, nodeCheck } from './programs.ts'
import { protectionChecks } from './protection.ts'
import { credentialsCheck, endpointCheck } from './reach.ts'
import { checkpointCheck, leaseCheck } from './recorded.ts'
import { lastEnd, stateFolderCheck } from './state-folder.ts'
import { surveyTables, tablesCheck } from './tables.ts'

/** `doctor --json`. */
export interface Diagnosis {
  readonly format: 'steward.doctor/v1'
  readonly checks: readonly Check[]
}

const unreached = 'the tables are not reached'
const STORE_START_MS = 15_000
/** For all questions to tables that answer. */
const TABLES_MS = 10_000

export interface DiagnoseOptions {
  readonly revision: RevisionRequest
  readonly version: string
  readonly signal: AbortSignal
}

/** Looks at everything that a run needs, as far as it comes: a check that fails ends only those that build on it. */
export async function diagnose(app: App, { revision, version, signal }: DiagnoseOptions): Promise<Diagnosis> {
  const [own, github] = await Promise.all([
    ownChecks(app, revision, signal),
    // Side by side: GitHub may take its time, and nothing here depends on it.
    githubChecks(app, { version, signal }),
  ])
  return { format: 'steward.doctor/v1', checks: [...own, ...github] }
}

/** This machine, the repository in it, and the tables. */
async function ownChecks(app: App, revision: RevisionRequest, signal: AbortSignal): Promise<readonly Check[]> {
  const folder = await app.stateDir().catch(() => null)
  const [git, declared, state, end] = await Promise.all([
    guarded('git', gitCheck),
    checkDeclared(app, revision, signal),
    guarded('state folder', () => stateFolderCheck(folder, app.clock.now())),
    lastEnd(folder).catch(() => 'absent' as const),
  ])
  const first = [nodeCheck(process.versions.node), git, ...declared.checks, state]
  const { settings } = declared
  const known = settings !== null || app.options.environment.dynamodbEndpoint !== undefined
  if (!known) {
    const rest = notAsked(['endpoint', ...behindEndpoint], 'it is not known where the tables are')
    return [...first, ...rest]
  }
  const place = app.tablesPlace(settings)
  const backend = backendCheck(place, settings)
  const rest = await tablesChecks(app, { place, settings, signal, folder, end })
  return [...first, backend, ...rest]
}

/** What only a DynamoDB that answers can tell. */
const behindEndpoint = ['tables', 'permissions', 'lease', 'checkpoint']

function notAsked(names: readonly string[], why: string): Check[] {
  return names.map((name) => skipped(name, why))
}

interface TablesWork {
  readonly place: TablesPlace
  readonly settings: ResolvedSettings | null
  readonly signal: AbortSignal
  readonly folder: string | null
  readonly end: Awaited<ReturnType<typeof lastEnd>>
}

async function tablesChecks(app: App, work: TablesWork): Promise<readonly Check[]> {
  const { place, signal, folder, end } = work
  const started = place.embedded ? await startStore(app, place, signal) : { endpoint: place.endpoint, failed: null }
  if (started.failed !== null) return [started.failed, ...notAsked(behindEndpoint, unreached)]
  const own = place.embedded && folder !== null ? [await guarded('store', () => storeCheck(folder, end))] : []
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(TABLES_MS)])
  const probe = await openProbe(place, started.endpoint, { clock: app.clock, signal: bounded })
  try {
    const credentials = await guarded('credentials', () => credentialsCheck(probe))
    if (credentials.level !== 'ok')
      return [...own, credentials, ...notAsked(['endpoint', ...behindEndpoint], 'without credentials nothing is asked')]
    const endpoint = await guarded('endpoint', () => endpointCheck(probe, started.endpoint))
    const clock = clockCheck(probe.exchanges)
    const answers = endpoint.level === 'ok'
    const answered = answers ? await answeredChecks(app, probe, work.settings) : notAsked(behindEndpoint, unreached)
    return [...own, credentials, endpoint, clock, ...answered]
  } finally {
    probe.client.destroy()
  }
}

async function startStore(app: App, { prefix }: TablesPlace, signal: AbortSignal) {
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(STORE_START_MS)])
    return { endpoint: (await app.embeddedStore(prefix, bounded)).endpoint, failed: null }
  } catch (error) {
    const help = hintOf(error) ?? 'Run `steward store --stay` to see it start.'
    return { endpoint: null, failed: problem('endpoint', `the embedded store: ${shortText(error)}`, help) }
  }
}

/** What a DynamoDB that answers tells, side by side. */
async function answeredChecks(app: App, probe: Probe, settings: ResolvedSettings | null): Promise<readonly Check[]> {
  const survey = surveyTables(probe)
  const tables = await app.tables(settings)
  const [shape, permissions, protection, lease, checkpoint] = await Promise.all([
    guarded('tables', async () => tablesCheck(await survey)),
    guarded('permissions', async () => permissionsCheck(probe, await survey)),
    survey.then((found) => protectionChecks(probe, found)).catch(() => []),
    guarded('lease', () => leaseCheck(app, tables, probe.signal)),
    guarded('checkpoint', () => checkpointCheck(app, tables, probe.signal)),
  ])
  return [shape, permissions, ...protection, lease, checkpoint]
}
