import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { actionCommands } from '../../src/action/inputs.ts'
import { repositoryFiles } from '../../src/scaffold/repository.ts'
import { GitHubWorld } from '../support/github-world.ts'
import { smallCatalog } from '../support/small-catalog.ts'
import { checkout } from '../support/workspace.ts'

interface Step {
  readonly uses?: string
  readonly with?: Readonly<Record<string, string | number | boolean>>
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}

interface Job {
  readonly if?: string
  readonly permissions?: unknown
  readonly environment?: string
  readonly 'timeout-minutes'?: number
  readonly steps: readonly Step[]
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions?: unknown
  readonly concurrency?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

const examples = join(checkout, '.github', 'workflows', 'examples')
const exampleNames = readdirSync(examples).sort()
const written = repositoryFiles('models', null, 'abc_corp').filter(({ path }) => path.startsWith('.github/workflows/'))
const texts = new Map([
  ...exampleNames.map((name) => [name, readFileSync(join(examples, name), 'utf8')] as const),
  ...written.map(({ path, text }) => [`of init: ${path.split('/').at(-1)}`, text] as const),
])
const names = [...texts.keys()]

const textOf = (name: string): string => texts.get(name) ?? ''
const workflow = (name: string): Workflow => parse(textOf(name)) as Workflow
const jobsOf = (name: string): Job[] => Object.values(workflow(name).jobs)
const stepsOf = (name: string): Step[] => jobsOf(name).flatMap(({ steps }) => steps)
const usersOf = (name: string, action: string): Step[] =>
  stepsOf(name).filter(({ uses }) => uses?.startsWith(`${action}@`) === true)

/** The action of this repository; whoever copies a workflow writes where they host it. */
const OWN = 'abc/model-steward'
const READ = { contents: 'read' }

describe('the example workflows', () => {
  it('are those that the documentation speaks of', () => {
    expect(exampleNames).toEqual(['apply.yml', 'plan.yml', 'promote.yml', 'validate.yml'])
    expect(written).toHaveLength(1)
    const guide = readFileSync(join(checkout, 'docs', 'github.md'), 'utf8')
    for (const name of exampleNames) expect(guide).toContain(`.github/workflows/examples/${name}`)
  })

  it.each([
    ['validate.yml', READ],
    ['plan.yml', { ...READ, 'pull-requests': 'write', checks: 'write', 'id-token': 'write' }],
    ['apply.yml', { ...READ, 'pull-requests': 'write', 'id-token': 'write' }],
    ['promote.yml', READ],
    ['of init: steward.yml', READ],
  ])('%s has the permissions that it needs, and no other', (name, permissions) => {
    expect(workflow(name).permissions).toEqual(permissions)
    for (const job of jobsOf(name)) expect(job.permissions).toBeUndefined()
  })

  it.each([
    ['validate.yml', { group: 'steward-validate-${{ github.ref }}', 'cancel-in-progress': true }],
    ['plan.yml', { group: 'steward-plan-${{ github.ref }}', 'cancel-in-progress': true }],
    ['apply.yml', { group: 'steward-apply', 'cancel-in-progress': false }],
    ['promote.yml', { group: 'steward-promote-${{ inputs.model }}-${{ inputs.stage }}', 'cancel-in-progress': false }],
    ['of init: steward.yml', { group: 'steward-${{ github.ref }}', 'cancel-in-progress': true }],
  ])('%s does not run beside itself', (name, concurrency) => {
    expect(workflow(name).concurrency).toEqual(concurrency)
  })

  it.each([
    ['validate.yml', ['pull_request', 'merge_group']],
    ['plan.yml', ['pull_request', 'merge_group']],
    ['apply.yml', ['push', 'schedule', 'workflow_dispatch']],
    ['promote.yml', ['workflow_dispatch']],
    ['of init: steward.yml', ['pull_request', 'merge_group']],
  ])('%s is started by events that give nobody the rights of others', (name, events) => {
    expect(Object.keys(workflow(name).on)).toEqual(events)
    // A filter would leave a required check without an answer, and an apply without what it has missed.
    expect(JSON.stringify(workflow(name).on)).not.toContain('paths')
  })

  it.each(names)('%s interpolates nothing into a script', (name) => {
    for (const { run } of stepsOf(name)) expect(run ?? '').not.toContain('${{')
  })

  it.each(names)('%s names actions of others by a full commit, with the version beside it', (name) => {
    const lines = textOf(name)
      .split('\n')
      .filter((line) => /^\s*(?:- )?uses:/.test(line))
    expect(lines).toHaveLength(stepsOf(name).filter(({ uses }) => uses !== undefined).length)
    for (const line of lines.filter((each) => !each.includes(`uses: ${OWN}@`))) {
      expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    }
  })

  it.each(names)('%s leaves no token in the checkout, and ends', (name) => {
    const checkouts = usersOf(name, 'actions/checkout')
    expect(checkouts).not.toEqual([])
    for (const step of checkouts) expect(step.with?.['persist-credentials']).toBe(false)
    for (const job of jobsOf(name)) expect(job['timeout-minutes']).toBeGreaterThan(0)
  })

  it('give the action inputs that it has', () => {
    const action = parse(readFileSync(join(checkout, 'action.yml'), 'utf8')) as { inputs: Record<string, unknown> }
    const steps = exampleNames.flatMap((name) => usersOf(name, OWN))
    expect(steps.map((step) => step.with?.command).sort()).toEqual([...actionCommands].sort())
    for (const step of steps) {
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})))
    }
  })

  it('have the history that each command asks for', () => {
    const given = (name: string) => usersOf(name, 'actions/checkout').map((step) => step.with?.['fetch-depth'])
    expect(given('validate.yml')).toEqual([2])
    expect(given('plan.yml')).toEqual([0])
    expect(given('apply.yml')).toEqual([0])
  })

  it('keep forks from the plan, secrets from everything but an environment', () => {
    expect(jobsOf('plan.yml').map((job) => job.if)).toEqual([
      'github.event.pull_request.head.repo.full_name == github.repository',
    ])
    expect(jobsOf('apply.yml').map(({ environment }) => environment)).toEqual(['production'])
    for (const name of names.filter((each) => textOf(each).includes('secrets.'))) {
      expect(jobsOf(name).map(({ environment }) => environment)).toEqual(['promotion'])
    }
  })
})

/** From the environment, else on the PATH; `.ci/run` builds one where Go is there. */
function findActionlint(): string | null {
  const named = process.env.STEWARD_ACTIONLINT
  if (named) return named
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'actionlint'))
  return places.find(isProgram) ?? null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const actionlint = findActionlint()
const why = actionlint === null ? ' (skipped: no actionlint on the PATH or in STEWARD_ACTIONLINT)' : ''

/** What it finds. Other linters that it would call are left out: the machine decides which are there. */
function lint(text: string): string {
  const words = ['-no-color', '-shellcheck=', '-pyflakes=', '-stdin-filename', 'workflow.yml', '-']
  const { error, stdout, stderr } = spawnSync(actionlint ?? '', words, { cwd: checkout, input: text, encoding: 'utf8' })
  if (error !== undefined) throw error
  return stdout + stderr
}

describe.skipIf(actionlint === null)(`actionlint${why}`, { timeout: 30_000 }, () => {
  it.each(names)('finds nothing in %s', (name) => {
    expect(lint(textOf(name))).toBe('')
  })

  it('would find something', () => {
    expect(lint(textOf('validate.yml').replace('merge_group:', 'merge_grop:'))).toContain('merge_grop')
    expect(lint(textOf('promote.yml').replace('$MODEL@', '${{ github.event.head_commit.message }}@'))).toContain(
      'potentially untrusted',
    )
  })
})

describe('the script of promote.yml', { timeout: 60_000 }, () => {
  let world: GitHubWorld
  let catalog: string

  const promote = async (stage: string): Promise<{ readonly code: number | null; readonly log: string }> => {
    const [step] = stepsOf('promote.yml').slice(-1)
    const given: Readonly<Record<string, string>> = {
      GITHUB_TOKEN: world.token,
      MODEL: 'abc/claim/doc',
      VERSION: '2',
      STAGE: stage,
      ACTOR: 'alice',
      ACTOR_ID: '42',
    }
    expect(Object.keys(step?.env ?? {})).toEqual(Object.keys(given))
    return bash(step?.run ?? '', catalog, {
      PATH: process.env.PATH,
      HOME: world.folder,
      GITHUB_API_URL: world.apiUrl,
      GITHUB_REPOSITORY: 'abc/ml-models',
      ...given,
    })
  }

  beforeAll(async () => {
    world = await GitHubWorld.open()
    world.start(smallCatalog())
    await world.alignMain()
    const job = join(world.folder, 'job')
    catalog = join(job, 'catalog')
    mkdirSync(job)
    world.git(job, 'clone', '-q', '--depth=1', `file://${world.bare}`, catalog)
    symlinkSync(checkout, join(job, 'steward'))
  }, 60_000)
  afterAll(() => world.close())

  it('takes what people type as a word, not as a command', async () => {
    const end = await promote('prod"; touch hacked; echo "$(touch hacked)')
    expect(end.code).not.toBe(0)
    expect(existsSync(join(catalog, 'hacked'))).toBe(false)
    expect(world.proxy.requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('opens the pull request, and says who asked', async () => {
    const end = await promote('prod')
    expect(end).toMatchObject({ code: 0, log: expect.stringContaining('opened pull request #') })
    const commit = world.proxy.requests.find(({ path }) => path.endsWith('/git/commits'))
    expect(commit?.body).toContain('Requested-by: alice <42+alice@users.noreply.github.com>')
  })
})

/** As the runner starts a script. The server of the API is in this process, which must not be blocked. */
function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; log: string }> {
  const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], { cwd, env })
  let log = ''
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, log }))
  })
}
