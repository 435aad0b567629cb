import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { GitHubWorld, type StepEnd } from '../../../test/support/github-world.ts'
import { sharedStore } from '../../../test/support/shared-store.ts'
import { deployment, path, smallCatalog } from '../../../test/support/small-catalog.ts'
import { bundleAction } from '../../build/action.ts'
import type { Lab } from '../lab.ts'
import { interleave } from '../measure.ts'
import { BARE_NODE, timeNode } from '../product.ts'
import type { GoalReport } from '../report.ts'

/** P13: what the GitHub Action costs: until its first line, its bundle, and its requests to GitHub. */
export async function action(lab: Lab): Promise<GoalReport> {
  const bundle = join(lab.folder, 'action.mjs')
  writeFileSync(bundle, (await bundleAction()).text)
  const cwd = join(lab.folder, 'action')
  mkdirSync(cwd)
  const series = await interleave({
    rounds: lab.options.rounds * 3,
    budgetMs: lab.options.budgetMs,
    floor: { name: 'bare Node', run: () => timeNode(BARE_NODE, { cwd }) },
    subjects: [{ name: 'start to first output', goal: 'reported', run: () => firstOutput(bundle, cwd) }],
  })
  const bytes = readFileSync(bundle)
  const kib = (size: number): string => `${Math.round(size / 1024)} KiB`
  const size = `bundle: ${kib(bytes.length)}, ${kib(gzipSync(bytes).length)} compressed`
  return { id: 'P13', about: 'the GitHub Action', series, lines: [size, ...(await requests(bundle))] }
}

/** Milliseconds until the first byte of its log; what it then finds wrong, in an empty folder, does not matter. */
function firstOutput(bundle: string, cwd: string): Promise<number> {
  const began = performance.now()
  const env = { PATH: process.env.PATH, GITHUB_EVENT_NAME: 'push', GITHUB_WORKSPACE: cwd, RUNNER_TEMP: cwd }
  const child = spawn(process.execPath, [bundle], { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] })
  return new Promise((resolve, reject) => {
    let first: number | null = null
    child.stdout.on('data', () => (first ??= performance.now() - began))
    child.on('close', () => (first === null ? reject(new Error('the Action said nothing')) : resolve(first)))
  })
}

/** Counted on an emulated GitHub: the runs that a pull request has. */
async function requests(bundle: string): Promise<readonly string[]> {
  const before = process.env.STEWARD_TEST_ACTION
  process.env.STEWARD_TEST_ACTION = bundle
  const store = await sharedStore()
  const world = await GitHubWorld.open()
  try {
    world.environment = { STEWARD_DYNAMODB_ENDPOINT: store.endpoint }
    world.start(smallCatalog())
    await world.onMain({ command: 'apply' })
    const pull = await world.openPull('measured', { [path('deployments/prod.yaml')]: deployment(2) })
    const runs: [string, StepEnd][] = [
      ['the first plan', await world.onPull(pull, { command: 'plan' })],
      ['the same plan again', await world.onPull(pull, { command: 'plan' })],
    ]
    await world.squash(pull)
    runs.push(['apply after the merge', await world.onMain({ command: 'apply' })])
    runs.push(['apply with nothing to do', await world.onMain({ command: 'apply' }, 'schedule')])
    return runs.map(([name, { log }]) => {
      const count = /(\d+) requests to GitHub/.exec(log)?.[1]
      return `requests to GitHub, ${name}: ${count ?? 'unknown'} (goal < 10)`
    })
  } finally {
    await world.close()
    await store.close()
    if (before === undefined) delete process.env.STEWARD_TEST_ACTION
    else process.env.STEWARD_TEST_ACTION = before
  }
}
