import type { ModelId } from '../domain/names.ts'
import { deploymentKey } from '../domain/names.ts'
import { isOpen } from '../domain/rollout-states.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import { isUnheard } from '../rollout/hold.ts'
import type { RolloutPlan } from '../rollout/rollout.ts'
import { rolloutOf } from './rollout-record.ts'

/**
 * Which rollouts are in flight on which runtime: `limits.concurrent_rollouts` counts them. In memory, since there is one
 * writer; its first plan reads every unit, and every look at a unit brings its own up to date.
 */
export class RolloutPlaces {
  readonly #taken = new Map<ModelId, ReadonlyMap<string, string>>()

  /** Takes over what is recorded of a unit. */
  note(recorded: RecordedUnit): void {
    const { model, deployments, rollouts } = recorded
    const inFlight = deployments.filter((deployment) => {
      const rollout = rolloutOf(deployment, rollouts.get(deployment.name))
      // One that is held, perhaps for days, does not keep the others; it goes on beside them when the hold is over.
      return isOpen(deployment.status) && rollout.state !== 'held' && !isUnheard(rollout)
    })
    if (inFlight.length === 0) this.#taken.delete(model)
    else this.#taken.set(model, new Map(inFlight.map(({ name, item }) => [name, String(item.runtime)])))
  }

  /** Takes a place for a rollout that begins now. What it has to wait for where there is none; null where it has one. */
  take(
    rollout: { readonly model: ModelId; readonly name: string },
    runtime: { readonly name: string; readonly limit: number | null },
  ): RolloutPlan['waitsFor'] {
    if (runtime.limit === null) return null
    const own = deploymentKey(rollout.model, rollout.name)
    const others = [...this.#taken].flatMap(([model, places]) =>
      [...places].filter(([name, at]) => at === runtime.name && deploymentKey(model, name) !== own),
    )
    if (others.length >= runtime.limit) {
      const reason = `a free place on runtime ${runtime.name}, which takes ${runtime.limit} at a time`
      return { state: 'awaiting_capacity', reason }
    }
    const places = new Map(this.#taken.get(rollout.model))
    this.#taken.set(rollout.model, places.set(rollout.name, runtime.name))
    return null
  }
}
