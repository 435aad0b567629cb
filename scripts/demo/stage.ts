import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { delimiter, dirname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CleanUp } from './clean-up.ts'
import { runToEnd, type Finished, type Surroundings } from './commands.ts'
import { endProcess, isRunning, processesOf } from './processes.ts'
import { deploymentsOf, type StatusJson } from './product.ts'
import { Service } from './service.ts'
import { PredictionStream, type Answer, type StreamOptions } from './stream.ts'
import { NotObserved, until } from './waiting.ts'

const checkout = join(import.meta.dirname, '..', '..')
const launcher = join(checkout, 'bin', 'steward.mjs')
const NOT_DECLARED = new Set(['_artifacts', '_training'])
const IDENTITY = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com']
const END_MS = 10_000

/** A folder of its own with a Git repository, and everything that is run in it. */
export class Stage {
  readonly folder: string
  readonly repository: string
  readonly state: string
  readonly #stop: AbortController
  readonly #cleanUp: CleanUp
  readonly #around: Surroundings
  readonly #services: Service[] = []

  private constructor(folder: string, stop: AbortController, cleanUp: CleanUp) {
    this.folder = folder
    this.repository = join(folder, 'catalog')
    this.state = join(this.repository, '.steward')
    this.#stop = stop
    this.#cleanUp = cleanUp
    this.#around = { cwd: this.repository, env: environment(), signal: stop.signal }
  }

  static async make(stop: AbortController, cleanUp: CleanUp): Promise<Stage> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'steward-demo-')))
    const stage = new Stage(folder, stop, cleanUp)
    cleanUp.add(() => stage.#removeFolder())
    cleanUp.add(() => stage.#endLeftovers())
    cleanUp.add(() => stage.#endStore())
    await mkdir(stage.repository)
    return stage
  }

  /** Aborted by Ctrl-C, by a service that ends by itself, and by the first failing prediction. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  fail(error: Error): void {
    this.#stop.abort(error)
  }

  /** The example without its archives and its training; new files, since those of a checkout may be read-only. */
  async copyExample(): Promise<void> {
    const models = join(checkout, 'models')
    const entries = await readdir(models, { recursive: true, withFileTypes: true })
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name)
      const inside = relative(models, path)
      if (NOT_DECLARED.has(inside.split(sep)[0] ?? '')) continue
      const target = join(this.repository, 'models', inside)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, await readFile(path))
    }
  }

  /** Replaces what occurs once in a file of the repository. Gives the number of its line, from 1. */
  async edit(path: string, from: string, to: string): Promise<number> {
    const file = join(this.repository, path)
    const text = await readFile(file, 'utf8')
    const [before = '', ...rest] = text.split(from)
    if (rest.length !== 1) throw new NotObserved(`${path} holds ${JSON.stringify(from)} once`)
    await writeFile(file, before + to + rest.join(from))
    return before.split('\n').length
  }

  async git(...words: string[]): Promise<string> {
    const { code, out, err } = await runToEnd('git', [...IDENTITY, ...words], this.#around)
    if (code !== 0) throw new NotObserved(`git ${words.join(' ')} succeeds; it said ${err.trim()}`)
    return out.trim()
  }

  async steward(words: readonly string[], expectedCode = 0): Promise<Finished> {
    const finished = await runToEnd(process.execPath, [launcher, ...words], this.#around)
    if (finished.code === expectedCode) return finished
    const said = `${finished.out}${finished.err}`.trim()
    throw new NotObserved(`steward ${words.join(' ')} exits ${expectedCode}; it exited ${finished.code}:\n${said}`)
  }

  async json<Result>(...words: string[]): Promise<Result> {
    return JSON.parse((await this.steward([...words, '--json'])).out) as Result
  }

  /** Where a deployment is called, from status --json. */
  async endpoint(model: string, wanted: string): Promise<string> {
    const status = await this.json<StatusJson>('status', model, '--stage', wanted)
    const [deployment] = deploymentsOf(status)
    if (typeof deployment?.endpoint === 'string') return deployment.endpoint
    throw new NotObserved(`an endpoint of ${model} in ${wanted}`)
  }

  /** Predictions until the end; the first that fails ends the demo. */
  predictions(options: Omit<StreamOptions, 'onFailure'>): PredictionStream {
    const { endpoint } = options
    const onFailure = (what: string): void =>
      this.fail(new NotObserved(`a prediction for every request to ${endpoint}: ${what}`))
    const stream = new PredictionStream({ ...options, onFailure })
    this.#cleanUp.add(async () => {
      await stream.stop()
      return `the predictions to ${endpoint} ended`
    })
    return stream
  }

  /** Answers to requests sent from now on, at least `count` of them. */
  async nextAnswers(stream: PredictionStream, count: number): Promise<readonly Answer[]> {
    const moment = performance.now()
    const look = (): readonly Answer[] | null => {
      const answers = stream.sentSince(moment)
      return answers.length >= count ? answers : null
    }
    return until(`${count} more answers of ${stream.endpoint}`, look, this)
  }

  start(name: string, words: readonly string[]): Service {
    this.signal.throwIfAborted()
    const service = new Service(name, [launcher, ...words], this.#around, (error) => this.fail(error))
    this.#services.push(service)
    this.#cleanUp.add(() => service.stop())
    return service
  }

  /** The address that a service has written for others; null while there is none of this very process. */
  async addressOf(service: Service, path: string, field: string): Promise<string | null> {
    const file = await this.stateFile(path)
    return file?.['pid'] === service.pid ? String(file?.[field]) : null
  }

  async readJson<Value>(path: string): Promise<Value> {
    return JSON.parse(await readFile(join(this.repository, path), 'utf8')) as Value
  }

  /** The object in a file of the state folder; null while there is none. */
  async stateFile(path: string): Promise<Readonly<Record<string, unknown>> | null> {
    try {
      return JSON.parse(await readFile(join(this.state, path), 'utf8')) as Record<string, unknown>
    } catch {
      return null
    }
  }

  /** The last words of every service, for a failure's message. */
  logs(): string {
    return this.#services
      .map(({ name, log }) => `${name}:\n${log.trimEnd().split('\n').slice(-20).join('\n')}`)
      .join('\n')
  }

  async #endStore(): Promise<string> {
    const pid = Number((await this.stateFile('store.json'))?.['pid'] ?? 0)
    if (pid === 0 || !isRunning(pid)) return 'the embedded store had ended'
    if (!(await endProcess(pid, END_MS))) throw new NotObserved(`the embedded store ends when asked (process ${pid})`)
    return 'the embedded store ended'
  }

  /** The rest of what was interrupted: a store that was just being started, servers of a host that was killed. */
  async #endLeftovers(): Promise<string> {
    const found = processesOf(this.state)
    if (found === null) return 'what was started has been ended (this platform does not list processes)'
    // An engine may outlive the store that started it for a moment, or be started by it meanwhile.
    for (let left = found; left.length > 0; left = processesOf(this.state) ?? []) {
      await Promise.all(left.map((pid) => endProcess(pid, END_MS)))
    }
    if (found.length > 0) throw new NotObserved(`no process is left over; there were ${found.join(', ')}, now ended`)
    return 'no process is left over'
  }

  async #removeFolder(): Promise<string> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 })
    return `${this.folder} is removed`
  }
}

/**
 * What a person's shell would give, less what would lead Git or Steward elsewhere: a hook's GIT_DIR, settings of Git
 * that sign or hook commits, an endpoint of real tables.
 */
function environment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(GIT|STEWARD)_/.test(name))
  return {
    ...Object.fromEntries(kept),
    // A model's server is started as `node`: where the PATH has none, it is the one that runs this.
    PATH: [process.env['PATH'] ?? '', dirname(process.execPath)].filter((part) => part !== '').join(delimiter),
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    STEWARD_ARTIFACTS_URI: pathToFileURL(join(checkout, 'models', '_artifacts')).href,
  }
}
