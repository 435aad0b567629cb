import type { ModelId } from '../domain/names.ts'
import type { RecordedDeployment, RecordedUnit } from './recorded-state.ts'
import type { Item, Key } from './tables.ts'

/** Where applications look up who serves a tag: `service#<tag>` / `<stage>#<model>#<deployment>`. */
export function serviceKey(tag: string, model: ModelId, deployment: { stage: string; name: string }): Key {
  return { pk: `service#${tag}`, sk: `${deployment.stage}#${model}#${deployment.name}` }
}

/** The keys of all entries that a unit can have: every tag that it knows, for everything that was ever deployed. */
export function serviceKeys(unit: Pick<RecordedUnit, 'model' | 'catalog' | 'versions' | 'deployments'>): Key[] {
  const tags = new Set([unit.catalog, ...unit.versions.values()].flatMap((item) => tagsOf(item) ?? []))
  const places = new Map(unit.deployments.map(({ stage, name }) => [`${stage}#${name}`, { stage, name }]))
  return [...tags].flatMap((tag) => [...places.values()].map((place) => serviceKey(tag, unit.model, place)))
}

/** The entries that a unit should have: one for each tag and each deployment that is live and answers somewhere. */
export function wantedServices(unit: RecordedUnit): Item[] {
  const live = new Map(unit.deployments.filter(({ status }) => status === 'live').map((each) => [each.name, each]))
  return [...live.values()].flatMap((deployment) =>
    tagsFor(unit, deployment).flatMap((tag) => {
      const { endpoint } = deployment.item
      if (typeof endpoint !== 'string') return []
      const { id, modelVersion } = deployment
      const key = serviceKey(tag, unit.model, deployment)
      return [{ ...key, endpoint, model_version: modelVersion, deployment_id: id, status: 'live' }]
    }),
  )
}

/** The version's own tags, else the model's. */
function tagsFor({ catalog, versions }: RecordedUnit, { modelVersion }: RecordedDeployment): string[] {
  return tagsOf(versions.get(modelVersion)) ?? tagsOf(catalog) ?? []
}

function tagsOf(item: Item | null | undefined): string[] | null {
  return Array.isArray(item?.services) ? item.services.map(String) : null
}
