/**
 * Whole processes as ratios to a bare Node of the same run (docs/status.md): interleaved rounds, the median of the
 * ratios of each round, with min and max. Absolute times are printed for information only.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const ROUNDS = 9
const checkout = join(import.meta.dirname, '..', '..')
const main = join(checkout, 'src', 'cli', 'main.ts')

interface Case {
  readonly name: string
  readonly goal: string
  readonly words: readonly string[]
}

const bare: Case = { name: 'bare node -e 0', goal: '', words: ['-e', '0'] }
const cases: readonly Case[] = [
  { name: 'steward version', goal: 'P6: <= 1.15', words: [main, 'version'] },
  { name: 'steward --help', goal: 'P6: <= 1.15', words: [main, '--help'] },
  { name: 'steward validate (13 documents)', goal: 'P6: <= 1.5 for one file', words: [main, 'validate'] },
  { name: 'steward plan (13 documents, nothing recorded)', goal: 'P3: <= 5.2', words: [main, 'plan'] },
]

const folder = mkdtempSync(join(tmpdir(), 'steward-bench-'))
const repo = join(folder, 'repo')
const state = join(folder, 'state')
const env = {
  ...process.env,
  STEWARD_STATE_DIR: state,
  STEWARD_ARTIFACTS_URI: pathToFileURL(join(checkout, 'models', '_artifacts')).href,
}

function git(...words: string[]): void {
  spawnSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', ...words], { cwd: repo })
}

/** Milliseconds of one run; a run that fails ends the benchmark. */
function time({ name, words }: Case): number {
  const began = performance.now()
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: repo, env, encoding: 'utf8' })
  const took = performance.now() - began
  if (status !== 0) throw new Error(`${name} exited ${status}: ${stderr}`)
  return took
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

try {
  cpSync(join(checkout, 'models'), join(repo, 'models'), {
    recursive: true,
    filter: (path) => !/models[/\\]_(artifacts|training)/.test(path),
  })
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-q', '-m', 'bench')
  for (const each of [bare, ...cases]) time(each) // caches warm, store started
  const ratios = new Map<string, number[]>()
  const times = new Map<string, number[]>()
  for (let round = 0; round < ROUNDS; round += 1) {
    const base = time(bare)
    for (const each of cases) {
      const took = time(each)
      ratios.set(each.name, [...(ratios.get(each.name) ?? []), took / base])
      times.set(each.name, [...(times.get(each.name) ?? []), took])
    }
  }
  console.log(`${ROUNDS} rounds on Node ${process.versions.node}; ratio to bare Node, median (min … max)`)
  for (const { name, goal } of cases) {
    const all = ratios.get(name) ?? []
    const range = `${Math.min(...all).toFixed(2)} … ${Math.max(...all).toFixed(2)}`
    const ms = median(times.get(name) ?? []).toFixed(0)
    console.log(`${name.padEnd(48)} ${median(all).toFixed(2)} (${range})  ${ms} ms  goal ${goal}`)
  }
} finally {
  try {
    process.kill(Number(JSON.parse(readFileSync(join(state, 'store.json'), 'utf8')).pid), 'SIGTERM')
  } catch {
    // No store was started.
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
}
