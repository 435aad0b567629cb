import { join } from 'node:path'
import { errorMessage } from '../domain/errors.ts'
import { fileNameOfKey, type HostContext } from './context.ts'
import { bodyDigestOf, type DeploymentBody } from './deployment-body.ts'
import type { DesiredState, RecordedDeployment } from './desired-state.ts'
import { Refusal } from './refusal.ts'
import { RunningDeployment } from './running-deployment.ts'
import { pruneLogs } from './server-log.ts'
import { NO_TRAFFIC } from './traffic.ts'
import { WorkFolders } from './work-folders.ts'

/** Log files of sets that no longer run, kept per deployment. A count. */
const KEPT_LOGS = 20

/** All deployments of the host: what is asked, on disk and in processes. */
export class Supervisor {
  readonly #context: HostContext
  readonly #desired: DesiredState
  readonly #workFolders: WorkFolders
  readonly #ports = new Set<number>()
  readonly #deployments = new Map<string, RunningDeployment>()
  /** Writes happen one after the other: what is on disk is always what was asked last. */
  #writing: Promise<unknown> = Promise.resolve()

  constructor(context: HostContext, desired: DesiredState) {
    this.#context = context
    this.#desired = desired
    this.#workFolders = new WorkFolders(context)
  }

  get epoch(): number {
    return this.#desired.epoch
  }

  /** Starts what is recorded. Only when nothing of an earlier host runs any more. */
  async restore(): Promise<void> {
    const recorded = await this.#desired.load()
    await this.#workFolders.sweep(recorded.flatMap(({ body }) => body.sets))
    for (const deployment of recorded) this.#run(deployment)
  }

  #run(recorded: RecordedDeployment): void {
    const { key, generation, body } = recorded
    const there = this.#deployments.get(key)
    if (there !== undefined) return there.ask({ key, generation, body })
    const onTraffic = (): void => this.#recordTraffic(key)
    const options = { context: this.#context, workFolders: this.#workFolders, ports: this.#ports, onTraffic }
    this.#deployments.set(key, new RunningDeployment(recorded, options))
  }

  /** In its turn among the writes. Lost, it costs nothing: a restarted host finds out again that all is ready. */
  #recordTraffic(key: string): void {
    this.#writing = this.#writing
      .then(async () => {
        const deployment = this.#deployments.get(key)
        if (deployment === undefined || deployment.deleted) return
        await this.#desired.save({ ...deployment.desired, traffic: deployment.traffic })
      })
      .catch((error: unknown) => this.#context.onMessage(`weights of ${key} not recorded: ${errorMessage(error)}`))
  }

  /** Every deployment, also one that drains after its delete, by key. */
  list(): readonly RunningDeployment[] {
    this.#forgetGone()
    return [...this.#deployments.values()].toSorted((a, b) => (a.desired.key < b.desired.key ? -1 : 1))
  }

  find(key: string): RunningDeployment | undefined {
    this.#forgetGone()
    return this.#deployments.get(key)
  }

  /** The deployment that serves a path. */
  serving(path: string): RunningDeployment | undefined {
    for (const deployment of this.#deployments.values()) {
      if (deployment.desired.body.path === path && !deployment.deleted) return deployment
    }
    return undefined
  }

  #forgetGone(): void {
    for (const [key, deployment] of this.#deployments) if (deployment.gone) this.#deployments.delete(key)
  }

  /** `check` refuses, or gives the change: what is refused does not raise the epoch, what is begun raises it first. */
  async #write<T>(epoch: number, check: () => () => Promise<T>): Promise<T> {
    const result = this.#writing.then(async () => {
      if (epoch < this.epoch) {
        throw new Refusal(409, 'stale_epoch', `epoch ${epoch} is stale: this host has seen epoch ${this.epoch}`)
      }
      const change = check()
      await this.#desired.raiseEpoch(epoch)
      return change()
    })
    this.#writing = result.catch(() => {})
    return result
  }

  /** On disk first, then in processes; the generation that the body has. `check` runs after the epoch's. */
  async put(key: string, epoch: number, check: () => DeploymentBody): Promise<number> {
    return this.#write(epoch, () => {
      const body = check()
      const other = this.serving(body.path)
      if (other !== undefined && other.desired.key !== key) {
        throw new Refusal(422, 'path_taken', `path ${body.path} is already served by ${other.desired.key}`)
      }
      return () => this.#replace(key, body)
    })
  }

  async #replace(key: string, body: DeploymentBody): Promise<number> {
    const there = this.find(key)
    const before = there?.deleted === true ? undefined : there?.desired
    if (before !== undefined && bodyDigestOf(before.body) === bodyDigestOf(body)) return before.generation
    const generation = (there?.desired.generation ?? 0) + 1
    const recorded = { key, generation, body, traffic: there?.traffic ?? NO_TRAFFIC }
    await this.#desired.save(recorded)
    this.#run(recorded)
    const running = new Set(body.sets.map(({ id }) => id))
    await pruneLogs(join(this.#context.folders.logs, fileNameOfKey(key)), running, KEPT_LOGS)
    return generation
  }

  async remove(key: string, epoch: number): Promise<void> {
    await this.#write(epoch, () => {
      const deployment = this.find(key)
      if (deployment === undefined) throw new Refusal(404, 'not_found', `there is no deployment ${key}`)
      return async () => {
        await this.#desired.remove(key)
        deployment.remove()
      }
    })
  }

  /** Drains and ends every server. What is asked stays on disk. */
  async stop(): Promise<void> {
    await this.#writing
    await Promise.all([...this.#deployments.values()].map((deployment) => deployment.stop()))
  }
}
