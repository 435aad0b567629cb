import { isError, sortDiagnostics, type Diagnostic } from '../domain/diagnostics.ts'
import type { RuntimeDocument } from '../domain/generated/runtime.ts'
import type { SettingsDocument } from '../domain/generated/settings.ts'
import { isJsonObject } from '../domain/json.ts'
import { normaliseMethod, type ModelId } from '../domain/names.ts'
import type { CapabilityTable } from '../runtimes/capabilities.ts'
import type { SourceEntry } from '../source/source.ts'
import type { CompiledDocument, DocumentCompiler } from './compile-document.ts'
import type { DeclaredRuntime, DeclaredState, DeclaredUnit, ResolvedSettings } from './declared-state.ts'
import { declareUnit } from './declare-unit.ts'
import { checkPaths } from './path-rules.ts'
import { resolveSettings } from './settings.ts'
import { checkEndpointPaths } from './unit-rules.ts'

export interface DeclareInput {
  readonly revision: string
  readonly root: string
  readonly tree: string
  readonly committedAt: string | null
  readonly author: string | null
  readonly entries: readonly SourceEntry[]
  /** Bytes by oid; a document whose (kind, oid) the compiler knows may be left out. */
  readonly bytes: ReadonlyMap<string, Uint8Array>
  readonly compiler: DocumentCompiler
  readonly capabilities: CapabilityTable
}

/** From the documents of one revision to what they declare, with every problem that they show. Pure. */
export function declare(input: DeclareInput): DeclaredState {
  const { revision, root, tree, committedAt, author, capabilities } = input
  const layout = checkPaths(input.entries, root)
  const diagnostics: Diagnostic[] = [...layout.diagnostics]
  const compiled: CompiledDocument[] = []
  const brokenPaths = new Set(layout.diagnostics.map(({ path }) => path))
  for (const { entry, place } of layout.documents) {
    const bytes = input.bytes.get(entry.oid) ?? new Uint8Array()
    const result = input.compiler.compile(place, entry.path, entry.oid, bytes)
    diagnostics.push(...result.diagnostics)
    if (result.document !== null) compiled.push(result.document)
    else if (result.diagnostics.some(isError)) brokenPaths.add(entry.path)
  }
  input.compiler.endRun()
  const platform = declarePlatform(compiled, [...brokenPaths], root)
  const units = new Map<ModelId, DeclaredUnit>()
  const byUnit = Map.groupBy(compiled, ({ place }) => place.unit)
  const brokenBelow = byFolder(brokenPaths)
  for (const [model, path] of layout.units) {
    const folder = path.slice(0, -'model.yaml'.length)
    const broken = brokenBelow.get(folder) ?? []
    const { unit, diagnostics: found } = declareUnit({
      model,
      path,
      documents: byUnit.get(model) ?? [],
      brokenVersions: new Set(broken.map((file) => Number(/\/versions\/(\d+)\.yaml$/.exec(file)?.[1] ?? 0))),
      broken: broken.length > 0 || layout.brokenUnits.has(model),
      runtimes: platform.runtimes,
      brokenRuntimes: platform.brokenRuntimes,
      capabilities,
    })
    units.set(model, unit)
    diagnostics.push(...found)
  }
  diagnostics.push(...checkEndpointPaths(units))
  const { settings, runtimes } = platform
  return {
    revision,
    root,
    tree,
    committedAt,
    author,
    settings,
    runtimes,
    units: blockUnits(units, diagnostics),
    documents: layout.documents.length,
    diagnostics: applySeverities(sortDiagnostics(diagnostics), settings),
  }
}

function declarePlatform(
  compiled: readonly CompiledDocument[],
  brokenPaths: readonly string[],
  root: string,
): {
  settings: ResolvedSettings | null
  runtimes: ReadonlyMap<string, DeclaredRuntime>
  brokenRuntimes: ReadonlySet<string>
} {
  const written = compiled.find(({ kind }) => kind === 'Settings')
  const settings = brokenPaths.some((path) => hidesSettings(path, root))
    ? null
    : resolveSettings((written?.value ?? {}) as unknown as SettingsDocument)
  const runtimes = new Map<string, DeclaredRuntime>()
  for (const document of compiled.filter(({ kind }) => kind === 'Runtime')) {
    const value = document.value as unknown as RuntimeDocument
    runtimes.set(document.place.name, {
      name: document.place.name,
      method: normaliseMethod(value.deployment_method),
      stages: value.stages,
      services: value.services ?? [],
      config: isJsonObject(document.value.config) ? document.value.config : {},
      document,
    })
  }
  const folder = `${root}/_platform/runtimes/`
  const brokenRuntimes = brokenPaths.filter((path) => path.startsWith(folder))
  const names = brokenRuntimes.map((path) => path.slice(folder.length).replace(/\.ya?ml$/i, ''))
  return { settings, runtimes, brokenRuntimes: new Set(names) }
}

/** Misspelt settings, or a link where the folder should be, are broken settings: defaults would be others' tables. */
function hidesSettings(path: string, root: string): boolean {
  const folder = `${root}/_platform`
  return path === folder || (path.startsWith(`${folder}/`) && /^settings\.ya?ml$/i.test(path.slice(folder.length + 1)))
}

/** Paths by every folder above them, each with a slash at its end: one look for each unit, however many are wrong. */
function byFolder(paths: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const below = new Map<string, string[]>()
  for (const path of paths) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at + 1)
      const known = below.get(folder)
      if (known === undefined) below.set(folder, [path])
      else known.push(path)
    }
  }
  return below
}

/** An error in any file of a unit's folder blocks the unit (I1). */
function blockUnits(
  units: ReadonlyMap<ModelId, DeclaredUnit>,
  diagnostics: readonly Diagnostic[],
): ReadonlyMap<ModelId, DeclaredUnit> {
  const wrong = byFolder(diagnostics.filter(isError).map(({ path }) => path))
  const blocked = (unit: DeclaredUnit): boolean => unit.blocked || wrong.has(unit.path.slice(0, -'model.yaml'.length))
  return new Map([...units].map(([model, unit]) => [model, { ...unit, blocked: blocked(unit) }]))
}

/** Overrides change what is shown and what the exit code counts; an error that blocks a unit still blocks it. */
function applySeverities(diagnostics: readonly Diagnostic[], settings: ResolvedSettings | null): Diagnostic[] {
  const overrides = settings?.value.severities ?? {}
  return diagnostics.flatMap((diagnostic) => {
    const override = overrides[diagnostic.code]?.severity
    if (override === undefined || isError(diagnostic)) return [diagnostic]
    return override === 'off' ? [] : [{ ...diagnostic, severity: override }]
  })
}
