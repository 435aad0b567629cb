import { isDriven, type DeploymentMethod } from '../domain/names.ts'
import { omit } from '../domain/objects.ts'
import type { JsonObject } from '../domain/json.ts'

/** Attributes that are the item's own, beside the document's fields. */
const bookkeeping = ['namespace', 'model_name', 'model', 'revision', 'status', 'rev', 'fence']
const recordOwn = [...bookkeeping, 'path', 'digest']
const catalogOwn = new Set(recordOwn)
const registryOwn = new Set(recordOwn.concat('model_version', 'create_at', 'created_by'))
const deploymentOwn = new Set(
  bookkeeping.concat(
    [
      'deployment_id',
      'deployment_name',
      'endpoint',
      'create_at',
      'reason',
      'served_from',
      'live_from',
      'live_until',
      'withdrawn_at',
    ],
    [
      'live_stage',
      'spec_digest',
      'subject_digest',
      'plan_digest',
      'requested_by',
      'approvals',
      'target',
      'withdrawn_at',
    ],
  ),
)
const identity = new Set(['api_version', 'kind', 'namespace', 'model_name'])

/** The Model document that a catalog item holds. */
export function catalogDocument(item: JsonObject): JsonObject {
  return omit(item, catalogOwn)
}

/** The ModelVersion document that a registry item holds, without `create_at` and `created_by` (set once). */
export function registryDocument(item: JsonObject): JsonObject {
  return omit(item, registryOwn)
}

/** The resolved Deployment document that a deployment item holds. */
export function deploymentDocument(item: JsonObject): JsonObject {
  const document = omit(item, deploymentOwn)
  const method = String(item.deployment_method) as DeploymentMethod
  // Where others drive it, the document says where it answers; elsewhere the target does.
  return isDriven(method) || item.endpoint === undefined ? document : { ...document, endpoint: item.endpoint }
}

/** A declared Model as its item will hold it. */
export function catalogFields(value: JsonObject): JsonObject {
  return omit(value, identity)
}

/** A declared ModelVersion as its item will hold it; `url` is the model's where the version names none. */
export function registryFields(value: JsonObject, modelUrl: string | undefined): JsonObject {
  const fields = omit(value, new Set([...identity, 'model_version', 'create_at', 'created_by']))
  return fields.url === undefined && modelUrl !== undefined ? { ...fields, url: modelUrl } : fields
}
