import { digestOf } from '../../src/domain/digest.ts'
import type { JsonObject } from '../../src/domain/json.ts'
import { newReplicas, oldReplicas } from '../../src/rollout/strategy.ts'
import type { Capabilities } from '../../src/runtimes/capabilities.ts'
import {
  DriverError,
  type Change,
  type DriverErrorKind,
  type Observation,
  type ObservedSet,
  type ProcessParts,
  type RuntimeDriver,
  type Target,
} from '../../src/runtimes/driver.ts'
import { hostCapabilities } from '../../src/runtimes/host/capabilities.ts'

export interface SetOfTarget {
  readonly deploymentId: string
  readonly modelVersion: number
  readonly processDigest: string
  readonly madeOf: ProcessParts
  weight: number
  replicas: number
  ready: number
}

interface TargetState {
  sets: SetOfTarget[]
  path: string
  tokenRef: string | null
}

/** A change at the target that was none before: what a kill must not do twice. */
export interface Effect {
  readonly key: string
  readonly kind: 'prepare' | 'shift' | 'settle' | 'abort' | 'retire'
  readonly sets: string
}

/**
 * The target of FakeDriver: deployments with sets of replicas, one of which becomes ready at each look. It refuses a
 * lower epoch than it has seen, as the model host does.
 */
export class FakeTarget {
  readonly deployments = new Map<string, TargetState>()
  readonly effects: Effect[] = []
  /** Why replicas of these versions never become ready. */
  readonly broken = new Map<number, string>()
  /** How processes of these versions crash once they have traffic. */
  readonly crashing = new Map<number, string>()
  /** Replicas of these versions neither become ready nor fail. */
  readonly stuck = new Set<number>()
  epoch = 0
  /** Configurations of the runtimes that were asked, as JSON. */
  readonly configs = new Set<string>()
  /** While set, every call ends with it. */
  fault: DriverErrorKind | null = null
  /** Commands of these kinds are refused for good. */
  readonly refused = new Set<Effect['kind']>()

  clone(): FakeTarget {
    const other = new FakeTarget()
    for (const [key, target] of this.deployments) {
      other.deployments.set(key, { ...target, sets: target.sets.map((set) => ({ ...set })) })
    }
    for (const [version, why] of this.broken) other.broken.set(version, why)
    for (const [version, why] of this.crashing) other.crashing.set(version, why)
    for (const version of this.stuck) other.stuck.add(version)
    other.epoch = this.epoch
    return other
  }

  /** What is asked for, in a form to compare: `5:v3 100% 2` for two replicas. */
  describe(): Readonly<Record<string, readonly string[]>> {
    const entries = [...this.deployments].map(([key, { sets }]) => [key, sets.map(setText)] as const)
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
}

/** A RuntimeDriver in memory. Passes driver-contract.ts. */
export class FakeDriver implements RuntimeDriver {
  readonly capabilities: Capabilities = hostCapabilities
  readonly target: FakeTarget
  #calls = 0

  constructor(target: FakeTarget = new FakeTarget()) {
    this.target = target
  }

  /** Calls that could change something. */
  get commands(): number {
    return this.#calls
  }

  async observe({ key, runtime }: Target, signal: AbortSignal): Promise<Observation | null> {
    this.#reach(signal)
    this.target.configs.add(JSON.stringify(runtime.config))
    const found = this.target.deployments.get(key)
    if (found === undefined) return null
    const { broken, crashing, stuck } = this.target
    for (const set of found.sets) {
      const starts = !broken.has(set.modelVersion) && !stuck.has(set.modelVersion)
      if (set.ready < set.replicas && starts) set.ready += 1
      else if (set.ready > set.replicas) set.ready = set.replicas
    }
    const sets = found.sets.map((set): ObservedSet => ({
      ...set,
      weightInForce: set.weight,
      failure: set.replicas > 0 ? (broken.get(set.modelVersion) ?? null) : null,
      crash: set.weight > 0 ? (crashing.get(set.modelVersion) ?? null) : null,
    }))
    const settled = found.sets.every(({ ready, replicas }) => ready === replicas)
    return { settled, endpoint: `http://fake${found.path}`, path: found.path, tokenRef: found.tokenRef, sets }
  }

  processDigest({ artifacts, command, environmentVariables, modelVersion }: Change): string {
    return digestOf({ artifacts, command, environmentVariables, modelVersion } as unknown as JsonObject)
  }

  async prepare(change: Change, signal: AbortSignal): Promise<void> {
    const first = newReplicas(change.strategy, change.replicas, 0)
    this.#put('prepare', change, signal, (others, own) => [
      ...others.map((set) => ({ ...set, weight: 100 })),
      own(0, first),
    ])
  }

  async shift(change: Change, weight: number, signal: AbortSignal): Promise<void> {
    const { strategy, replicas: total } = change
    const left = (before: number): number => oldReplicas(strategy, { total, weight, before })
    this.#put('shift', change, signal, (others, own) => [
      ...others.map((set) => ({ ...set, weight: 100 - weight, replicas: left(set.replicas) })),
      own(weight, newReplicas(strategy, total, weight)),
    ])
  }

  async settle(change: Change, signal: AbortSignal): Promise<void> {
    this.#put('settle', change, signal, (_, own) => [own(100, change.replicas)])
  }

  async abort(change: Change, signal: AbortSignal): Promise<void> {
    this.#reach(signal)
    const found = this.target.deployments.get(change.key)
    if (found === undefined) return
    if (found.sets.every(({ deploymentId }) => deploymentId === change.deploymentId)) {
      return this.#remove('abort', change, change.epoch)
    }
    this.#put('abort', change, signal, (others) =>
      others.map((set) => ({ ...set, weight: 100, replicas: change.replicasBefore ?? set.replicas })),
    )
  }

  async retire(target: Target, epoch: number, signal: AbortSignal): Promise<void> {
    this.#reach(signal)
    this.#remove('retire', target, epoch)
  }

  async logs(_target: Target, _deploymentId: string, _lines: number, signal: AbortSignal): Promise<readonly string[]> {
    this.#reach(signal)
    return []
  }

  #put(
    kind: Effect['kind'],
    change: Change,
    signal: AbortSignal,
    build: (
      others: readonly SetOfTarget[],
      own: (weight: number, replicas: number) => SetOfTarget,
    ) => readonly SetOfTarget[],
  ): void {
    this.#reach(signal)
    this.#admit(kind, change.epoch)
    const there = this.target.deployments.get(change.key)
    const before = there?.sets ?? []
    const others = before.filter(({ deploymentId }) => deploymentId !== change.deploymentId)
    const processDigest = this.processDigest(change)
    const same = before.find((set) => set.deploymentId === change.deploymentId && set.processDigest === processDigest)
    const own = (weight: number, replicas: number): SetOfTarget => ({
      deploymentId: change.deploymentId,
      modelVersion: change.modelVersion,
      processDigest,
      madeOf: partsOf(change),
      weight,
      replicas,
      ready: Math.min(same?.ready ?? 0, replicas),
    })
    const sets = build(others, own).map((set) => ({ ...set, ready: Math.min(set.ready, set.replicas) }))
    if (askedText(sets) !== askedText(before)) {
      this.target.effects.push({ key: change.key, kind, sets: askedText(sets) })
    }
    const kept = sets.some(({ deploymentId }) => deploymentId !== change.deploymentId) ? there : undefined
    const { path, tokenRef } = kept ?? change
    this.target.deployments.set(change.key, { sets, path, tokenRef })
  }

  #remove(kind: Effect['kind'], { key }: Target, epoch: number): void {
    this.#admit(kind, epoch)
    if (!this.target.deployments.delete(key)) return
    this.target.effects.push({ key, kind, sets: '' })
  }

  #reach(signal: AbortSignal): void {
    signal.throwIfAborted()
    const { fault } = this.target
    if (fault !== null) throw new DriverError(fault, `the target fails: ${fault}`)
  }

  #admit(kind: Effect['kind'], epoch: number): void {
    this.#calls += 1
    if (epoch < this.target.epoch) throw new DriverError('conflict', `epoch ${epoch} is stale`)
    this.target.epoch = epoch
    if (this.target.refused.has(kind)) throw new DriverError('invalid', `the target refuses to ${kind}`)
  }
}

function partsOf({ modelVersion, artifacts, command, environmentVariables }: Change): ProcessParts {
  return { modelVersion, artifacts, command, environmentVariables }
}

function setText({ deploymentId, modelVersion, weight, replicas }: SetOfTarget): string {
  return `${deploymentId}:v${modelVersion} ${weight}% ${replicas}`
}

function askedText(sets: readonly SetOfTarget[]): string {
  return sets
    .map((set) => `${set.deploymentId}:v${set.modelVersion} ${set.processDigest} ${set.weight}% ${set.replicas}`)
    .toSorted()
    .join(', ')
}
