import type { Json } from '../domain/json.ts'
import { setAsJson, settingsAsJson, specDigestOf, type SetBody } from './deployment-body.ts'
import type { DesiredDeployment } from './desired-state.ts'
import type { Slot } from './running-deployment.ts'
import type { ServerSet } from './server-set.ts'
import type { Traffic } from './traffic.ts'

export interface ReportOptions {
  readonly desired: DesiredDeployment
  readonly traffic: Traffic
  readonly observedGeneration: number
  readonly deleting: boolean
  readonly slots: ReadonlyMap<string, Slot>
  readonly leaving: readonly ServerSet[]
}

function setReport(set: SetBody, { traffic, slots }: ReportOptions): { readonly [key: string]: Json } {
  const current = slots.get(set.id)?.current
  return {
    ...setAsJson(set),
    // Another one than was asked for until all replicas of the sets that get more are ready.
    weight_in_force: traffic.shares.find(({ id }) => id === set.id)?.weight ?? 0,
    spec_digest: specDigestOf(set),
    ready: current?.routable.length ?? 0,
    failure: current?.failure ?? null,
    crashes: current?.crashes ?? 0,
    crash: current?.crash ?? null,
    // The list below takes the place of the number that was asked for.
    replicas_wanted: set.replicas,
    replicas: (current?.replicas ?? []).map((replica) => ({ ...replica })),
  }
}

/** What the control API tells of a deployment: the body that was asked for, with what runs. */
export function reportOf(options: ReportOptions): Json {
  const { key, generation, body } = options.desired
  const previous = [...options.slots.values()].flatMap((slot) => slot.previous ?? [])
  const failed = body.sets.map(({ id }) => options.slots.get(id)?.current.failure ?? null)
  return {
    key,
    ...settingsAsJson(body),
    generation,
    observed_generation: options.observedGeneration,
    deleting: options.deleting,
    failure: failed.find((failure) => failure !== null) ?? null,
    sets: body.sets.map((set) => setReport(set, options)),
    leaving: [...previous, ...options.leaving].map(({ id, specDigest, replicas }) => ({
      id,
      spec_digest: specDigest,
      replicas: replicas.map((replica) => ({ ...replica })),
    })),
  }
}
