import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { leaseOptions } from '../app/apply.ts'
import type { DeclaredState } from '../declared/declared-state.ts'
import { StewardError } from '../domain/errors.ts'
import { acquireLease, DEFAULT_LEASE_MS } from '../recorded/lease.ts'
import { readJsonObject, writeFileAtomically } from '../system/files.ts'
import { followBranch, followWorktree, type Followed } from './followed.ts'
import { listen } from './http.ts'
import type { Tables } from '../recorded/tables.ts'
import { Leader, mayTryAgain, termOf } from './leader.ts'
import type { PullRequests } from './pull-requests.ts'
import { Telemetry } from './telemetry.ts'

export interface ServeOptions {
  readonly app: App
  readonly branch: string
  /** Follow the work tree instead of a branch. */
  readonly watch: boolean
  readonly intervalMs: number
  readonly leaseMs: number | null
  readonly listen: string
  /** One round until everything is settled, then the end. */
  readonly once: boolean
  readonly version: string
  readonly signal: AbortSignal
  /** The first line is `listening on http://…`. */
  readonly onMessage: (text: string) => void
}

/** The daemon: any number of them may run, one of them writes. Resolves with true when all was well at the end. */
export async function serve(options: ServeOptions): Promise<boolean> {
  const { app, signal, onMessage } = options
  const telemetry = new Telemetry()
  const file = join(await app.ensureStateDir(), 'serve.json')
  const server = await listen(options.listen, telemetry, options.version)
  signal.addEventListener('abort', () => (telemetry.ready = false))
  try {
    onMessage(`listening on ${server.url}`)
    await writeFileAtomically(file, `${JSON.stringify({ pid: process.pid, url: server.url })}\n`)
    const log = (text: string): void => onMessage(`${app.clock.now().toISOString()} ${text}`)
    const followed = options.watch ? await followWorktree(app, log) : followBranch(app, options.branch)
    try {
      return await follow({ ...options, followed }, telemetry, log)
    } finally {
      await followed.close()
    }
  } catch (error) {
    if (signal.aborted) return true
    throw error
  } finally {
    telemetry.ready = false
    if ((await readJsonObject(file))?.pid === process.pid) await rm(file, { force: true })
    await server.close()
  }
}

interface FollowOptions extends ServeOptions {
  readonly followed: Followed
}

/** Takes the lease and leads; when the lease is lost, or the tables do not answer for a while, begins again. */
async function follow(options: FollowOptions, telemetry: Telemetry, log: (text: string) => void): Promise<boolean> {
  const { app, signal, once, intervalMs } = options
  while (!signal.aborted) {
    try {
      const settled = await term(options, telemetry, log)
      if (once || signal.aborted) return settled
    } catch (error) {
      if (signal.aborted) return true
      const lost = error instanceof StewardError && ['lease_lost', 'term_over'].includes(error.code)
      if (once || !(lost || (error instanceof StewardError && error.retry === 'backoff'))) throw error
      log(`${error.message}; beginning again`)
      if (!lost) await app.clock.sleep(intervalMs, signal).catch(() => undefined)
    }
  }
  return true
}

/** One term as the holder of the lease, from standing by to giving it back. */
async function term(options: FollowOptions, telemetry: Telemetry, log: (text: string) => void): Promise<boolean> {
  const { app, signal } = options
  const declared = await goodSettings(options, log)
  if (options.watch) requireLocalTables(app, declared)
  const tables = await app.tables(declared.settings)
  const term = declared.settings === null ? '' : termOf(declared.settings)
  telemetry.ready = true
  let waiting = ''
  const outcome = await acquireLease(leaseOptions(app, tables, options.leaseMs), {
    wait: true,
    signal,
    onWait: ({ holder }) => {
      if (waiting !== holder) log(`standing by: ${holder} holds the lease`)
      waiting = holder
    },
  })
  if (outcome.kind !== 'acquired') return false
  const { lease } = outcome
  lease.start()
  telemetry.leaseHeld = true
  log(`holding the lease, epoch ${lease.epoch}`)
  try {
    const leaseMs = options.leaseMs ?? DEFAULT_LEASE_MS
    const pulls = await pullRequestsOf(options, tables, log)
    return await lead(new Leader({ ...options, tables, lease, leaseMs, telemetry, pulls, log, term }), options, log)
  } catch (error) {
    if (lease.lost.aborted) throw lease.lost.reason
    throw error
  } finally {
    telemetry.leaseHeld = false
    await lease.release()
  }
}

/** Only where the daemon was given an identity on GitHub, and follows a branch. */
async function pullRequestsOf(
  { app, branch, watch, version }: FollowOptions,
  tables: Tables,
  log: (text: string) => void,
): Promise<PullRequests | null> {
  const { connectGitHub, hasGitHubIdentity } = await import('../app/pull-requests/connect.ts')
  if (watch || !hasGitHubIdentity(app)) return null
  const { PullRequests } = await import('./pull-requests.ts')
  // Rollouts on their way go on in between: what GitHub does not answer soon is asked at the next round.
  const connect = () => connectGitHub(app, { version, log, maxWait: 20, retries: 1 })
  return new PullRequests({ app, connect, tables, branch, log })
}

async function lead(leader: Leader, options: FollowOptions, log: (text: string) => void): Promise<boolean> {
  const { app, followed, signal, intervalMs } = options
  let said = ''
  while (!signal.aborted) {
    const began = app.clock.monotonic()
    let settled = false
    try {
      settled = await leader.round(signal)
      said = ''
    } catch (error) {
      if (!mayTryAgain(error)) throw error
      if (said !== error.message) log(`${error.message}; trying again`)
      said = error.message
    }
    if (options.once && (settled || said !== '')) {
      await leader.finish()
      return said === '' && leader.complete
    }
    const jitter = 0.9 + app.randomness.next() * 0.2
    const left = intervalMs * jitter - (app.clock.monotonic() - began)
    const wake = AbortSignal.any([signal, followed.nextChange()])
    await app.clock.sleep(Math.max(10, left), wake).catch(() => undefined)
  }
  return true
}

/** The newest settings that can be read; without any, nobody knows where the tables are. */
async function goodSettings(options: FollowOptions, log: (text: string) => void): Promise<DeclaredState> {
  const { app, followed, signal, intervalMs } = options
  let said = ''
  for (;;) {
    const { state } = await app.declared(followed.request, signal)
    const by = state.settings?.applyBy ?? 'daemon'
    if (state.settings !== null && by === 'daemon') return state
    const why =
      state.settings === null
        ? 'the settings are broken: waiting until they are mended'
        : `settings name ${by} as the one who applies: waiting`
    if (options.once) throw new StewardError(why, { code: 'settings_broken', kind: 'user' })
    if (said !== why) log(why)
    said = why
    await app.clock.sleep(intervalMs, AbortSignal.any([signal, followed.nextChange()])).catch(() => undefined)
    signal.throwIfAborted()
  }
}

/** What is not committed is recorded on this machine only, as with `apply --worktree`. */
function requireLocalTables(app: App, { settings }: DeclaredState): void {
  if (app.options.environment.dynamodbEndpoint === undefined && settings?.tables.backend === 'embedded') return
  throw new StewardError('--watch follows the work tree on the embedded tables only', {
    code: 'usage',
    kind: 'user',
    hint: 'Commit, and follow a branch.',
  })
}
