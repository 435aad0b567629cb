import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readJsonObject, writeFileAtomically } from '../system/files.ts'
import { checkBody, checkKey } from './body-checks.ts'
import { fileNameOfKey, type HostContext } from './context.ts'
import { bodyAsJson, type DeploymentBody } from './deployment-body.ts'
import { errorMessage } from '../domain/errors.ts'
import { parseTraffic, type Traffic } from './traffic.ts'

export interface DesiredDeployment {
  readonly key: string
  /** +1 at every change of the body. */
  readonly generation: number
  readonly body: DeploymentBody
}

/** What is on disk: with the weights in force, so that a restarted host goes on as it was. */
export interface RecordedDeployment extends DesiredDeployment {
  readonly traffic: Traffic
}

/** What callers asked for, on disk before they are answered. */
export class DesiredState {
  readonly #context: HostContext
  #epoch: number

  constructor(context: HostContext, epoch: number) {
    this.#context = context
    this.#epoch = epoch
  }

  static async open(context: HostContext): Promise<DesiredState> {
    const epoch = (await readJsonObject(join(context.folders.root, 'epoch.json')))?.['epoch']
    return new DesiredState(context, typeof epoch === 'number' ? epoch : 0)
  }

  /** The highest epoch seen; 0 before the first write. */
  get epoch(): number {
    return this.#epoch
  }

  async raiseEpoch(epoch: number): Promise<void> {
    if (epoch <= this.#epoch) return
    await writeFileAtomically(join(this.#context.folders.root, 'epoch.json'), JSON.stringify({ epoch }))
    this.#epoch = epoch
  }

  #file(key: string): string {
    return join(this.#context.folders.deployments, `${fileNameOfKey(key)}.json`)
  }

  async save({ key, generation, body, traffic }: RecordedDeployment): Promise<void> {
    const recorded = { key, generation, body: bodyAsJson(body), traffic }
    await writeFileAtomically(this.#file(key), JSON.stringify(recorded, null, 2))
  }

  async remove(key: string): Promise<void> {
    await rm(this.#file(key), { force: true })
  }

  /** A file that can't be understood is told and left alone; it hides no other. */
  async load(): Promise<readonly RecordedDeployment[]> {
    const found: RecordedDeployment[] = []
    for (const name of (await readdir(this.#context.folders.deployments)).toSorted()) {
      if (!name.endsWith('.json')) continue
      const path = join(this.#context.folders.deployments, name)
      try {
        const { key, generation, body, traffic } = (await readJsonObject(path)) ?? {}
        if (typeof key !== 'string' || typeof generation !== 'number') throw new Error('it has no key and generation')
        found.push({ key: checkKey(key), generation, body: checkBody(key, body), traffic: parseTraffic(traffic) })
      } catch (error) {
        this.#context.onMessage(`ignored ${path}: ${errorMessage(error)}`)
      }
    }
    return found
  }
}
