import type { DeclaredDeployment } from '../declared/declared-state.ts'
import type { JsonObject } from '../domain/json.ts'
import { deploymentKey, isDriven, splitModelId, type ModelId } from '../domain/names.ts'
import { toDeployment } from '../recorded/read-unit.ts'
import type { RecordedDeployment, RecordedUnit } from '../recorded/recorded-state.ts'
import type { Item } from '../recorded/tables.ts'
import { newRollout } from '../rollout/rollout.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { recordChange } from './record-change.ts'

/**
 * Creates the deployment item of a new rollout, under the next free id of the model (I5). The item alone is enough to
 * go on: a kill before the rollout's own record is written is mended by the next step.
 */
export async function startRollout(
  ports: ReconcilePorts,
  intent: Intent,
  work: { readonly model: ModelId; readonly declared: DeclaredDeployment; readonly recorded: RecordedUnit },
): Promise<RecordedDeployment> {
  const { model, declared, recorded } = work
  const { namespace, name } = splitModelId(model)
  const driven = isDriven(declared.method)
  const now = ports.clock.now().toISOString()
  const id = (recorded.deployments.at(-1)?.id ?? 0) + 1
  const after: Item = {
    ...(declared.resolved as unknown as JsonObject),
    model,
    deployment_id: id,
    namespace,
    model_name: name,
    deployment_name: declared.name,
    model_version: declared.modelVersion,
    create_at: now,
    ...(driven ? { status: newRollout.state } : liveAtOnce(declared, now)),
    reason: '',
    spec_digest: declared.specDigest,
    subject_digest: declared.subjectDigest,
    revision: intent.declared.revision,
    plan_digest: intent.planDigest,
    requested_by: intent.declared.author,
    approvals: [],
    // Where it was brought to: a runtime may be declared no more before its last deployment is gone.
    target: { config: declared.runtime?.config ?? {} },
  }
  const written = await recordChange(ports, intent, {
    model,
    table: 'model-deployment',
    before: null,
    after,
    event: driven ? 'deployment.started' : 'deployment.live',
    what: `${deploymentKey(model, declared.name)} version ${declared.modelVersion}`,
  })
  return toDeployment(written)
}

/** A deployment that Steward does not drive is as its document says, from the moment it is recorded. */
function liveAtOnce({ stage, resolved }: DeclaredDeployment, now: string): Item {
  const endpoint = resolved.endpoint === undefined ? {} : { endpoint: resolved.endpoint }
  return { ...endpoint, status: 'live', live_stage: stage, served_from: now, live_from: now }
}
