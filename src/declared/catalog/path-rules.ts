import { diagnosticCodes, type DiagnosticCode } from '../../domain/diagnostic-codes.ts'
import { firstLine, type Diagnostic } from '../../domain/diagnostics.ts'
import type { ModelId } from '../../domain/names.ts'
import type { SourceEntry } from '../../source/source.ts'
import { placeOf, unitOf, type Place } from './layout.ts'

export interface CatalogLayout {
  readonly documents: readonly { readonly entry: SourceEntry; readonly place: Place }[]
  /** Units by model, with the path of their model.yaml. */
  readonly units: ReadonlyMap<ModelId, string>
  /** Units with a file that must not be there. */
  readonly brokenUnits: ReadonlySet<ModelId>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * What the paths alone tell: documents and units, and every path that is wrong. `entries` are those of one model's
 * folder, or what stands directly in a namespace folder.
 */
export function checkPaths(entries: readonly SourceEntry[], root: string): CatalogLayout {
  const documents: { entry: SourceEntry; place: Place }[] = []
  const units = new Map<ModelId, string>()
  const candidates: Candidate[] = []
  const brokenUnits = new Set<ModelId>()
  const diagnostics: Diagnostic[] = []
  const report = (code: DiagnosticCode, path: string, summary: string, help: string = diagnosticCodes[code].help) => {
    diagnostics.push({ code, severity: 'error', summary, help, path, range: firstLine, pointer: '', related: [] })
  }
  for (const entry of entries) {
    const segments = entry.path.slice(root.length + 1).split('/')
    const placement = placeOf(isFolderLike(entry, segments) ? [...segments, 'model.yaml'] : segments)
    if (placement === null) continue
    candidates.push({ path: entry.path, unit: unitOf(segments) })
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
  const wrong = { root, paths: new Set(diagnostics.map(({ path }) => path)) }
  const clashes = [
    ...inModels(documents, units, root),
    ...orphans(documents, units, wrong),
    ...nested(units),
    ...caseClashes(candidates),
  ]
  for (const { path, summary, code, unit, help } of clashes) {
    report(code, path, summary, help)
    if (unit !== null) brokenUnits.add(unit)
  }
  return { documents, units, brokenUnits, diagnostics }
}

/** A submodule stands where a folder would; so does a link, unless its name is that of a file. */
function isFolderLike({ mode }: SourceEntry, segments: readonly string[]): boolean {
  return mode === 'submodule' || (mode === 'symlink' && /^_?[a-z0-9][a-z0-9_-]*$/.test(segments.at(-1) ?? ''))
}

interface Candidate {
  readonly path: string
  readonly unit: ModelId | null
}

interface Clash {
  readonly code: DiagnosticCode
  readonly path: string
  readonly summary: string
  readonly unit: ModelId | null
  /** What the code's own help does not know. */
  readonly help?: string
}

type Placed = readonly { readonly entry: SourceEntry; readonly place: Place }[]

/** Where a model.yaml is there but is a link or misspelt, that is already said. */
function orphans(
  documents: Placed,
  units: ReadonlyMap<ModelId, string>,
  wrong: { readonly root: string; readonly paths: ReadonlySet<string> },
): Clash[] {
  const lost = documents.filter(({ place }) => place.unit !== null && !units.has(place.unit))
  const byUnit = Map.groupBy(lost, ({ place }) => place.unit)
  return [...byUnit].flatMap(([unit, [first]]) => {
    const model = `${wrong.root}${unit ?? ''}/model`
    if (wrong.paths.has(`${model}.yaml`) || wrong.paths.has(`${model}.yml`)) return []
    const summary = `${unit ?? ''} has documents but no model.yaml`
    const help = `Add model.yaml (steward new model ${unit?.slice(1) ?? ''}).`
    return [{ code: 'ST1013', path: first?.entry.path ?? '', summary, unit, help } as const]
  })
}

function nested(units: ReadonlyMap<ModelId, string>): Clash[] {
  return [...units].flatMap(([model, path]) => {
    const outer = ancestors(model).find((folder) => units.has(folder))
    return outer === undefined
      ? []
      : [{ code: 'ST1014', path, summary: `${model} stands inside ${outer}`, unit: model }]
  })
}

/** A namespace.yaml in a model's folder: a model is no namespace. */
function inModels(documents: Placed, units: ReadonlyMap<ModelId, string>, root: string): Clash[] {
  return documents.flatMap(({ entry: { path }, place }) => {
    if (place.kind !== 'Namespace') return []
    const unit = path.slice(root.length, -'/namespace.yaml'.length) as ModelId
    const within = units.has(unit) || ancestors(unit).some((folder) => units.has(folder))
    const summary = 'a namespace.yaml stands in a model folder'
    return within ? [{ code: 'ST1009', path, summary, unit } as const] : []
  })
}

/** Every folder that a model stands in, as if it were a model. */
function ancestors(model: ModelId): ModelId[] {
  const segments = model.split('/')
  return segments.slice(3).map((_segment, index) => segments.slice(0, index + 3).join('/') as ModelId)
}

function caseClashes(candidates: readonly Candidate[]): Clash[] {
  const byFolded = Map.groupBy(candidates, ({ path }) => path.toLowerCase())
  return [...byFolded.values()].flatMap(([first, ...others]) =>
    others.map(({ path, unit }) => {
      return { code: 'ST1012', path, summary: `differs from ${first?.path ?? ''} only by case`, unit } as const
    }),
  )
}
