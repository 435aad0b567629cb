import { mapLimited } from '../domain/map-limited.ts'
import { modelId, splitModelId, type ModelId } from '../domain/names.ts'
import { readUnit, toUnit, unitKey } from './read-unit.ts'
import type { RecordedUnit } from './recorded-state.ts'
import { keyOf, type Item, type Key, type Tables } from './tables.ts'

/** What is asked about one model: the names by which its items are found. */
export interface KnownUnit {
  readonly model: ModelId
  readonly versions: readonly number[]
  readonly deployments: readonly string[]
}

const READERS = 8

export interface KnownRequest {
  readonly units: readonly KnownUnit[]
  /** Models to read whole, since not all of their names are known. */
  readonly whole: readonly ModelId[]
  readonly stages: readonly string[]
  readonly signal: AbortSignal
}

/**
 * What stands now of many models whose versions and deployments are known by name: batches of their keys, and one query
 * of `live-by-stage` for each stage, which finds what has no rollout of its own and what serves unknown to the names; no
 * scan. Of what has ended only the newest rollout is there. A model that is on its way is read whole.
 */
export async function readKnown(tables: Tables, request: KnownRequest): Promise<RecordedUnit[]> {
  const { units, whole, stages, signal } = request
  const [known, live] = await Promise.all([
    readItems(tables, units, signal),
    mapLimited(stages, READERS, (stage) => liveIn(tables, stage, signal)),
  ])
  const serving = live.flat().map((item) => keyOf('model-deployment', item))
  const names = new Set(units.map(({ model }) => model))
  const others = serving.map(({ model }) => String(model) as ModelId).filter((model) => !names.has(model))
  const deployments = await readDeployments(tables, [...known.rollouts, ...serving], { names, signal })
  const at = units.map(({ model }) => toUnit(model, { ...known.of(model), deployments: deployments.get(model) ?? [] }))
  const moving = at.filter((unit) => !isAtRest(unit)).map(({ model }) => model)
  const again = [...new Set([...whole, ...others, ...moving])]
  const read = await mapLimited(again, READERS, (model) => readUnit(tables, model, signal))
  const complete = new Map([...at, ...read].map((unit) => [unit.model, unit]))
  return [...complete.values()].sort((a, b) => (a.model < b.model ? -1 : 1))
}

async function readItems(tables: Tables, units: readonly KnownUnit[], signal: AbortSignal) {
  const [catalog, registry, control] = await Promise.all([
    tables.getMany('model-catalog', units.map(catalogKey), signal),
    tables.getMany('model-registry', units.flatMap(registryKeys), signal),
    tables.getMany('steward-control', units.flatMap(controlKeys), signal),
  ])
  const entries = new Map(catalog.map((item) => [modelId(String(item.namespace), String(item.model_name)), item]))
  const versions = Map.groupBy(registry, ({ model }) => String(model))
  const controls = Map.groupBy(control, ({ pk }) => String(pk))
  return {
    of: (model: ModelId) => ({
      catalog: entries.get(model) ?? null,
      versions: versions.get(model) ?? [],
      control: controls.get(unitKey(model)) ?? [],
      services: [],
    }),
    rollouts: control.flatMap(rolledOut),
  }
}

async function readDeployments(
  tables: Tables,
  keys: readonly Key[],
  { names, signal }: { readonly names: ReadonlySet<string>; readonly signal: AbortSignal },
): Promise<Map<string, Item[]>> {
  const wanted = new Map(
    keys.map(({ model = '', deployment_id: id = 0 }) => [`${model} ${id}`, { model, deployment_id: id }]),
  )
  const known = [...wanted.values()].filter(({ model }) => names.has(String(model)))
  return Map.groupBy(await tables.getMany('model-deployment', known, signal), ({ model }) => String(model))
}

function isAtRest({ status }: RecordedUnit): boolean {
  return status === null || (status.sync === 'Synced' && status.health !== 'Progressing')
}

/** The items that are live in a stage, by its index: eventually consistent. */
export async function liveIn(tables: Tables, stage: string, signal: AbortSignal): Promise<readonly Item[]> {
  const partition = { attribute: 'live_stage', value: stage }
  const items = await tables.query('model-deployment', { partition, index: 'live-by-stage' }, signal)
  // An adopted item keeps the attributes that others gave it.
  return items.filter(({ status }) => status === 'live')
}

function catalogKey({ model }: KnownUnit): Key {
  const { namespace, name } = splitModelId(model)
  return { namespace, model_name: name }
}

function registryKeys({ model, versions }: KnownUnit): Key[] {
  return versions.map((number) => ({ model, model_version: number }))
}

function controlKeys({ model, deployments }: KnownUnit): Key[] {
  return ['status', ...deployments.map((name) => `rollout#${name}`)].map((sk) => ({ pk: unitKey(model), sk }))
}

/** The deployment of a rollout, and the one that it replaces. */
function rolledOut({ pk, deployment_id: id, replaces }: Item): Key[] {
  const model = String(pk).slice('unit#'.length)
  const before = typeof replaces === 'object' && replaces !== null && 'deployment_id' in replaces
  const ids = [id, before ? replaces.deployment_id : undefined].filter((each) => typeof each === 'number')
  return ids.map((each) => ({ model, deployment_id: each }))
}
