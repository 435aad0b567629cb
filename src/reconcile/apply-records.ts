import type { DeclaredUnit } from '../declared/declared-state.ts'
import type { JsonObject } from '../domain/json.ts'
import { digestOf } from '../domain/digest.ts'
import type { ModelId } from '../domain/names.ts'
import type { Action } from '../plan/plan.ts'
import { catalogFields, registryFields } from '../recorded/documents.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import type { Item } from '../recorded/tables.ts'
import { withItem } from '../recorded/unit-view.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { withdrawServices } from './publish-services.ts'
import { recordChange } from './record-change.ts'

/** Carries out the catalog and registry actions of one unit, in the plan's order. */
export async function applyRecords(
  ports: ReconcilePorts,
  intent: Intent,
  work: {
    readonly model: ModelId
    readonly unit: DeclaredUnit | undefined
    readonly recorded: RecordedUnit
    readonly actions: readonly Action[]
  },
): Promise<void> {
  const { model, recorded, actions } = work
  let current = recorded
  for (const action of actions) {
    const write = recordWrite(intent, { ...work, recorded: current }, action)
    if (write === null) continue
    const next = withItem(current, write.table, write.after)
    current = await withdrawServices(ports, current, next)
    const what = write.table === 'model-catalog' ? model : action.key
    const written = await recordChange(ports, intent, { ...write, model, event: action.kind, what })
    current = withItem(current, write.table, written)
  }
}

interface RecordWrite {
  readonly table: 'model-catalog' | 'model-registry'
  readonly before: Item | null
  readonly after: Item
}

function recordWrite(
  intent: Intent,
  { unit, recorded }: { readonly unit: DeclaredUnit | undefined; readonly recorded: RecordedUnit },
  { kind, key }: Action,
): RecordWrite | null {
  const number = Number(key.split('@')[1] ?? 0)
  if (kind.startsWith('catalog')) {
    const { catalog: before } = recorded
    const after = kind === 'catalog.retire' ? retired(before, intent) : unit && catalogItem(unit, intent, before)
    return after ? { table: 'model-catalog', before, after } : null
  }
  if (!kind.startsWith('registry')) return null
  const before = recorded.versions.get(number) ?? null
  const after =
    kind === 'registry.retire' ? retired(before, intent) : unit && registryItem(unit, number, intent, before)
  return after ? { table: 'model-registry', before, after } : null
}

/** `revision` is the one that last changed an item, also where it took it away. */
function retired(before: Item | null, { declared }: Intent): Item | null {
  return before === null ? null : { ...before, status: 'retired', revision: declared.revision }
}

function catalogItem(unit: DeclaredUnit, { declared }: Intent, before: Item | null): Item | null {
  if (unit.catalog === null) return null
  const fields = catalogFields(unit.catalog.value as unknown as JsonObject)
  return {
    ...fields,
    namespace: unit.namespace,
    model_name: unit.name,
    model: unit.model,
    revision: declared.revision,
    path: unit.path,
    digest: digestOf(fields),
    status: 'active',
    ...(before !== null && { rev: before.rev ?? 0, fence: before.fence ?? 0 }),
  }
}

function registryItem(unit: DeclaredUnit, number: number, { declared }: Intent, before: Item | null): Item {
  const version = unit.versions.get(number)
  const fields = registryFields(version?.document.value ?? {}, unit.catalog?.value.url)
  return {
    ...fields,
    model: unit.model,
    model_version: number,
    namespace: unit.namespace,
    model_name: unit.name,
    // Set once: by the document, else by the revision that first recorded the version.
    create_at: version?.value.create_at ?? before?.create_at ?? declared.committedAt,
    created_by: version?.value.created_by ?? before?.created_by ?? declared.author,
    revision: declared.revision,
    path: version?.document.path ?? unit.path,
    digest: digestOf(fields),
    status: version?.value.deprecated === undefined ? 'registered' : 'deprecated',
    ...(before !== null && { rev: before.rev ?? 0, fence: before.fence ?? 0 }),
  }
}
