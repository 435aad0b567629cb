import { diagnosticCodes, type DiagnosticCode } from '../domain/diagnostic-codes.ts'
import { firstLine, type Diagnostic } from '../domain/diagnostics.ts'
import type { ModelId } from '../domain/names.ts'
import type { SourceEntry } from '../source/source.ts'
import { placeOf, unitOf, type Place } from './layout.ts'

export interface CatalogLayout {
  readonly documents: readonly { readonly entry: SourceEntry; readonly place: Place }[]
  /** Units by model, with the path of their model.yaml. */
  readonly units: ReadonlyMap<ModelId, string>
  /** Units with a file that must not be there. */
  readonly brokenUnits: ReadonlySet<ModelId>
  readonly diagnostics: readonly Diagnostic[]
}

/** What the paths alone tell: documents and units, and every path that is wrong. */
export function checkPaths(entries: readonly SourceEntry[], root: string): CatalogLayout {
  const documents: { entry: SourceEntry; place: Place }[] = []
  const units = new Map<ModelId, string>()
  const brokenUnits = new Set<ModelId>()
  const diagnostics: Diagnostic[] = []
  const report = (code: DiagnosticCode, path: string, summary: string, help: string = diagnosticCodes[code].help) => {
    diagnostics.push({ code, severity: 'error', summary, help, path, range: firstLine, pointer: '', related: [] })
  }
  for (const entry of entries) {
    const segments = entry.path.slice(root.length + 1).split('/')
    const placement = placeOf(entry.mode === 'submodule' ? [...segments, 'model.yaml'] : segments)
    if (placement === null) continue
    if (entry.mode !== 'file') {
      report('ST1008', entry.path, `a ${entry.mode === 'symlink' ? 'symbolic link' : 'submodule'} is never followed`)
      const unit = unitOf(segments)
      if (unit !== null) brokenUnits.add(unit)
      continue
    }
    if ('misplaced' in placement) {
      const { code, summary, help, unit } = placement.misplaced
      report(code, entry.path, summary, help)
      if (unit !== null) brokenUnits.add(unit)
      continue
    }
    documents.push({ entry, place: placement.place })
    if (placement.place.kind === 'Model' && placement.place.unit !== null) units.set(placement.place.unit, entry.path)
  }
  for (const { path, summary, code, unit } of [
    ...orphans(documents, units),
    ...nested(units),
    ...caseClashes(documents),
  ]) {
    report(code, path, summary)
    if (unit !== null) brokenUnits.add(unit)
  }
  return { documents, units, brokenUnits, diagnostics }
}

interface Clash {
  readonly code: DiagnosticCode
  readonly path: string
  readonly summary: string
  readonly unit: ModelId | null
}

type Placed = readonly { readonly entry: SourceEntry; readonly place: Place }[]

function orphans(documents: Placed, units: ReadonlyMap<ModelId, string>): Clash[] {
  const lost = documents.filter(({ place }) => place.unit !== null && !units.has(place.unit))
  const byUnit = Map.groupBy(lost, ({ place }) => place.unit)
  return [...byUnit].map(([unit, [first]]) => ({
    code: 'ST1013',
    path: first?.entry.path ?? '',
    summary: `${unit ?? ''} has documents but no model.yaml`,
    unit,
  }))
}

function nested(units: ReadonlyMap<ModelId, string>): Clash[] {
  return [...units].flatMap(([model, path]) => {
    const outer = ancestors(model).find((folder) => units.has(folder))
    return outer === undefined
      ? []
      : [{ code: 'ST1014', path, summary: `${model} stands inside ${outer}`, unit: model }]
  })
}

/** Every folder that a model stands in, as if it were a model. */
function ancestors(model: ModelId): ModelId[] {
  const segments = model.split('/')
  return segments.slice(3).map((_segment, index) => segments.slice(0, index + 3).join('/') as ModelId)
}

function caseClashes(documents: Placed): Clash[] {
  const byFolded = Map.groupBy(documents, ({ entry }) => entry.path.toLowerCase())
  return [...byFolded.values()].flatMap(([first, second]) =>
    first === undefined || second === undefined
      ? []
      : [
          {
            code: 'ST1012',
            path: second.entry.path,
            summary: `differs from ${first.entry.path} only by case`,
            unit: second.place.unit,
          },
        ],
  )
}
