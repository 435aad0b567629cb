import type { Json } from '../domain/json.ts'
import { Balancer } from './balancing.ts'
import { Changes } from './changes.ts'
import { specDigestOf, type SetBody } from './deployment-body.ts'
import { reportOf } from './deployment-report.ts'
import type { DesiredDeployment, RecordedDeployment } from './desired-state.ts'
import type { ServerProcess } from './server-process.ts'
import { ServerSet, type SetOptions } from './server-set.ts'
import { weightsInForce, type Traffic } from './traffic.ts'

/** Where requests of a deployment may go now, as the gateway sees it. */
export interface Target {
  readonly setId: string
  readonly modelVersion: number
  readonly weight: number
  readonly processes: readonly ServerProcess[]
}

/** A set as asked, and the one of the same id that still serves until it is complete. */
export interface Slot {
  readonly current: ServerSet
  readonly previous: ServerSet | null
}

export interface DeploymentOptions extends Omit<SetOptions, 'onChange' | 'key'> {
  /** Other weights came in force. */
  onTraffic(): void
}

/** What runs for one key. `ask` is declarative and may come at any time; everything else follows by itself. */
export class RunningDeployment {
  readonly changes = new Changes()
  readonly balancer = new Balancer()
  readonly #options: DeploymentOptions
  readonly #leaving = new Map<ServerSet, Promise<void>>()
  #slots: ReadonlyMap<string, Slot> = new Map()
  #desired: DesiredDeployment
  #deleted = false
  /** Of the desired body, or of the last one that was complete. */
  #traffic: Traffic
  #observedGeneration = 0
  #becoming = false

  constructor(desired: RecordedDeployment, options: DeploymentOptions) {
    this.#options = options
    this.#desired = desired
    this.#traffic = desired.traffic
    this.ask(desired)
  }

  get desired(): DesiredDeployment {
    return this.#desired
  }

  get traffic(): Traffic {
    return this.#traffic
  }

  get deleted(): boolean {
    return this.#deleted
  }

  /** Nothing runs any more. */
  get gone(): boolean {
    return this.#deleted && this.#slots.size === 0 && this.#leaving.size === 0
  }

  ask(desired: DesiredDeployment): void {
    this.#deleted = false
    this.#become(desired)
  }

  /** Everything drains; `gone` tells the end. */
  remove(): void {
    this.#deleted = true
    this.#become({ ...this.#desired, body: { ...this.#desired.body, sets: [] } })
  }

  /** Ends all servers: at the end of the host. */
  async stop(): Promise<void> {
    this.remove()
    await Promise.all(this.#leaving.values())
  }

  #become(desired: DesiredDeployment): void {
    // Changes that this causes itself are looked at once, at the end: in between old and new stand side by side.
    this.#becoming = true
    this.#desired = desired
    const old = this.#slots
    // New ones are made before the old ones leave: a routed set is there at every moment.
    const slots = new Map(desired.body.sets.map((set) => [set.id, this.#slotFor(set, old.get(set.id))]))
    this.#slots = slots
    const kept = new Set([...slots.values()].flatMap(({ current, previous }) => [current, previous]))
    for (const { current, previous } of old.values()) {
      for (const set of [current, previous]) if (set !== null && !kept.has(set)) this.#retire(set)
    }
    this.#becoming = false
    this.#settle()
  }

  #slotFor(body: SetBody, slot: Slot | undefined): Slot {
    const digest = specDigestOf(body)
    const same = [slot?.current, slot?.previous].find((set) => set?.specDigest === digest)
    if (same !== undefined && same !== null) {
      same.scale(body.replicas)
      const other = same === slot?.current ? slot.previous : (slot?.current ?? null)
      return { current: same, previous: other }
    }
    const { key } = this.#desired
    const current = new ServerSet(body, { ...this.#options, key, onChange: () => this.#settle() })
    // Of two older ones the one that serves stays.
    const older = [slot?.current, slot?.previous].filter((set) => set !== undefined && set !== null)
    return { current, previous: older.find((set) => set.routable.length > 0) ?? older[0] ?? null }
  }

  #retire(set: ServerSet): void {
    this.#leaving.set(set, Promise.resolve())
    const drained = set.drain().then(() => {
      this.#leaving.delete(set)
      this.#settle()
    })
    this.#leaving.set(set, drained)
  }

  /** After every change: drains what a complete set replaced, and notes when everything is as asked. */
  #settle(): void {
    if (this.#becoming) return
    for (const [id, { current, previous }] of this.#slots) {
      if (previous === null || !current.complete) continue
      this.#slots = new Map([...this.#slots, [id, { current, previous: null }]])
      this.#retire(previous)
    }
    this.#direct()
    const slots = [...this.#slots.values()]
    const asAsked =
      this.#traffic.generation === this.#desired.generation &&
      slots.every(({ current, previous }) => previous === null && current.settled)
    if (asAsked && this.#leaving.size === 0) this.#observedGeneration = this.#desired.generation
    this.changes.notify()
  }

  /** Puts the asked weights in force as soon as that is right; they stay then. */
  #direct(): void {
    const { generation, body } = this.#desired
    if (this.#traffic.generation === generation && !this.#deleted) return
    const asked = body.sets.map(({ id, weight }) => ({ id, weight }))
    const shares = weightsInForce({
      inForce: this.#traffic.shares,
      asked,
      complete: (id) => this.#slots.get(id)?.current.complete === true,
      usable: (id) => this.#serving(id) !== undefined,
    })
    if (shares !== asked) return
    this.#traffic = { shares, generation }
    this.#options.onTraffic()
  }

  /** What answers for a set: the one that serves until its successor is complete, or the successor. */
  #serving(id: string): ServerSet | undefined {
    const slot = this.#slots.get(id)
    return [slot?.previous, slot?.current].find((set) => set?.routable.length) ?? undefined
  }

  /** Every set, also one that has no server for requests now, in the order of the body that the weights are of. */
  targets(): readonly Target[] {
    const { shares } = this.#traffic
    const bodies = new Map(this.#desired.body.sets.map((body) => [body.id, body]))
    const known = new Set(shares.map(({ id }) => id))
    const waiting = [...bodies.keys()].filter((id) => !known.has(id)).map((id) => ({ id, weight: 0 }))
    return [...shares, ...waiting].flatMap(({ id, weight }) => {
      const serving = this.#serving(id)
      const modelVersion = serving?.modelVersion ?? bodies.get(id)?.model_version
      return modelVersion === undefined ? [] : [{ setId: id, modelVersion, weight, processes: serving?.routable ?? [] }]
    })
  }

  /** A server that may get requests will be ready soon, as far as can be told. */
  get promising(): boolean {
    const shares = [...this.#traffic.shares, ...this.#desired.body.sets]
    return shares.some(({ id, weight }) => weight > 0 && this.#slots.get(id)?.current.promising === true)
  }

  /** The body that was asked for, with what runs. */
  report(): Json {
    return reportOf({
      desired: this.#desired,
      traffic: this.#traffic,
      observedGeneration: this.#observedGeneration,
      deleting: this.#deleted,
      slots: this.#slots,
      leaving: [...this.#leaving.keys()],
    })
  }
}
