import type { DeclaredState, DeclaredUnit } from '../declared/declared-state.ts'
import type { ModelId } from '../domain/names.ts'
import { commitOf } from '../domain/revisions.ts'
import { readKnown, type KnownUnit } from '../recorded/read-known.ts'
import { stagesOf } from '../recorded/checkpoint.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import type { Item, Tables } from '../recorded/tables.ts'
import { foldersWith } from '../source/folders.ts'
import type { App } from './app.ts'

export interface StandingRequest {
  readonly declared: DeclaredState
  readonly checkpoint: Item | null
  readonly signal: AbortSignal
}

/** What stands of every model that is declared, or was when the tables were last brought to a revision; no scan. */
export async function readStanding(app: App, tables: Tables, request: StandingRequest): Promise<RecordedUnit[]> {
  const { declared, checkpoint, signal } = request
  const units = [...declared.units.values()]
  const earlier = await earlierModels(app, checkpoint)
  return readKnown(tables, {
    units: units.filter(({ blocked }) => !blocked).map(toKnown),
    // Of a broken model not every name could be read.
    whole: [
      ...units.filter(({ blocked }) => blocked).map(({ model }) => model),
      ...earlier.filter((model) => !declared.units.has(model)),
    ],
    stages: knownStages(declared, checkpoint),
    signal,
  })
}

/** Every stage that has, or had, a deployment. */
export function knownStages(declared: DeclaredState, checkpoint: Item | null): string[] {
  const own = [...declared.units.values()].flatMap(({ intents }) => intents.map(({ stage }) => stage))
  return [...new Set([...own, ...stagesOf(checkpoint)])].sort()
}

/** The models of the revisions that the tables were last brought to, by their folders alone. */
export async function earlierModels(app: App, checkpoint: Item | null): Promise<ModelId[]> {
  const { source } = await app.repository()
  const revisions = [checkpoint?.revision, checkpoint?.last_applied_revision].map(commitOf)
  const found = new Set<ModelId>()
  for (const commit of new Set(revisions.filter((each) => each !== ''))) {
    const folder = await source.folderAt(commit)
    const models = folder === null ? [] : foldersWith(folder, 'model.yaml')
    for (const { path } of models) found.add(path.slice(folder?.path.length) as ModelId)
  }
  return [...found].sort()
}

function toKnown({ model, versions, intents }: DeclaredUnit): KnownUnit {
  return { model, versions: [...versions.keys()], deployments: intents.map(({ name }) => name) }
}
