import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createMissingTables } from '../../src/recorded/create-tables.ts'
import { embeddedClientSettings } from '../../src/store/client-settings.ts'
import { applyHere } from './apply-here.ts'
import { readItems, type StoredItem } from './stored-items.ts'
import { checkout, Workspace, type Finished } from './workspace.ts'

const path = 'abc_corp/pricing/vehicle_repair_cost'
export const MODEL = `/${path}`

/** What a world is brought to, one after the other. */
export const stages = ['first deployment', 'promotion', 'retirement', 'prune'] as const
export type Stage = (typeof stages)[number]

export interface Started {
  readonly process: ChildProcess
  readonly pid: number
  readonly ended: Promise<Finished & { readonly signal: NodeJS.Signals | null }>
}

export interface ApplyOptions {
  /** Instead of the store itself: a proxy in front of it. */
  readonly endpoint?: string
  readonly lease?: string
  /** `HARNESS_STOP`, `HARNESS_PAUSE`: see harness-cli.ts. */
  readonly harness?: Readonly<Record<string, string>>
}

/** One model with at most one deployment, a model host, and tables under a prefix of their own in a store of others. */
export class CrashWorld implements AsyncDisposable {
  readonly workspace = new Workspace()
  readonly prefix: string
  readonly #store: string
  readonly #client: DynamoDBClient
  #host = { control: '', token: '' }

  static async open(store: string): Promise<CrashWorld> {
    const world = new CrashWorld(store)
    await createMissingTables({ client: world.#client, prefix: world.prefix })
    world.#host = await world.workspace.host()
    return world
  }

  private constructor(store: string) {
    this.#store = store
    this.#client = new DynamoDBClient(embeddedClientSettings(store))
    this.prefix = `w${crypto.randomUUID().slice(0, 8)}-`
  }

  /** Commits what the stage declares. */
  declare(stage: Stage): void {
    const models = join(this.workspace.repo, 'models')
    const example = join(checkout, 'models', path)
    rmSync(join(models, 'abc_corp'), { recursive: true })
    // A model without deployments stays, so that never nothing is declared.
    const rest = 'abc_corp/claim/doc_classification'
    cpSync(join(checkout, 'models', rest, 'model.yaml'), join(models, rest, 'model.yaml'), { recursive: true })
    if (stage !== 'prune') {
      cpSync(join(example, 'model.yaml'), join(models, path, 'model.yaml'))
      for (const number of stage === 'first deployment' ? [1] : [1, 2]) {
        cpSync(join(example, `versions/${number}.yaml`), join(models, path, `versions/${number}.yaml`))
      }
    }
    if (stage === 'first deployment' || stage === 'promotion') {
      cpSync(join(example, 'deployments/prod.yaml'), join(models, path, 'deployments/prod.yaml'))
      if (stage === 'promotion') {
        this.workspace.edit(`${path}/deployments/prod.yaml`, 'model_version: 1', 'model_version: 2')
      }
    }
    this.workspace.commit(stage)
  }

  /** Takes the last commit back. */
  goBack(): void {
    this.workspace.git('revert', '--no-edit', 'HEAD')
  }

  /** `steward apply --yes --wait` in a process of its own. */
  apply(options: ApplyOptions = {}): Started {
    const words = ['apply', '--yes', '--wait', '--timeout', '30s', '--lease', options.lease ?? '5s']
    return this.start(words, options)
  }

  /** The same in this process, which is another controller. */
  applyHere(leaseMs = 10_000): Promise<void> {
    return applyHere(this.workspace, { endpoint: this.#store, prefix: this.prefix, leaseMs })
  }

  start(words: readonly string[], { endpoint = this.#store, harness }: ApplyOptions = {}): Started {
    const { repo, state, artifacts, folder } = this.workspace
    const { PATH, HOME } = process.env
    const program = join(checkout, harness === undefined ? 'bin/steward.mjs' : 'test/support/harness-cli.ts')
    const child = spawn(process.execPath, [program, ...words, '--repo', repo, '--state', state], {
      cwd: folder,
      env: {
        ...{ PATH, HOME, STEWARD_ARTIFACTS_URI: pathToFileURL(artifacts).href },
        ...{ STEWARD_DYNAMODB_ENDPOINT: endpoint, STEWARD_TABLE_PREFIX: this.prefix },
        ...harness,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    const ended = new Promise<Finished & { signal: NodeJS.Signals | null }>((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, out, err }))
    })
    return { process: child, pid: child.pid ?? 0, ended }
  }

  /** Everything that the tables hold, as they hold it. */
  items(): Promise<StoredItem[]> {
    return readItems(this.#client, this.prefix)
  }

  /** What the model host was asked to run. */
  async running(): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.#host.token}` }
    const response = await fetch(new URL('/v1/deployments', this.#host.control), { headers })
    const { deployments } = (await response.json()) as { deployments: HostReport[] }
    return deployments.map(({ key, path, deleting, sets }) => {
      const asked = sets.map(({ id, weight, ready, failure }) => ({ id, weight, ready, failure }))
      return { key, path, deleting, sets: asked }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy()
    await this.workspace.close()
  }
}

interface HostReport {
  readonly key: string
  readonly path: string
  readonly deleting: boolean
  readonly sets: readonly {
    readonly id: string
    readonly weight: number
    readonly ready: number
    readonly failure: unknown
  }[]
}
