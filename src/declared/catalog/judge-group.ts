import { isError, type Diagnostic } from '../../domain/diagnostics.ts'
import {
  contentKey,
  diagnosticOf,
  documentAt,
  goodDocumentAt,
  type CompiledDocument,
  type Content,
} from '../compile-document.ts'
import type { DeclaredUnit } from '../declared-state.ts'
import { declareUnit } from '../declare-unit.ts'
import { claimsOf, type EndpointClaim } from '../endpoint-claims.ts'
import { extendChain, type NamespaceChain } from '../namespaces.ts'
import type { CatalogLayout } from './path-rules.ts'
import type { Dependency, UnitContext } from '../unit-context.ts'

/** What the documents of one model's folder come to. */
export interface GroupResult {
  readonly units: readonly DeclaredUnit[]
  readonly diagnostics: readonly Diagnostic[]
  readonly claims: readonly EndpointClaim[]
  /** What of `_platform` and of time it depended on. */
  readonly uses: ReadonlySet<Dependency>
}

/** An error in any file of a model's folder blocks the model (I1). */
export function judgeGroup(
  layout: CatalogLayout,
  contents: ReadonlyMap<string, Content>,
  context: Omit<UnitContext, 'uses'>,
): GroupResult {
  const diagnostics: Diagnostic[] = [...layout.diagnostics]
  const documents: CompiledDocument[] = []
  const unreadable: string[] = []
  const wrong = layout.diagnostics.map(({ path }) => path)
  for (const { entry, place } of layout.documents) {
    const content = contents.get(contentKey(place.kind, entry.oid))
    if (content === undefined) continue
    const found = content.faults.map((fault) => diagnosticOf(fault, entry.path))
    diagnostics.push(...found)
    const document = documentAt(content, place, entry.path, entry.oid)
    if (document !== null) documents.push(document)
    else unreadable.push(entry.path)
    if (found.some(isError)) wrong.push(entry.path)
  }
  const uses = new Set<Dependency>()
  const judged: UnitContext = { ...context, uses: (part) => void uses.add(part) }
  const units: DeclaredUnit[] = []
  for (const [model, path] of layout.units) {
    const folder = path.slice(0, -'model.yaml'.length)
    const namespaces = chainWithin(context.namespaces, folder, layout, contents)
    const { unit, diagnostics: found } = declareUnit(
      {
        model,
        path,
        documents: documents.filter(({ place }) => place.unit === model),
        brokenVersions: versionsIn(unreadable.concat(layout.diagnostics.map((each) => each.path)), folder),
        broken: layout.brokenUnits.has(model) || wrong.some((file) => file.startsWith(folder)),
      },
      { ...judged, namespaces },
    )
    units.push(unit)
    diagnostics.push(...found)
  }
  return { units, diagnostics, claims: units.flatMap(claimsOf), uses }
}

/**
 * A group may be a namespace in which something stands that belongs into a model, or whose name another has but for
 * case: what its namespace.yaml says of the models in it holds nevertheless.
 */
function chainWithin(
  above: NamespaceChain,
  folder: string,
  layout: CatalogLayout,
  contents: ReadonlyMap<string, Content>,
): NamespaceChain {
  const around = layout.documents
    .filter(({ place }) => place.kind === 'Namespace')
    .filter(({ entry: { path } }) => folder.startsWith(path.slice(0, -'namespace.yaml'.length)))
    .sort((a, b) => a.entry.path.length - b.entry.path.length)
  return around.reduce((chain, { entry, place }) => {
    const content = contents.get(contentKey(place.kind, entry.oid)) ?? null
    return extendChain(chain, goodDocumentAt(content, place, entry), entry.oid)
  }, above)
}

function versionsIn(paths: readonly string[], folder: string): ReadonlySet<number> {
  const within = paths.filter((path) => path.startsWith(`${folder}versions/`))
  return new Set(within.flatMap((path) => Number(/\/versions\/(\d+)\.ya?ml$/i.exec(path)?.[1] ?? 0) || []))
}
