import { modelId, type ModelId } from '../domain/names.ts'
import { itemsOf, toUnit, unitKey } from './read-unit.ts'
import type { RecordedState, RecordedUnit } from './recorded-state.ts'
import { serviceKeys } from './services.ts'
import type { Item, Key, Tables } from './tables.ts'

/**
 * Everything that is recorded, for comparing it with everything that is declared: a scan of three tables, and batches
 * for status and rollouts, since `steward-control` holds the audit too. A request for each megabyte or hundred keys,
 * where reading unit by unit takes four for each. A declared model that is not recorded is an empty unit. What is not
 * declared and has no item of ours is somebody else's and left out (I7).
 */
export async function readAll(
  tables: Tables,
  declared: Iterable<ModelId>,
  signal?: AbortSignal,
): Promise<RecordedState> {
  const [catalog, registry, deployment] = await Promise.all([
    tables.scan('model-catalog', signal),
    tables.scan('model-registry', signal),
    tables.scan('model-deployment', signal),
  ])
  const entries = new Map(catalog.map((item) => [modelOfEntry(item), item]))
  const versions = Map.groupBy(registry, modelOf)
  const deployments = Map.groupBy(deployment, modelOf)
  const ours = [
    ...catalog.filter(isOurs).map(modelOfEntry),
    ...[...registry, ...deployment].filter(isOurs).map(modelOf),
  ]
  const models = [...new Set([...declared, ...ours])].sort()
  const units = models.map((model) =>
    toUnit(model, {
      catalog: entries.get(model) ?? null,
      versions: versions.get(model) ?? [],
      deployments: deployments.get(model) ?? [],
      control: [],
      services: [],
    }),
  )
  return { units: new Map((await withControl(tables, units, signal)).map((unit) => [unit.model, unit])) }
}

/** Adds what stands of the units in `steward-control`, by its keys. */
async function withControl(
  tables: Tables,
  units: readonly RecordedUnit[],
  signal?: AbortSignal,
): Promise<RecordedUnit[]> {
  const keys = units.flatMap((unit) => [...controlKeys(unit), ...serviceKeys(unit)])
  const found = await tables.getMany('steward-control', keys, signal)
  const items = new Map(found.map((item) => [`${String(item.pk)} ${String(item.sk)}`, item]))
  const present = (wanted: readonly Key[]): Item[] =>
    wanted.map(({ pk, sk }) => items.get(`${pk} ${sk}`)).filter((item) => item !== undefined)
  return units.map((unit) =>
    toUnit(unit.model, {
      ...itemsOf(unit),
      control: present(controlKeys(unit)),
      services: present(serviceKeys(unit)),
    }),
  )
}

/** A rollout has a record only where its deployment has an item. */
function controlKeys({ model, deployments }: RecordedUnit): Key[] {
  const names = new Set(deployments.map(({ name }) => name))
  return ['status', ...[...names].map((name) => `rollout#${name}`)].map((sk) => ({ pk: unitKey(model), sk }))
}

function isOurs({ rev }: Item): boolean {
  return typeof rev === 'number'
}

/** From the keys alone: a foreign item has nothing else that can be counted on. */
function modelOfEntry({ namespace, model_name: name }: Item): ModelId {
  return modelId(String(namespace), String(name))
}

function modelOf({ model }: Item): ModelId {
  return String(model) as ModelId
}
