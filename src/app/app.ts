import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { createDirectoryStore } from '../artifacts/directory-store.ts'
import type { CheckedCatalog, Declarer } from '../declared/declarer.ts'
import type { DeclaredState, ResolvedSettings } from '../declared/declared-state.ts'
import { fulfil } from '../declared/catalog/reading.ts'
import { resolveSettings } from '../declared/settings.ts'
import type { DeploymentMethod } from '../domain/names.ts'
import type { Clock, Ids, Randomness } from '../domain/ports.ts'
import { DynamoDbTables } from '../recorded/dynamodb-tables.ts'
import type { Tables } from '../recorded/tables.ts'
import { createDrivers } from '../runtimes/registry.ts'
import { capabilityTable } from '../runtimes/capability-table.ts'
import type { RuntimeDriver } from '../runtimes/driver.ts'
import type { GitAuthorization } from '../source/history.ts'
import { openRepository, type Repository } from '../source/repository.ts'
import type { RevisionRequest, Source } from '../source/source.ts'
import { envProvider } from '../secrets/env-provider.ts'
import { fileProvider } from '../secrets/file-provider.ts'
import { SecretResolver } from '../secrets/secret-resolver.ts'
import { connectStore } from '../store/connect.ts'
import type { Liveness, ProcessIdentity } from '../system/processes.ts'
import type { Environment } from './environment.ts'
import { changedSince, frameText, openRevision, type FrameText } from './open-revision.ts'
import { withTablesClient, type TablesTarget } from './tables-client.ts'

/** Puts something around a port: the test harness counts calls and stops the process at a chosen one. */
export type PortDecorator = <Port extends object>(name: PortName, port: Port) => Port
export type PortName = 'source' | 'tables' | 'artifacts' | 'runtime' | 'clock' | 'ids' | 'randomness'

export interface AppOptions {
  readonly repo: string
  readonly root: string
  readonly stateDir: string | null
  readonly environment: Environment
  readonly clock: Clock
  readonly ids: Ids
  readonly randomness: Randomness
  readonly identity: ProcessIdentity
  readonly livenessOf: (identity: ProcessIdentity) => Liveness
  /** The command line that runs `steward store` on a state folder. */
  readonly storeCommand: (stateDir: string) => readonly string[]
  readonly decorate?: PortDecorator
  /** For fetching a commit that a clone lacks. */
  readonly gitAuthorization?: GitAuthorization | null
}

export interface DeclaredResult {
  readonly state: DeclaredState
  readonly frame: FrameText
}

export interface CheckedResult {
  readonly catalog: CheckedCatalog
  readonly frame: FrameText
}

/** Where the metadata tables are, and how to reach them. */
export interface TablesPlace {
  /** The engine of the state folder, which has to be asked for its endpoint. */
  readonly embedded: boolean
  /** Null: the region's own, or the embedded engine's. */
  readonly endpoint: string | null
  readonly region: string
  readonly prefix: string
  /** It takes fixed credentials. */
  readonly local: boolean
}

/**
 * The one composition root: opens what a use-case asks for, when it asks, and wires it into the ports.
 * Nothing is opened at construction, so that `validate` loads no SDK.
 */
export class App {
  readonly options: AppOptions
  #declarer: Declarer | null = null
  readonly #closers: (() => void | Promise<void>)[] = []
  #repository: Promise<Repository> | null = null

  constructor(options: AppOptions) {
    this.options = options
  }

  get ids(): Ids {
    return this.#decorate('ids', this.options.ids)
  }

  get randomness(): Randomness {
    return this.#decorate('randomness', this.options.randomness)
  }

  get clock(): Clock {
    return this.#decorate('clock', this.options.clock)
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close()
  }

  repository(): Promise<Repository> {
    this.#repository ??= openRepository(
      this.options.repo,
      this.options.root,
      this.options.gitAuthorization ?? null,
    ).then((repository) => {
      const source: Source = this.#decorate('source', repository.source)
      this.#closers.push(() => source.close())
      return { ...repository, source }
    })
    return this.#repository
  }

  /** The state folder: `--state`, else `.steward` in the repository. Made private, and git-ignored from within. */
  async stateDir(): Promise<string> {
    const { stateDir } = this.options
    return stateDir === null ? join((await this.repository()).top, '.steward') : resolve(stateDir)
  }

  /** What a revision declares. Called again, it costs what has changed since. */
  async declared(request: RevisionRequest, signal?: AbortSignal): Promise<DeclaredResult> {
    const declarer = (this.#declarer ??= await this.#newDeclarer())
    const { source } = await this.repository()
    const { snapshot, base } = await openRevision(source, request, null, signal)
    const reading = declarer.declare({ ...snapshot, base, now: this.clock.now() })
    const state = await fulfil(reading, { revision: snapshot.read, base: source.read })
    return { state, frame: frameText(snapshot) }
  }

  /**
   * What is wrong with a revision, without keeping what it declares. With `since` it is compared with that revision,
   * and only what the change brings is told.
   */
  async checked(request: RevisionRequest, since: string | null, signal?: AbortSignal): Promise<CheckedResult> {
    const declarer = await this.#newDeclarer()
    const { source } = await this.repository()
    const { snapshot, base } = await openRevision(source, request, since, signal)
    const reading = declarer.check({ ...snapshot, base, now: this.clock.now() })
    const all = await fulfil(reading, { revision: snapshot.read, base: source.read })
    const catalog = since === null ? all : { ...all, diagnostics: changedSince(all.diagnostics, snapshot, base) }
    return { catalog, frame: frameText(snapshot) }
  }

  /** Loaded here: `version`, `store` and `host` read no documents. */
  async #newDeclarer(): Promise<Declarer> {
    const { Declarer } = await import('../declared/declarer.ts')
    return new Declarer(capabilityTable)
  }

  /** Where the metadata tables are that Settings name. */
  tablesPlace(settings: ResolvedSettings | null): TablesPlace {
    const { environment } = this.options
    const { tables } = settings ?? resolveSettings({})
    const endpoint = environment.dynamodbEndpoint
    const embedded = endpoint === undefined && tables.backend === 'embedded'
    return {
      embedded,
      endpoint: endpoint ?? null,
      region: embedded ? 'us-east-1' : tables.region,
      prefix: environment.tablePrefix ?? tables.prefix,
      local: embedded || this.hasFixedCredentials(endpoint),
    }
  }

  /** The metadata tables that Settings name; the embedded engine is started on demand. */
  async tables(settings: ResolvedSettings | null): Promise<Tables> {
    const { embedded, endpoint, region, prefix, local } = this.tablesPlace(settings)
    const opened = new DynamoDbTables({
      region,
      prefix,
      local,
      retryConnection: embedded,
      endpoint: async () => (embedded ? (await this.embeddedStore(prefix)).endpoint : endpoint),
    })
    this.#closers.push(() => opened.close())
    return this.#decorate('tables', opened)
  }

  /** A test server on the loopback takes any credentials; real ones come from where the SDK finds them. */
  hasFixedCredentials(endpoint: string | undefined): boolean {
    return endpoint !== undefined && isLoopback(endpoint) && !this.options.environment.awsCredentials
  }

  async embeddedStore(prefix = '', signal?: AbortSignal): Promise<{ endpoint: string; pid: number }> {
    const stateDir = await this.ensureStateDir()
    const store = await connectStore({
      stateDir,
      command: this.options.storeCommand(stateDir),
      clock: this.clock,
      ...(signal !== undefined && { signal }),
    })
    if (prefix !== '') await this.createTables({ endpoint: store.endpoint, local: true, region: 'us-east-1', prefix })
    return store
  }

  async createTables(target: TablesTarget): Promise<{ created: string[]; existing: string[] }> {
    const { createMissingTables } = await import('../recorded/create-tables.ts')
    return withTablesClient(target, (client) =>
      createMissingTables({ client, prefix: target.prefix, clock: this.clock }),
    )
  }

  async ensureStateDir(): Promise<string> {
    const stateDir = await this.stateDir()
    const { ensurePrivateFolder, writeFileIfMissing } = await import('../system/files.ts')
    await ensurePrivateFolder(stateDir)
    await writeFileIfMissing(join(stateDir, '.gitignore'), '*\n')
    return stateDir
  }

  /** The artifact store and the base that keys are resolved against. */
  async artifacts(settings: ResolvedSettings | null): Promise<{ store: ArtifactStore; base: string }> {
    const named = this.options.environment.artifactsUri ?? settings?.artifactsUri ?? 'file:artifacts'
    return {
      store: this.#decorate('artifacts', createDirectoryStore()),
      base: named.startsWith('file:') || !/^[a-z0-9]+:/.test(named) ? await this.#folderUri(named) : named,
    }
  }

  async drivers(): Promise<(method: DeploymentMethod) => RuntimeDriver | null> {
    const { hostControl, hostTokenFile, variable } = this.options.environment
    const drivers = createDrivers({
      stateDir: await this.stateDir(),
      hostControl: hostControl ?? null,
      hostTokenFile: hostTokenFile ?? null,
      secrets: new SecretResolver([envProvider(variable), fileProvider([])]),
    })
    const decorated = new Map([...drivers].map(([method, driver]) => [method, this.#decorate('runtime', driver)]))
    return (method) => decorated.get(method) ?? null
  }

  async #folderUri(named: string): Promise<string> {
    const path = named.startsWith('file://') ? decodeURIComponent(new URL(named).pathname) : named.replace(/^file:/, '')
    const expanded = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path
    if (isAbsolute(expanded)) return pathToFileURL(expanded).href
    return pathToFileURL(join(await this.stateDir(), expanded)).href
  }

  #decorate<Port extends object>(name: PortName, port: Port): Port {
    return this.options.decorate?.(name, port) ?? port
  }
}

function isLoopback(endpoint: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname)
}
