import { deploymentKey } from '../domain/names.ts'
import { omit } from '../domain/objects.ts'
import type { RecordedDeployment, RecordedUnit } from '../recorded/recorded-state.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { recordChange } from './record-change.ts'

/** A deployment that Steward does not drive is declared no more: there is nothing to take away but the record's life. */
export async function retireUndriven(
  ports: ReconcilePorts,
  intent: Intent,
  work: { readonly recorded: RecordedUnit; readonly deployment: RecordedDeployment },
): Promise<void> {
  const { recorded, deployment } = work
  const { item, name, modelVersion } = deployment
  const until = ports.clock.now().toISOString()
  await recordChange(ports, intent, {
    model: recorded.model,
    table: 'model-deployment',
    before: item,
    after: { ...omit(item, new Set(['live_stage'])), status: 'retired', live_until: until },
    event: 'deployment.retired',
    what: `${deploymentKey(recorded.model, name)} version ${modelVersion}`,
  })
}
