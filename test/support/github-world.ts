import { execFile, spawn, spawnSync } from 'node:child_process'
import { sign } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator, type Emulator } from 'emulate'
import { ApiProxy } from './api-proxy.ts'
import { gitServer, type GitServer } from './git-server.ts'
import { checkout } from './workspace.ts'

const OWNER = 'abc'
const REPO = 'ml-models'
const APP_ID = 12345
const INSTALLATION = 100

export interface StepEnd {
  readonly code: number | null
  readonly log: string
  readonly summary: string
  readonly outputs: Readonly<Record<string, string>>
}

export interface Comment {
  readonly id: number
  readonly body: string
  readonly user: { readonly login: string; readonly type: string }
}

export interface Pull {
  readonly number: number
  readonly branch: string
}

/**
 * A repository on a GitHub of one's own: state by an emulator, Git over HTTP by git itself, steps of workflows as
 * processes of the built bundle, in checkouts as actions/checkout makes them.
 */
export class GitHubWorld {
  readonly folder: string
  /** A clone in which people work. */
  readonly clone: string
  /** What is served over HTTP. */
  readonly bare: string
  /** Further variables of every step. */
  environment: Record<string, string> = {}
  readonly proxy: ApiProxy
  readonly #emulator: Emulator
  readonly #git: GitServer
  readonly apiUrl: string
  readonly appKey: string
  token = ''
  #steps = 0

  private constructor(parts: {
    readonly folder: string
    readonly emulator: Emulator
    readonly git: GitServer
    readonly proxy: ApiProxy
    readonly apiUrl: string
    readonly appKey: string
  }) {
    this.folder = parts.folder
    this.clone = join(this.folder, 'work')
    this.bare = join(this.folder, 'git', OWNER, `${REPO}.git`)
    this.#emulator = parts.emulator
    this.#git = parts.git
    this.proxy = parts.proxy
    this.apiUrl = parts.apiUrl
    this.appKey = parts.appKey
  }

  static async open(): Promise<GitHubWorld> {
    const emulator = await createEmulator({
      service: 'github',
      port: await freePort(),
      seed: {
        tokens: { gho_person: { login: OWNER, scopes: ['repo', 'user'] } },
        github: {
          users: [{ login: OWNER, name: 'ABC', email: 'abc@example.com' }],
          repos: [{ owner: OWNER, name: REPO, auto_init: true }],
          apps: [
            {
              app_id: APP_ID,
              slug: 'steward-test',
              name: 'Steward',
              permissions: { contents: 'write', issues: 'write', pull_requests: 'write', checks: 'write' },
              events: [],
              installations: [{ installation_id: INSTALLATION, account: OWNER, repository_selection: 'all' }],
            },
          ],
        },
      } as never,
    })
    const key = emulator.generatedSecrets.find(({ kind }) => kind === 'github.app_private_key')
    if (key === undefined) throw new Error('the emulator has made no key')
    const proxy = new ApiProxy(emulator.url)
    proxy.gathersComments = true
    const apiUrl = await proxy.listen()
    const folder = mkdtempSync(join(tmpdir(), 'steward-github-'))
    const git = await gitServer(join(folder, 'git'))
    const world = new GitHubWorld({ folder, emulator, git, proxy, apiUrl, appKey: String(key.value) })
    mkdirSync(world.bare, { recursive: true })
    world.git(world.bare, 'init', '-q', '--bare', '-b', 'main')
    world.git(world.bare, 'config', 'http.receivepack', 'true')
    world.git(world.bare, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
    world.token = await world.mint()
    return world
  }

  get cloneUrl(): string {
    return `${this.#git.url}/${OWNER}/${REPO}.git`
  }

  /** A token of the installation, as `actions/create-github-app-token` gets one. */
  async mint(): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 30, exp: now + 300, iss: String(APP_ID) })}`
    const signature = sign('RSA-SHA256', Buffer.from(claims), this.appKey).toString('base64url')
    const response = await fetch(`${this.#emulator.url}/app/installations/${INSTALLATION}/access_tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${claims}.${signature}` },
    })
    return ((await response.json()) as { token: string }).token
  }

  /** Variables by which the command line and the daemon are the App itself. */
  app(): Record<string, string> {
    const keyFile = join(this.folder, 'app.pem')
    writeFileSync(keyFile, this.appKey)
    return {
      STEWARD_GITHUB_APP_ID: String(APP_ID),
      STEWARD_GITHUB_APP_KEY_FILE: keyFile,
      STEWARD_GITHUB_INSTALLATION_ID: String(INSTALLATION),
    }
  }

  /** Puts the catalog on main, with shared tables at an endpoint. */
  start(files: Readonly<Record<string, string>>): void {
    mkdirSync(this.clone, { recursive: true })
    this.git(this.clone, 'init', '-q', '-b', 'main')
    this.git(this.clone, 'remote', 'add', 'origin', this.bare)
    this.write(files)
    this.commit('The catalog')
    this.git(this.clone, 'push', '-q', 'origin', 'main')
  }

  write(files: Readonly<Record<string, string | null>>): void {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.clone, path)
      if (text === null) rmSync(file)
      else {
        mkdirSync(join(file, '..'), { recursive: true })
        writeFileSync(file, text)
      }
    }
  }

  commit(message: string): string {
    this.git(this.clone, 'add', '-A')
    this.git(this.clone, 'commit', '-q', '-m', message)
    return this.git(this.clone, 'rev-parse', 'HEAD')
  }

  /** Opens a pull request with one commit on a branch of its own. */
  async openPull(branch: string, files: Readonly<Record<string, string | null>>): Promise<Pull> {
    this.git(this.clone, 'checkout', '-q', '-b', branch, 'main')
    this.write(files)
    const head = this.commit(`Change of ${branch}`)
    this.git(this.clone, 'push', '-q', 'origin', branch)
    this.git(this.clone, 'checkout', '-q', 'main')
    this.proxy.sameCommit(await this.#theirCommit(branch), head)
    const { number } = (await this.api('POST', '/pulls', {
      title: `Change of ${branch}`,
      head: branch,
      base: 'main',
    })) as {
      number: number
    }
    return { number, branch }
  }

  /** Pushes another commit to a pull request. */
  async push({ branch }: Pull, files: Readonly<Record<string, string | null>>): Promise<string> {
    this.git(this.clone, 'checkout', '-q', branch)
    this.write(files)
    const head = this.commit(`More on ${branch}`)
    this.git(this.clone, 'push', '-q', 'origin', branch)
    this.git(this.clone, 'checkout', '-q', 'main')
    // The emulator's pull request stays where it was opened: its one commit stands for the newest.
    const at = (await this.api('GET', `/git/ref/heads/${branch}`)) as { object: { sha: string } }
    this.proxy.sameCommit(at.object.sha, head)
    return head
  }

  /** A commit on main without a pull request. */
  pushToMain(files: Readonly<Record<string, string | null>>, message: string): string {
    this.write(files)
    const commit = this.commit(message)
    this.git(this.clone, 'push', '-q', 'origin', 'main')
    return commit
  }

  /** Squash-merges: one new commit on main, made from what main is now. */
  async squash({ number, branch }: Pull): Promise<string> {
    this.git(this.clone, 'checkout', '-q', 'main')
    this.git(this.clone, 'merge', '-q', '--squash', branch)
    const commit = this.commit(`Change of ${branch} (#${number})`)
    this.git(this.clone, 'push', '-q', 'origin', 'main')
    const merged = (await this.api('PUT', `/pulls/${number}/merge`, { merge_method: 'squash' })) as { sha: string }
    this.proxy.sameCommit(merged.sha, commit)
    return commit
  }

  /** A step on a pull request, in a checkout of its merge with depth 2. */
  async onPull(
    { number, branch }: Pull,
    inputs: Readonly<Record<string, string>>,
    change: { readonly fork?: boolean; readonly head?: string; readonly oldMerge?: boolean } = {},
  ): Promise<StepEnd> {
    await this.alignMain()
    const head = change.head ?? this.git(this.clone, 'rev-parse', branch)
    const base = this.git(this.clone, 'rev-parse', 'main')
    const tree = this.git(this.clone, 'merge-tree', '--write-tree', base, head)
    const merge = this.git(this.clone, 'commit-tree', tree, '-p', base, '-p', head, '-m', 'merge')
    const ref = `refs/pull/${number}/merge`
    // GitHub makes its merge anew only when the head moves, or after hours.
    if (change.oldMerge !== true) this.git(this.clone, 'push', '-q', '-f', 'origin', `${merge}:${ref}`)
    const full = `${OWNER}/${REPO}`
    const event = {
      action: 'synchronize',
      number,
      pull_request: {
        number,
        head: { sha: head, ref: branch, repo: { full_name: change.fork === true ? `someone/${REPO}` : full } },
        base: { sha: base, ref: 'main', repo: { full_name: full } },
      },
      repository: { full_name: full, default_branch: 'main' },
    }
    const token = change.fork === true ? {} : { 'github-token': this.token }
    return this.step({ ...token, ...inputs }, { name: 'pull_request', payload: event, ref, depth: '--depth=2' })
  }

  /** A step on the main branch, in a whole checkout. */
  async onMain(inputs: Readonly<Record<string, string>>, name = 'push', commit = 'refs/heads/main'): Promise<StepEnd> {
    await this.alignMain()
    const payload = { ref: 'refs/heads/main', before: '0'.repeat(40), repository: { default_branch: 'main' } }
    return this.step(
      { 'github-token': this.token, ...inputs },
      { name, payload, ref: 'refs/heads/main', depth: null, commit },
    )
  }

  /** One step as the runner starts it: inputs by variables, the event by a file, what it says by files. */
  async step(
    inputs: Readonly<Record<string, string>>,
    run: {
      readonly name: string
      readonly payload: unknown
      readonly ref: string
      readonly depth: string | null
      /** What is checked out, where it is not the ref. */
      readonly commit?: string
    },
  ): Promise<StepEnd> {
    this.#steps += 1
    const place = join(this.folder, `step-${this.#steps}`)
    const workspace = join(place, 'workspace')
    const temp = join(place, 'temp')
    mkdirSync(workspace, { recursive: true })
    mkdirSync(temp)
    this.git(workspace, 'init', '-q')
    this.git(workspace, 'remote', 'add', 'origin', this.cloneUrl)
    const depth = run.depth === null ? [] : [run.depth]
    await transfer(workspace, 'fetch', '-q', '--no-tags', ...depth, 'origin', run.commit ?? run.ref)
    this.git(workspace, 'checkout', '-q', '--detach', 'FETCH_HEAD')
    if (run.ref.startsWith('refs/heads/')) this.git(workspace, 'checkout', '-q', '-B', 'main')
    const files = { output: join(place, 'output'), summary: join(place, 'summary'), event: join(place, 'event.json') }
    writeFileSync(files.output, '')
    writeFileSync(files.summary, '')
    writeFileSync(files.event, JSON.stringify(run.payload))
    const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])
    const variables = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: this.apiUrl,
      GITHUB_SERVER_URL: 'https://github.example.com',
      GITHUB_REPOSITORY: `${OWNER}/${REPO}`,
      GITHUB_EVENT_NAME: run.name,
      GITHUB_EVENT_PATH: files.event,
      GITHUB_REF: run.ref,
      GITHUB_SHA: this.git(workspace, 'rev-parse', 'HEAD'),
      GITHUB_RUN_ID: '77',
      GITHUB_WORKSPACE: workspace,
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      RUNNER_TEMP: temp,
      ...this.environment,
      ...Object.fromEntries(given),
    }
    const { code, log } = await runBundle(workspace, variables)
    const outputs = readOutputs(readFileSync(files.output, 'utf8'))
    return { code, log, summary: readFileSync(files.summary, 'utf8'), outputs }
  }

  /** Runs the command line on the served repository, as a daemon or a person beside it does. */
  async steward(...words: string[]): Promise<{ readonly code: number | null; readonly log: string }> {
    const program = process.env.STEWARD_TEST_PROGRAM ?? join(checkout, 'bin', 'steward.mjs')
    const tokenFile = join(this.folder, 'token')
    writeFileSync(tokenFile, this.token)
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      CI: 'true',
      GITHUB_API_URL: this.apiUrl,
      GITHUB_REPOSITORY: `${OWNER}/${REPO}`,
      STEWARD_GITHUB_TOKEN_FILE: tokenFile,
      ...this.environment,
    }
    const place = words.includes('--repo') ? [] : ['--repo', this.bare]
    const given = [program, ...words, ...place, '--state', join(this.folder, 'state')]
    return runNode(given, this.folder, env)
  }

  /** Lets the emulator's main branch stand for Git's, so that a change can be made on it. */
  async alignMain(): Promise<void> {
    const at = (await this.api('GET', '/git/ref/heads/main')) as { object: { sha: string } }
    const { tree } = (await this.api('GET', `/git/commits/${at.object.sha}`)) as { tree: { sha: string } }
    this.proxy.sameCommit(at.object.sha, this.git(this.clone, 'rev-parse', 'main'))
    this.proxy.sameCommit(tree.sha, this.git(this.clone, 'rev-parse', 'main^{tree}'))
  }

  async comments(number: number): Promise<readonly Comment[]> {
    return (await this.api('GET', `/issues/${number}/comments?per_page=100`)) as Comment[]
  }

  /** As a person who may write here, and not as the App. */
  asPerson(method: string, path: string, body?: unknown): Promise<unknown> {
    return this.api(method, path, body, 'gho_person')
  }

  async api(method: string, path: string, body?: unknown, token = this.token): Promise<unknown> {
    const response = await fetch(`${this.#emulator.url}/repos/${OWNER}/${REPO}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }

  git(folder: string, ...words: string[]): string {
    const identity = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com', '-c', 'commit.gpgsign=false']
    const quiet = ['-c', 'advice.detachedHead=false', '-c', 'init.defaultBranch=main']
    const result = spawnSync('git', [...identity, ...quiet, ...words], { cwd: folder, encoding: 'utf8' })
    if (result.status !== 0) throw new Error(`git ${words.join(' ')}: ${result.stderr}`)
    return result.stdout.trim()
  }

  async close(): Promise<void> {
    await this.proxy.close()
    await this.#git.close()
    await this.#emulator.close()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  /** A new branch with a commit of the emulator's own, which stands for one of Git's. */
  async #theirCommit(branch: string): Promise<string> {
    const at = (await this.api('GET', '/git/ref/heads/main')) as { object: { sha: string } }
    const parent = (await this.api('GET', `/git/commits/${at.object.sha}`)) as { tree: { sha: string } }
    const tree = (await this.api('POST', '/git/trees', {
      base_tree: parent.tree.sha,
      tree: [{ path: `stand-in-${branch}`, mode: '100644', type: 'blob', content: branch }],
    })) as { sha: string }
    const commit = { message: branch, tree: tree.sha, parents: [at.object.sha] }
    const { sha } = (await this.api('POST', '/git/commits', commit)) as { sha: string }
    await this.api('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha })
    return sha
  }
}

/** The server of Git runs in this process: a transfer over HTTP must not block it. */
function transfer(cwd: string, ...words: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('git', words, { cwd }, (error) => (error === null ? resolve() : reject(error)))
  })
}

function runBundle(cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; log: string }> {
  return runNode([process.env.STEWARD_TEST_ACTION ?? join(checkout, 'dist', 'action.mjs')], cwd, env)
}

function runNode(
  words: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; log: string }> {
  const child = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, log })))
}

/** `name<<delimiter`, lines, the delimiter (docs.github.com, "Workflow commands", multiline strings). */
function readOutputs(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, name, end] of text.matchAll(/^([\w-]+)<<(\S+)$/gm)) {
    const begin = text.indexOf(`${name}<<${end}\n`) + `${name}<<${end}\n`.length
    found[name ?? ''] = text.slice(begin, text.indexOf(`\n${end}\n`, begin))
  }
  return found
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
