import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { faultProxy, type FaultProxy } from '../../../test/support/fault-proxy.ts'
import { commitChange, type Corpus } from '../corpus/repository.ts'
import { gitCounter, type GitCounter } from '../git-counter.ts'
import { spaced, type Lab } from '../lab.ts'
import type { Product } from '../product.ts'
import type { GoalReport } from '../report.ts'
import { syncTables, type RunningTables } from '../tables.ts'

/** Above this, recording everything in the embedded tables takes minutes. */
const MOST_MODELS = 1_000
const INTERVAL_S = 1
const WATCHED_MS = 5_000
/** Longer than is watched: the heartbeat of the lease and the full compare that follows a new one stay outside. */
const LEASE = '120s'
const PATIENCE_MS = 60_000

/** P5: what a daemon does that has nothing to do, counted from outside. */
export async function noOp(lab: Lab): Promise<GoalReport> {
  const sizes = lab.options.models.filter((models) => models <= MOST_MODELS)
  const product = await lab.product()
  const lines: string[] = []
  for (const models of sizes) {
    // Without deployments: nothing waits for a model host.
    const corpus = await lab.corpus(models, { deployments: false })
    const tables = await syncTables(product, corpus, join(lab.folder, `p5-${models}`))
    try {
      lines.push(...(await watch(product, corpus, tables, join(lab.folder, `p5-git-${models}`))))
    } finally {
      await tables.close()
    }
  }
  const about = 'a daemon with nothing to do: git processes, requests to the tables (goal: 0 git, 1 GetItem, no write)'
  return { id: 'P5', about, series: [], lines: lines.length > 0 ? lines : ['needs a size of at most 1000'] }
}

async function watch(product: Product, corpus: Corpus, tables: RunningTables, folder: string): Promise<string[]> {
  const counter = gitCounter(folder)
  const proxy = await faultProxy(tables.endpoint)
  const words = ['serve', '--repo', corpus.repo, '--listen', '127.0.0.1:0', '--lease', LEASE]
  const daemon = spawn(process.execPath, [product.main, ...words, '--interval', `${INTERVAL_S}s`], {
    env: { ...process.env, ...tables.env, STEWARD_DYNAMODB_ENDPOINT: proxy.url, PATH: counter.path },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  daemon.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const ended = once(daemon, 'close')
  try {
    await firstRequest(proxy, daemon, () => log)
    await quiet(proxy)
    const size = `${spaced(corpus.models)} models`
    const idle = await counted(proxy, counter, () => delay(WATCHED_MS))
    // A commit that changes no file: the branch moves, and everything is as it was.
    const same = await counted(proxy, counter, async () => {
      await commitChange(corpus.repo, { branch: 'main', parent: 'main', count: 0, revision: 0 })
      await delay(INTERVAL_S * 2_000)
      await quiet(proxy)
    })
    return [
      `${size}, ${WATCHED_MS / 1000} s of looking every ${INTERVAL_S} s: ${idle}`,
      `${size}, after a commit that changes nothing: ${same}`,
    ]
  } finally {
    daemon.kill('SIGTERM')
    await ended
    await proxy.close()
  }
}

async function counted(proxy: FaultProxy, counter: GitCounter, work: () => Promise<unknown>): Promise<string> {
  counter.take()
  proxy.reset()
  await work()
  const requests = Object.entries(proxy.counts()).map(([operation, count]) => `${count} ${operation}`)
  return `${counter.take().length} git processes; ${requests.length === 0 ? 'no request' : requests.join(', ')}`
}

function total(proxy: FaultProxy): number {
  return Object.values(proxy.counts()).reduce((sum, count) => sum + count, 0)
}

async function firstRequest(proxy: FaultProxy, daemon: ChildProcess, log: () => string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (total(proxy) === 0) {
    if (daemon.exitCode !== null || performance.now() > deadline) throw new Error(`the daemon of P5: ${log()}`)
    await delay(50)
  }
}

/** Waits until nothing was asked of the tables for two intervals. */
async function quiet(proxy: FaultProxy): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  for (let last = total(proxy); ;) {
    await delay(INTERVAL_S * 2_000)
    const now = total(proxy)
    if (now === last) return
    if (performance.now() > deadline) throw new Error('the daemon of P5 does not come to rest')
    last = now
  }
}
