import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { signal, until } from './waiting.ts'

export const checkout = join(import.meta.dirname, '..', '..')
/** The bundle where the run of the tests has made one (bundle-setup.ts), else the sources. */
const steward = process.env.STEWARD_TEST_PROGRAM ?? join(checkout, 'bin', 'steward.mjs')
const exampleArtifacts = join(checkout, 'models', '_artifacts')

export interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Ended extends Finished {
  readonly signal: NodeJS.Signals | null
}

export type Running = ChildProcess & { readonly log: () => string }

/** A scratch repository with the example catalog, a state folder of its own, and whatever was started in it. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'steward-e2e-'))
  readonly repo = join(this.folder, 'repo')
  readonly state = join(this.folder, 'state')
  readonly artifacts = join(this.folder, 'artifacts')
  /** Further variables of every command. */
  environment: Record<string, string> = {}
  readonly #children: ChildProcess[] = []

  constructor() {
    cpSync(join(checkout, 'models'), join(this.repo, 'models'), {
      recursive: true,
      filter: (path) => !/models[/\\]_(artifacts|training)/.test(path),
    })
    cpSync(exampleArtifacts, this.artifacts, { recursive: true })
    this.git('init', '-q', '-b', 'main')
    this.commit('the example catalog')
  }

  git(...words: string[]): string {
    const identity = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com', '-c', 'commit.gpgsign=false']
    const result = spawnSync('git', [...identity, ...words], { cwd: this.repo, encoding: 'utf8' })
    if (result.status !== 0) throw new Error(`git ${words.join(' ')}: ${result.stderr}`)
    return result.stdout.trim()
  }

  commit(message: string): string {
    this.git('add', '-A')
    this.git('commit', '-q', '-m', message)
    return this.git('rev-parse', 'HEAD')
  }

  read(path: string): string {
    return readFileSync(join(this.repo, 'models', path), 'utf8')
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.repo, 'models', path), text)
  }

  edit(path: string, from: string | RegExp, to: string): void {
    const before = this.read(path)
    const after = before.replace(from, to)
    if (after === before) throw new Error(`${path} has nothing like ${String(from)}`)
    this.write(path, after)
  }

  async run(...words: string[]): Promise<Finished> {
    return this.#finished(this.#words(words), this.#variables())
  }

  /** A command that ends or pauses itself at a call: see harness-cli.ts. */
  async runHarness(harness: Readonly<Record<string, string>>, ...words: string[]): Promise<Ended> {
    const program = join(checkout, 'test', 'support', 'harness-cli.ts')
    return this.#finished([program, ...this.#words(words).slice(1)], { ...this.#variables(), ...harness })
  }

  async #finished(words: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
    const child = spawn(process.execPath, words, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    return new Promise((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, out, err }))
    })
  }

  /** Runs a command that must succeed and reads its JSON. */
  async json<Result>(...words: string[]): Promise<Result> {
    const { code, out, err } = await this.run(...words, '--json')
    if (code !== 0) throw new Error(`steward ${words.join(' ')} exited ${code}: ${err}${out}`)
    return JSON.parse(out) as Result
  }

  /** Starts a command that stays. */
  start(...words: string[]): Running {
    const child = spawn(process.execPath, this.#words(words), {
      cwd: this.folder,
      env: this.#variables(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let log = ''
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    this.#children.push(child)
    return Object.assign(child, { log: () => log })
  }

  async host(): Promise<{ gateway: string; control: string; token: string; process: Running }> {
    const started = this.start('host', '--listen', '127.0.0.1:0', '--control', '127.0.0.1:0')
    const file = join(this.state, 'host', 'host.json')
    const { gateway, control } = await until('the host listens', () => JSON.parse(readFileSync(file, 'utf8')))
    const token = readFileSync(join(this.state, 'host', 'token'), 'utf8').trim()
    return { gateway, control, token, process: started }
  }

  daemon(...words: string[]): Running {
    return this.start('serve', '--interval', '1s', '--lease', '3s', '--listen', '127.0.0.1:0', ...words)
  }

  storePid(state = this.state): number | null {
    try {
      return Number(JSON.parse(readFileSync(join(state, 'store.json'), 'utf8')).pid)
    } catch {
      return null
    }
  }

  /** Ends everything that was started here, the store last, and removes the folder. */
  async close(): Promise<void> {
    for (const child of this.#children.toReversed()) await end(child)
    for (const state of [this.state, join(this.repo, '.steward')]) {
      const store = this.storePid(state)
      if (store === null) continue
      signal(store, 'SIGTERM')
      await until('the store ends', () => this.storePid(state) === null || !signal(store, 0)).catch(() => null)
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  #words(words: readonly string[]): string[] {
    const place = words.some((word) => word === '--state') ? [] : ['--state', this.state]
    return [steward, ...words, '--repo', this.repo, ...place]
  }

  #variables(): NodeJS.ProcessEnv {
    const { PATH, HOME } = process.env
    return { PATH, HOME, STEWARD_ARTIFACTS_URI: pathToFileURL(this.artifacts).href, ...this.environment }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(timer)
}
