import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { faultProxy, type FaultProxy } from '../../../test/support/fault-proxy.ts'
import { commitChange, type Corpus } from '../corpus/repository.ts'
import { spaced, type Lab } from '../lab.ts'
import type { Product } from '../product.ts'
import type { GoalReport } from '../report.ts'
import { startTables, type RunningTables } from '../tables.ts'

interface Bench {
  readonly product: Product
  readonly corpus: Corpus
  readonly tables: RunningTables
  readonly proxy: FaultProxy
}

/**
 * P10: what a whole `apply` asks of the tables when everything is new, one document or a hundred have changed, and
 * nothing has, counted from outside. Catalog and versions alone: rollouts wait for a model host.
 */
export async function sync(lab: Lab): Promise<GoalReport> {
  const product = await lab.product()
  const lines: string[] = []
  for (const models of lab.options.models) {
    const corpus = await lab.corpus(models, { deployments: false })
    const tables = await startTables(product, corpus, join(lab.folder, `p10-${models}`))
    const proxy = await faultProxy(tables.endpoint)
    try {
      lines.push(...(await syncAll({ product, corpus, tables, proxy })))
    } finally {
      await proxy.close()
      await tables.close()
    }
  }
  const about =
    'requests of `apply` (goal: k changed documents are k items, k of audit, a status a unit, one checkpoint)'
  return { id: 'P10', about, series: [], lines }
}

async function syncAll(bench: Bench): Promise<string[]> {
  const { models } = bench.corpus
  const changed = async (count: number, revision: number): Promise<string> => {
    const branch = `sync-${count}`
    await commitChange(bench.corpus.repo, { branch, parent: 'main', count, revision })
    return apply(bench, branch)
  }
  const size = `${spaced(models)} models`
  return [
    `${size}, all new (${spaced(models)} entries, ${spaced(models * 5)} versions): ${await apply(bench, 'main')}`,
    `${size}, nothing changed: ${await apply(bench, 'main')}`,
    `${size}, one document changed: ${await changed(1, 1)}`,
    `${size}, 100 documents changed: ${await changed(Math.min(100, models), 2)}`,
  ]
}

async function apply({ product, corpus, tables, proxy }: Bench, revision: string): Promise<string> {
  proxy.reset()
  const words = [product.main, 'apply', '--yes', '--rev', revision, '--repo', corpus.repo]
  const began = performance.now()
  const child = spawn(process.execPath, words, {
    env: { ...process.env, ...tables.env, STEWARD_DYNAMODB_ENDPOINT: proxy.url },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${words.join(' ')} exited ${String(code)}: ${log.slice(-1_000)}`)
  const requests = Object.entries(proxy.counts()).map(([operation, count]) => `${spaced(count)} ${operation}`)
  return `${requests.sort().join(', ')}; ${((performance.now() - began) / 1000).toFixed(1)} s`
}
