import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { signal, until } from '../support/waiting.ts'

const checkout = join(import.meta.dirname, '..', '..')
/** What npm prints where no registry answers (Node's and npm's own codes). */
const unreachable = /E(NOTFOUND|AI_AGAIN|CONNREFUSED|TIMEDOUT|NETUNREACH|NOTCACHED)/

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The packed package in an empty project, with a repository of the example catalog beside it. */
export class InstalledPackage {
  readonly #base = mkdtempSync(join(tmpdir(), 'steward-package-'))
  readonly project = join(this.#base, 'project')
  readonly folder = join(this.project, 'node_modules', 'model-steward')
  readonly #repo = join(this.#base, 'repo')
  readonly #state = join(this.#base, 'state')

  /** Packs, which builds, and installs. A text says which registry request found no network. */
  install(): string | null {
    this.#must('npm', ['pack', '--silent', '--pack-destination', this.#base], checkout)
    const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))
    mkdirSync(this.project)
    writeFileSync(join(this.project, 'package.json'), '{"private": true}\n')
    // A request that hangs is asked again instead of waited for.
    const patience = ['--fetch-timeout=45000', '--fetch-retries=3']
    const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', ...patience]
    const tarball = join(this.#base, `model-steward-${version}.tgz`)
    const { code, out, err } = spawned('npm', ['install', ...options, tarball], this.project)
    if (code === 0) return null
    if (unreachable.test(err)) return `npm install found no registry: ${err.split('\n')[0] ?? ''}`
    throw new Error(`npm install exited ${code}: ${err}${out}`)
  }

  writeExample(): void {
    cpSync(join(checkout, 'models'), join(this.#repo, 'models'), {
      recursive: true,
      filter: (path) => !/models[/\\]_(artifacts|training)/.test(path),
    })
    this.#must('git', ['init', '-q', '-b', 'main'], this.#repo)
    this.#must('git', ['add', '-A'], this.#repo)
    const identity = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com', '-c', 'commit.gpgsign=false']
    this.#must('git', [...identity, 'commit', '-q', '-m', 'the example catalog'], this.#repo)
  }

  /** Runs the command as a project's scripts would, by `node_modules/.bin`. */
  steward(...words: string[]): Ran {
    const suffix = process.platform === 'win32' ? '.cmd' : ''
    const command = join(this.project, 'node_modules', '.bin', `steward${suffix}`)
    return spawned(command, [...words, '--repo', this.#repo, '--state', this.#state], this.project, {
      STEWARD_ARTIFACTS_URI: pathToFileURL(join(checkout, 'models', '_artifacts')).href,
    })
  }

  /** The files that a command loads, of the package or of others, by a hook of Node's own. */
  loadedBy(...words: string[]): string[] {
    const hook = join(this.#base, 'hook.mjs')
    writeFileSync(
      hook,
      `import { registerHooks } from 'node:module'
      registerHooks({ load: (url, context, next) => (process._rawDebug('loads ' + url), next(url, context)) })`,
    )
    const main = join(this.folder, 'dist', 'steward', 'main.js')
    const place = words.length === 1 && words[0]?.startsWith('--') === true ? [] : ['--repo', this.#repo]
    const options = ['--import', pathToFileURL(hook).href, main, ...words, ...place]
    const { code, err } = spawned(process.execPath, options, this.project)
    if (code !== 0) throw new Error(`${words.join(' ')} exited ${code}: ${err}`)
    const urls = err.split('\n').flatMap((line) => /^loads (file:.*)$/.exec(line)?.[1] ?? [])
    return urls
      .map((url) => fileURLToPath(url))
      .filter((file) => file.startsWith(realpathSync(join(this.project, 'node_modules'))))
  }

  async remove(): Promise<void> {
    const storePid = (): number | null => {
      try {
        return Number(JSON.parse(readFileSync(join(this.#state, 'store.json'), 'utf8')).pid)
      } catch {
        return null
      }
    }
    const store = storePid()
    if (store !== null) {
      signal(store, 'SIGTERM')
      await until('the store ends', () => storePid() === null || !signal(store, 0))
    }
    rmSync(this.#base, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  #must(command: string, words: readonly string[], folder: string): void {
    const { code, out, err } = spawned(command, words, folder)
    if (code !== 0) throw new Error(`${command} ${words.join(' ')} exited ${code}: ${err}${out}`)
  }
}

/** What npm needs to reach its registry where a proxy is between, or certificates of the company's own. */
const REACH =
  /^(NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|npm_config_(registry|cafile|userconfig|cache)|(https?|no)_proxy)$/i
/** Longer than the patience of every request, so that what hangs is a failure and not the end of the day. */
const LONGEST_MS = 240_000

function spawned(command: string, words: readonly string[], cwd: string, more: Record<string, string> = {}): Ran {
  const { PATH, HOME } = process.env
  const reach = Object.fromEntries(Object.entries(process.env).filter(([name]) => REACH.test(name)))
  const env = { PATH, HOME, ...reach, ...more }
  const options = { cwd, env, encoding: 'utf8', shell: process.platform === 'win32', timeout: LONGEST_MS } as const
  const { status, stdout, stderr, error } = spawnSync(command, words, options)
  if (error !== undefined) throw error
  return { code: status, out: stdout, err: stderr }
}
