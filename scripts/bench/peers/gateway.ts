import { join } from 'node:path'
import type { Lab } from '../lab.ts'
import { median } from '../measure.ts'
import type { GoalReport } from '../report.ts'
import type { Children } from './children.ts'
import { startHost } from './host.ts'
import type { LoadResult } from './load.ts'
import { findNginx, startNginx } from './nginx.ts'

const CONNECTIONS = [1, 8, 32]

interface Way {
  readonly name: 'direct' | 'gateway' | 'nginx'
  readonly url: string
}

/** P11: the gateway of the model host, and nginx, in front of one and the same server that takes 5 ms. */
export async function gateway(lab: Lab, children: Children, secondsEach: number): Promise<GoalReport> {
  const { main } = await lab.product()
  const host = await startHost(main, join(lab.folder, 'gateway'), children)
  const ways: Way[] = [
    { name: 'direct', url: `http://127.0.0.1:${host.port}/invocations` },
    { name: 'gateway', url: host.gateway },
  ]
  const found = findNginx()
  if (found !== null) {
    const options = { program: found.program, folder: join(lab.folder, 'nginx'), upstream: host.port }
    ways.push({ name: 'nginx', url: await startNginx(options, children) })
  }
  const lines: string[] = []
  for (const connections of CONNECTIONS) {
    lines.push(...(await compare(ways, { lab, children, connections, secondsEach })))
  }
  const missing = 'nginx was not found: install it (apt-get install nginx), and run this again'
  lines.push(found === null ? missing : `nginx ${found.version}, one worker; goal: p50 gateway/nginx <= 1.30`)
  return { id: 'P11', about: 'the gateway in front of a server that takes 5 ms', series: [], lines }
}

interface Comparison {
  readonly lab: Lab
  readonly children: Children
  readonly connections: number
  readonly secondsEach: number
}

type Seen = Readonly<Record<Way['name'], LoadResult[]>>

/** Interleaved: in each round every way once. */
async function compare(
  ways: readonly Way[],
  { lab, children, connections, secondsEach }: Comparison,
): Promise<string[]> {
  const seen: Seen = { direct: [], gateway: [], nginx: [] }
  for (let round = 0; round < lab.options.rounds; round += 1) {
    for (const { name, url } of ways) seen[name].push(await runLoad(children, url, connections, secondsEach * 1000))
  }
  const lines = [
    `${connections} connection${connections === 1 ? '' : 's'}, ${lab.options.rounds} rounds of ${secondsEach} s`,
  ]
  for (const { name } of ways) {
    const value = (of: (result: LoadResult) => number): string => median(seen[name].map(of)).toFixed(2)
    const failures = seen[name].reduce((sum, result) => sum + result.failures, 0)
    const told = failures === 0 ? '' : `, ${failures} FAILED`
    const rate = median(seen[name].map(({ throughput }) => throughput)).toFixed(0)
    lines.push(
      `  ${name.padEnd(8)} p50 ${value(({ p50 }) => p50)} ms, p99 ${value(({ p99 }) => p99)} ms, ${rate}/s${told}`,
    )
  }
  const pairs: (readonly [Way['name'], Way['name']])[] = [
    ['gateway', 'direct'],
    ['gateway', 'nginx'],
    ['nginx', 'direct'],
  ]
  for (const [over, under] of pairs) {
    if (seen[over].length > 0 && seen[under].length > 0)
      lines.push(`  ${over}/${under}: ${ratios(seen[over], seen[under])}`)
  }
  return lines
}

function ratios(over: readonly LoadResult[], under: readonly LoadResult[]): string {
  const text = (of: (result: LoadResult) => number): string => {
    const all = over.map((result, round) => of(result) / of(under[round] ?? result))
    return `${median(all).toFixed(2)} (${Math.min(...all).toFixed(2)} … ${Math.max(...all).toFixed(2)})`
  }
  return `p50 ${text(({ p50 }) => p50)}, p99 ${text(({ p99 }) => p99)}, throughput ${text(({ throughput }) => throughput)}`
}

async function runLoad(children: Children, url: string, connections: number, ms: number): Promise<LoadResult> {
  const words = [join(import.meta.dirname, 'load.ts'), url, String(connections), String(ms)]
  const child = children.start(process.execPath, words, ['ignore', 'pipe', 'inherit'])
  let out = ''
  child.stdout?.on('data', (bytes: Buffer) => (out += bytes.toString()))
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the load ended with code ${String(code)}`)
  return JSON.parse(out) as LoadResult
}
