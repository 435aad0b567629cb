import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createNetServer, type AddressInfo } from 'node:net'
import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { App } from '../../src/app/app.ts'
import type { Check } from '../../src/app/doctor/check.ts'
import { githubChecks } from '../../src/app/doctor/github.ts'
import { readEnvironment } from '../../src/app/environment.ts'
import { repositoryFiles } from '../../src/scaffold/repository.ts'
import { systemClock, systemIds, systemRandomness } from '../../src/system/clock.ts'
import { livenessOf, ownIdentity } from '../../src/system/processes.ts'
import { ApiProxy, type ApiFault } from '../support/api-proxy.ts'
import { catalog } from '../support/catalog-builder.ts'
import { CommandLine } from '../support/catalog-cli.ts'

const REPOSITORY = 'abc/ml-models'
const BASE = `/repos/${REPOSITORY}`
const TOKEN = 'gho_person'

let line: CommandLine
let emulator: Emulator
/** In front of the emulator, which knows neither rulesets nor what is wrong with a CODEOWNERS. */
let proxy: ApiProxy
let tokenFile: string

/** What the endpoints that the emulator lacks, and those that a test bends, answer; by the end of the path. */
let answers: Record<string, ApiFault>

const everything = [
  {
    type: 'pull_request',
    parameters: {
      required_approving_review_count: 2,
      require_code_owner_review: true,
      dismiss_stale_reviews_on_push: true,
      require_last_push_approval: true,
      required_review_thread_resolution: false,
    },
  },
  { type: 'required_status_checks', parameters: { required_status_checks: [{ context: 'validate' }] } },
  { type: 'non_fast_forward' },
]
const rules = (body: unknown): void => {
  answers['/rules/branches/main'] = { status: 200, body }
}

async function looked(
  variables: Readonly<Record<string, string>> = {},
  { repo = line.repository.folder, signal = new AbortController().signal } = {},
): Promise<ReadonlyMap<string, Check>> {
  const { environment } = readEnvironment({ ...identity(), ...variables })
  const app = new App({
    ...{ repo, root: 'models', stateDir: line.state, environment },
    ...{ clock: systemClock, ids: systemIds, randomness: systemRandomness },
    ...{ identity: ownIdentity(), livenessOf, storeCommand: () => [] },
  })
  try {
    const checks = await githubChecks(app, { version: '0.0.0', signal })
    return new Map(checks.map((check) => [check.name, check]))
  } finally {
    await app.close()
  }
}

const identity = (): Record<string, string> => ({
  GITHUB_API_URL: apiUrl,
  GITHUB_REPOSITORY: REPOSITORY,
  STEWARD_GITHUB_TOKEN_FILE: tokenFile,
})
let apiUrl: string

const levelsOf = (checks: ReadonlyMap<string, Check>): Readonly<Record<string, string>> =>
  Object.fromEntries([...checks].map(([name, { level }]) => [name, level]))

async function asPerson(method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`${emulator.url}${BASE}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
}

/** Commits what a new repository of `steward init` has, with some files another way. */
function commitFiles(files: Readonly<Record<string, string | null>> = {}): void {
  line.repository.git('rm', '-rq', '--ignore-unmatch', '.github', 'CODEOWNERS', 'docs')
  const scaffold = repositoryFiles('models', '@abc/ml-platform', 'abc_corp')
  const all = { ...Object.fromEntries(scaffold.map(({ path, text }) => [path, text])), ...files }
  for (const [path, text] of Object.entries(all)) if (text !== null) line.repository.write(path, text)
  line.repository.commit()
}

beforeAll(async () => {
  line = new CommandLine().withCatalog(catalog().settings({ timezone: 'Europe/Berlin' }))
  tokenFile = line.repository.beside('token')
  writeFileSync(tokenFile, `${TOKEN}\n`)
  emulator = await createEmulator({
    service: 'github',
    port: await freePort(),
    seed: {
      tokens: { [TOKEN]: { login: 'abc', scopes: ['repo', 'user'] } },
      github: {
        users: [{ login: 'abc', name: 'ABC', email: 'abc@example.com' }],
        repos: [{ owner: 'abc', name: 'ml-models', auto_init: true }],
      },
    } as never,
  })
  proxy = new ApiProxy(emulator.url)
  apiUrl = await proxy.listen()
})

beforeEach(() => {
  answers = { '/codeowners/errors': { status: 200, body: { errors: [] } } }
  proxy.requests.length = 0
  proxy.decide = ({ path }) => answers[path.replace(BASE, '').split('?')[0] ?? ''] ?? null
  writeFileSync(tokenFile, `${TOKEN}\n`)
  commitFiles()
})

afterAll(async () => {
  await proxy.close()
  await emulator.close()
  await line[Symbol.asyncDispose]()
})

describe('the doctor and GitHub', () => {
  test('is content where a ruleset asks for everything, and reads only', async () => {
    rules(everything)
    const found = await looked()
    expect(levelsOf(found)).toEqual({ github: 'ok', 'branch rules': 'ok', 'code owners': 'ok', workflows: 'ok' })
    expect([...found.keys()]).toEqual(['github', 'branch rules', 'code owners', 'workflows'])
    expect(found.get('github')?.message).toBe('abc/ml-models is reachable; its default branch is main')
    expect(found.get('branch rules')?.message).toBe(
      'main: pull requests with 2 approvals, code owner review, the last push approved by somebody else; status checks; no force push',
    )
    expect(found.get('code owners')?.message).toBe('.github/CODEOWNERS covers /models/_platform/')
    expect(found.get('workflows')?.message).toBe('.github/workflows/steward.yml runs steward')
    expect(proxy.requests.map(({ method, path }) => `${method} ${path.replace(BASE, '')}`).toSorted()).toEqual([
      'GET ',
      'GET /codeowners/errors',
      'GET /rules/branches/main?per_page=100',
    ])
  })

  test('shows them last in `steward doctor`, as text and as JSON, and exits 0', async () => {
    rules([])
    const json = await line.run(['doctor', '--json'], identity())
    const { checks, format } = JSON.parse(json.out) as { format: string; checks: readonly Check[] }
    expect(format).toBe('steward.doctor/v1')
    expect(checks.map(({ name }) => name).slice(-5)).toEqual([
      'checkpoint',
      'github',
      'branch rules',
      'code owners',
      'workflows',
    ])
    expect(json.code).toBe(0)
    const { out } = await line.run(['doctor'], identity())
    expect(out).toMatch(/^warning {2}branch rules +missing for main: pull requests required, one approval, /m)
    expect(json.out + out).not.toContain(TOKEN)
  })
})

describe('the rules of the default branch', () => {
  test.each([
    ['an approval is not asked for', { required_approving_review_count: 0 }, 'one approval'],
    ['code owners are not asked', { require_code_owner_review: false }, 'code owner review'],
    ['approvals outlive a push', { dismiss_stale_reviews_on_push: false }, 'stale reviews dismissed'],
  ])('names what is missing where %s', async (_reason, change, missing) => {
    const [pull, ...rest] = everything
    rules([{ ...pull, parameters: { ...pull?.parameters, ...change } }, ...rest])
    expect((await looked()).get('branch rules')).toMatchObject({
      level: 'warning',
      message: `missing for main: ${missing}`,
      help: expect.stringContaining('docs/github.md'),
    })
  })

  test.each([
    ['pull_request', 'pull requests required, one approval, code owner review, stale reviews dismissed'],
    ['required_status_checks', 'required status checks'],
    ['non_fast_forward', 'no force push'],
  ])('names what is missing without a rule %s', async (type, missing) => {
    rules(everything.filter((rule) => rule.type !== type))
    expect((await looked()).get('branch rules')?.message).toBe(`missing for main: ${missing}`)
  })

  test('adds up rulesets, of which each asks for a part', async () => {
    const [pull] = everything
    const weak = { ...pull, parameters: { ...pull?.parameters, required_approving_review_count: 0 } }
    rules([weak, ...everything, weak])
    expect((await looked()).get('branch rules')?.level).toBe('ok')
  })

  test('names everything where nothing protects the branch, though who asks may not read its protection', async () => {
    rules([])
    const { message = '', help } = (await looked()).get('branch rules') ?? {}
    expect(message).toContain('missing for main: pull requests required')
    expect(message).toContain('no force push')
    expect(help).not.toContain('Administration')
  })

  test('skips where neither may be read, and says which permissions that takes', async () => {
    const denied = { status: 403, body: { message: 'Resource not accessible by integration' } }
    answers['/rules/branches/main'] = denied
    answers['/branches/main/protection'] = denied
    const found = await looked()
    expect(found.get('branch rules')).toMatchObject({
      level: 'skipped',
      message: expect.stringMatching(/rulesets and branch protection.*Metadata: read.*Administration: read/),
    })
    expect(found.get('code owners')?.level).toBe('ok')
  })

  describe('with branch protection', () => {
    const protect = (change: object = {}): Promise<void> =>
      asPerson('PUT', '/branches/main/protection', {
        required_pull_request_reviews: {
          required_approving_review_count: 1,
          dismiss_stale_reviews: true,
          require_code_owner_reviews: true,
        },
        required_status_checks: { strict: true, contexts: ['validate'] },
        enforce_admins: true,
        restrictions: null,
        ...change,
      })

    afterAll(() => asPerson('DELETE', '/branches/main/protection'))

    test('is content with it where there are no rulesets: an empty list, or a server that has none', async () => {
      await protect()
      rules([])
      expect((await looked()).get('branch rules')).toMatchObject({
        level: 'ok',
        message: 'main: pull requests with 1 approval, code owner review; status checks; no force push',
      })
      delete answers['/rules/branches/main']
      expect((await looked()).get('branch rules')?.level).toBe('ok')
    })

    test('names what it lacks', async () => {
      await protect({ required_status_checks: null, allow_force_pushes: true })
      rules([])
      expect((await looked()).get('branch rules')?.message).toBe(
        'missing for main: required status checks, no force push',
      )
    })

    test('counts it together with a ruleset that asks for the rest', async () => {
      await protect({ required_status_checks: null })
      rules(everything.filter(({ type }) => type === 'required_status_checks'))
      expect((await looked()).get('branch rules')?.level).toBe('ok')
    })

    test('claims nothing where it alone protects the branch, and may not be read', async () => {
      await protect()
      rules([])
      answers['/branches/main/protection'] = { status: 403 }
      expect((await looked()).get('branch rules')).toMatchObject({
        level: 'skipped',
        message: expect.stringContaining('can not be read (branch protection)'),
      })
      rules(everything.slice(0, 1))
      expect((await looked()).get('branch rules')).toMatchObject({
        level: 'warning',
        message: 'missing for main: required status checks, no force push',
        help: expect.stringContaining('branch protection can not be read and may add some'),
      })
    })
  })
})

describe('CODEOWNERS', () => {
  test.each([
    ['everything', '* @abc/all', 'ok'],
    ['the folder', '/models/_platform/ @abc/platform', 'ok'],
    ['the folder without a slash at its end', 'models/_platform @abc/platform # who runs it', 'ok'],
    ['such a folder anywhere', '_platform/ @abc/platform', 'ok'],
    ['such a folder, by stars', '**/_platform/** @abc/platform', 'ok'],
    ['all documents, whatever stands between', '/models/**/*.yaml @abc/all', 'ok'],
    ['a comment alone', '# /models/_platform/ @abc/platform', 'warning'],
    ['another folder', '/models/abc_corp/ @abc/data-science', 'warning'],
    ['a folder of that name elsewhere', '/_platform/ @abc/platform', 'warning'],
    ['the folder, taken back by the last line', '* @abc/all\n/models/_platform/', 'warning'],
  ])('with a line for %s', async (_reason, text, level) => {
    rules(everything)
    commitFiles({ '.github/CODEOWNERS': `${text}\n` })
    expect((await looked()).get('code owners')?.level).toBe(level)
  })

  test('names the places that a line leaves out', async () => {
    commitFiles({ '.github/CODEOWNERS': '/models/_platform/* @abc/platform\n' })
    expect((await looked()).get('code owners')).toMatchObject({
      message:
        '.github/CODEOWNERS names nobody for /models/_platform/runtimes/, /models/_platform/lifecycles/, /models/_platform/freezes/',
      help: expect.stringContaining('/models/_platform/ @organisation/team'),
    })
  })

  test('counts only the first of the places in which it may stand', async () => {
    commitFiles({ CODEOWNERS: '* @abc/all\n', 'docs/CODEOWNERS': '', '.github/CODEOWNERS': null })
    expect((await looked()).get('code owners')?.message).toBe('CODEOWNERS covers /models/_platform/')
    commitFiles({ CODEOWNERS: '* @abc/all\n', '.github/CODEOWNERS': '# nobody yet\n' })
    expect((await looked()).get('code owners')?.level).toBe('warning')
  })

  test('is missed', async () => {
    commitFiles({ '.github/CODEOWNERS': null })
    expect((await looked()).get('code owners')).toMatchObject({
      level: 'warning',
      message: 'there is no CODEOWNERS at HEAD',
    })
  })

  test('shows the first lines that GitHub skips, and does without its word', async () => {
    const error = (number: number, suggestion: string | null): object => ({
      ...{ line: number, column: 1, kind: 'Unknown owner', suggestion, path: '.github/CODEOWNERS', message: '…' },
    })
    const errors = [error(7, 'make sure the team @abc/x exists'), error(8, null), error(9, null), error(10, null)]
    answers['/codeowners/errors'] = { status: 200, body: { errors } }
    expect((await looked()).get('code owners')).toMatchObject({
      level: 'warning',
      message:
        'GitHub skips lines of CODEOWNERS on main: line 7: Unknown owner; line 8: Unknown owner; line 9: Unknown owner; and 1 more',
      help: 'make sure the team @abc/x exists',
    })
    answers['/codeowners/errors'] = { status: 404 }
    expect((await looked()).get('code owners')?.level).toBe('ok')
  })
})

describe('workflows', () => {
  const workflow = (on: string, step: string): Record<string, string> => ({
    '.github/workflows/steward.yml': `on: ${on}\njobs:\n  plan:\n    steps:\n      - ${step}\n`,
  })

  test.each([
    ['pull_request', 'uses: abc/model-steward@v1', 'ok'],
    ['[pull_request, merge_group]', 'run: npx steward validate', 'ok'],
    ['pull_request # never pull_request_target', 'uses: abc/model-steward@v1', 'ok'],
    ['pull_request_target', 'uses: abc/model-steward@v1', 'warning'],
    ['[push, pull_request_target]', 'run: steward plan', 'warning'],
    ['{pull_request_target: {branches: [main]}}', 'uses: "abc/model-steward@v1"', 'warning'],
    ['pull_request_target', 'uses: actions/labeler@v5', 'warning'],
    ['pull_request', '# uses: abc/model-steward@v1', 'warning'],
  ])('on %s, with the step %s', async (on, step, level) => {
    commitFiles(workflow(on, step))
    expect((await looked()).get('workflows')?.level).toBe(level)
  })

  test('says which one runs with secrets, and what to do where none runs steward', async () => {
    commitFiles(workflow('pull_request_target', 'uses: abc/model-steward@v1'))
    expect((await looked()).get('workflows')).toMatchObject({
      message: expect.stringContaining('.github/workflows/steward.yml'),
      help: expect.stringContaining('Use pull_request'),
    })
    commitFiles({ '.github/workflows/steward.yml': null })
    expect((await looked()).get('workflows')).toMatchObject({
      level: 'warning',
      message: 'no workflow at HEAD runs steward',
      help: expect.stringContaining('docs/github.md'),
    })
  })
})

describe('without an answer of GitHub', () => {
  const server = async (answer: Parameters<typeof createServer>[1]): Promise<Server> => {
    const made = createServer(answer ?? (() => undefined))
    await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
    return made
  }
  const urlOf = (made: Server): string => `http://127.0.0.1:${(made.address() as AddressInfo).port}`

  test.each([
    ['no identity', { STEWARD_GITHUB_TOKEN_FILE: '' }, 'set STEWARD_GITHUB_TOKEN_FILE'],
    ['no name of the repository', { GITHUB_REPOSITORY: '' }, 'set GITHUB_REPOSITORY=owner/name'],
  ])('is skipped with %s', async (_reason, variables, text) => {
    const found = await looked(variables)
    expect([...found.keys()]).toEqual(['github'])
    expect(found.get('github')).toMatchObject({ level: 'skipped', message: expect.stringContaining(text) })
    expect(proxy.requests).toEqual([])
  })

  test('is skipped where there is no repository', async () => {
    const found = await looked({}, { repo: line.folder('empty') })
    expect(levelsOf(found)).toEqual({ github: 'skipped' })
  })

  test('shows a token of the shell to no other host because a remote names it', async () => {
    line.repository.git('remote', 'add', 'origin', 'https://me:s3cr3t@git.example.com/abc/ml-models.git')
    try {
      const shell = { STEWARD_GITHUB_TOKEN_FILE: '', GITHUB_TOKEN: TOKEN }
      const found = await looked({ ...shell, GITHUB_API_URL: '' })
      expect(found.get('github')).toMatchObject({
        level: 'skipped',
        message: expect.stringContaining('`origin` is on git.example.com; set GITHUB_API_URL'),
      })
      expect(JSON.stringify([...found])).not.toContain('s3cr3t')
      expect((await looked(shell)).get('github')?.level).toBe('ok')
    } finally {
      line.repository.git('remote', 'remove', 'origin')
    }
  })

  test.each([
    [401, 'Bad credentials', 'The token is wrong or has expired.'],
    [404, 'Not Found', 'Look at the repository’s name, and whether the token may see it.'],
  ])('says what %i means, and looks at the files all the same', async (status, message, help) => {
    answers[''] = { status, body: { message } }
    const found = await looked()
    expect(found.get('github')).toMatchObject({
      level: 'warning',
      message: `GitHub: the repository: ${status}: ${message}`,
      help,
    })
    expect(levelsOf(found)).toEqual({
      ...{ github: 'warning', 'branch rules': 'skipped', 'code owners': 'ok', workflows: 'ok' },
    })
  })

  test('warns of a connection that is refused, and of one that is cut later', async () => {
    const found = await looked({ GITHUB_API_URL: `http://127.0.0.1:${await freePort()}` })
    expect(found.get('github')).toMatchObject({ level: 'warning', message: 'no answer from GitHub (ECONNREFUSED)' })
    expect(found.get('branch rules')?.level).toBe('skipped')
    answers['/rules/branches/main'] = 'lost'
    answers['/codeowners/errors'] = 'lost'
    expect(levelsOf(await looked())).toEqual({
      ...{ github: 'ok', 'branch rules': 'warning', 'code owners': 'warning', workflows: 'ok' },
    })
  })

  test('waits for a silent server no longer than it may', async () => {
    const silent = await server(() => undefined)
    try {
      const begun = performance.now()
      const found = await looked({ GITHUB_API_URL: urlOf(silent) }, { signal: AbortSignal.timeout(300) })
      expect(performance.now() - begun).toBeLessThan(5_000)
      expect(found.get('github')).toMatchObject({ level: 'warning', message: 'no answer from GitHub (not in time)' })
    } finally {
      silent.closeAllConnections()
      silent.close()
    }
  })

  test('knows a server that is no GitHub', async () => {
    const other = await server((_request, response) => response.end('<html>Welcome</html>'))
    try {
      const found = await looked({ GITHUB_API_URL: urlOf(other) })
      expect(found.get('github')?.message).toBe('the server does not answer as GitHub does')
    } finally {
      other.close()
    }
  })

  test('shows neither a token that is no header nor the password of an address', async () => {
    writeFileSync(tokenFile, 's3cr3t-one\ns3cr3t-two\n')
    const broken = await looked()
    expect(broken.get('github')?.level).toBe('warning')
    const address = await looked({ GITHUB_API_URL: apiUrl.replace('//', '//me:s3cr3t@') })
    expect(address.get('github')?.level).toBe('warning')
    expect(JSON.stringify([...broken, ...address])).not.toContain('s3cr3t')
  })

  test('warns of an identity that is not whole', async () => {
    const missing = await looked({ STEWARD_GITHUB_TOKEN_FILE: line.repository.beside('nothing') })
    expect(missing.get('github')).toMatchObject({ level: 'warning', message: expect.stringContaining('ENOENT') })
    const app = await looked({ STEWARD_GITHUB_TOKEN_FILE: '', STEWARD_GITHUB_APP_ID: '7' })
    expect(app.get('github')).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('STEWARD_GITHUB_APP_KEY_FILE'),
    })
  })
})

async function freePort(): Promise<number> {
  const server = createNetServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
