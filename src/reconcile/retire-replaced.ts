import { deploymentKey } from '../domain/names.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { recordChange } from './record-change.ts'

/**
 * Of several live items of one deployment only the newest serves: the others end as `retired`, from the moment the
 * newest took all traffic. Called before and after every step, so that a kill in between leaves nothing behind.
 */
export async function retireReplaced(ports: ReconcilePorts, intent: Intent, recorded: RecordedUnit): Promise<boolean> {
  let changed = false
  for (const [name, items] of Map.groupBy(recorded.deployments, (deployment) => deployment.name)) {
    const live = items.filter(({ status }) => status === 'live')
    const newest = live.at(-1)
    for (const { item, modelVersion } of live.slice(0, -1)) {
      const { live_stage: _stage, ...rest } = item
      const until = newest?.item.live_from ?? ports.clock.now().toISOString()
      await recordChange(ports, intent, {
        model: recorded.model,
        table: 'model-deployment',
        before: item,
        after: { ...rest, status: 'retired', live_until: until },
        event: 'deployment.replaced',
        what: `${deploymentKey(recorded.model, name)} version ${modelVersion} by version ${newest?.modelVersion ?? 0}`,
      })
      changed = true
    }
  }
  return changed
}
