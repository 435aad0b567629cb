import type { DeclaredState, DeclaredUnit } from '../declared/declared-state.ts'
import { readKnown, type KnownUnit } from '../recorded/read-known.ts'
import { stagesOf } from '../recorded/checkpoint.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import type { Item, Tables } from '../recorded/tables.ts'
import type { App } from './app.ts'
import { appliedModels, appliedNames, type DocumentNames } from './catalog-models.ts'

export interface StandingRequest {
  readonly declared: DeclaredState
  readonly checkpoint: Item | null
  readonly signal: AbortSignal
}

/** What stands of every model that is declared, or was when the tables were last brought to a revision; no scan. */
export async function readStanding(app: App, tables: Tables, request: StandingRequest): Promise<RecordedUnit[]> {
  const { declared, checkpoint, signal } = request
  const units = [...declared.units.values()]
  const { source } = await app.repository()
  const { models: earlier } = await appliedModels(source, declared.root, checkpoint)
  const names = await appliedNames(source, declared.root, checkpoint)
  return readKnown(tables, {
    units: units.filter(({ blocked }) => !blocked).map((unit) => toKnown(unit, names.get(unit.model))),
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

function toKnown({ model, versions, intents }: DeclaredUnit, applied: DocumentNames | undefined): KnownUnit {
  return {
    model,
    versions: [...new Set([...versions.keys(), ...(applied?.versions ?? [])])],
    deployments: [...new Set([...intents.map(({ name }) => name), ...(applied?.deployments ?? [])])],
  }
}
