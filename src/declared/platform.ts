import { isError, type Diagnostic } from '../domain/diagnostics.ts'
import { sha256Hex } from '../domain/digest.ts'
import type { FreezeDocument } from '../domain/generated/freeze.ts'
import type { LifecycleDocument } from '../domain/generated/lifecycle.ts'
import type { RolesDocument } from '../domain/generated/roles.ts'
import type { RuntimeDocument } from '../domain/generated/runtime.ts'
import type { SettingsDocument } from '../domain/generated/settings.ts'
import { isJsonObject } from '../domain/json.ts'
import { normaliseMethod } from '../domain/names.ts'
import { contentKey, diagnosticOf, documentAt, type CompiledDocument, type Content } from './compile-document.ts'
import type { DeclaredFreeze, DeclaredLifecycle, DeclaredRuntime, ResolvedSettings } from './declared-state.ts'
import type { DocumentKind, Place } from './catalog/layout.ts'
import { stagesOf } from './lifecycle-presets.ts'
import type { CatalogLayout } from './catalog/path-rules.ts'
import { checkPlatform } from './rules/platform-rules.ts'
import { resolveSettings } from './settings.ts'

/** One part of `_platform` that rules may depend on; `runtime:NAME` is one runtime, `runtimes` is all of them. */
export type PlatformPart = 'settings' | 'roles' | 'lifecycles' | 'runtimes' | `runtime:${string}`

/** What `_platform` says. Models are judged by it. */
export interface Platform {
  /** Null when the settings are broken. */
  readonly settings: ResolvedSettings | null
  readonly runtimes: ReadonlyMap<string, DeclaredRuntime>
  /** Names; with `isBroken`, since a link may hide the whole folder. */
  readonly brokenRuntimes: ReadonlySet<string>
  readonly lifecycles: ReadonlyMap<string, DeclaredLifecycle>
  /** Likewise. */
  readonly brokenLifecycles: ReadonlySet<string>
  /** Null when the roles are broken: nobody knows then which there are. */
  readonly roles: ReadonlyMap<string, readonly string[]> | null
  readonly freezes: ReadonlyMap<string, DeclaredFreeze>
  readonly documents: number
  readonly diagnostics: readonly Diagnostic[]
  /** Names the content of a part: equal digests, equal judgement. */
  digestOf(part: PlatformPart): string
}

export interface PlatformInput {
  readonly root: string
  readonly layout: CatalogLayout
  /** By `contentKey`. */
  readonly contents: ReadonlyMap<string, Content>
  /** Faults of entries that hide `_platform` itself, such as a link in its place. */
  readonly outside: readonly Diagnostic[]
}

export function readPlatform({ root, layout, contents, outside }: PlatformInput): Platform {
  const found: Diagnostic[] = [...layout.diagnostics]
  const broken = new Set([...layout.diagnostics, ...outside].map(({ path }) => path))
  const documents: CompiledDocument[] = []
  for (const { entry, place } of layout.documents) {
    const content = contents.get(contentKey(place.kind, entry.oid))
    if (content === undefined) continue
    const diagnostics = content.faults.map((fault) => diagnosticOf(fault, entry.path))
    found.push(...diagnostics)
    const document = documentAt(content, place, entry.path, entry.oid)
    if (document === null || diagnostics.some(isError)) broken.add(entry.path)
    else documents.push(document)
  }
  const of = (kind: DocumentKind): CompiledDocument[] => documents.filter((document) => document.kind === kind)
  const brokenIn = (folder: string): ReadonlySet<string> => brokenNames(broken, `${root}/_platform/${folder}/`)
  const roles = [...broken].some((path) => hides(path, root, 'roles')) ? null : rolesOf(of('Roles')[0])
  const platform = {
    settings: [...broken].some((path) => hides(path, root, 'settings')) ? null : settingsOf(of('Settings')[0]),
    runtimes: new Map(of('Runtime').map((document) => [document.place.name, runtimeOf(document)])),
    brokenRuntimes: brokenIn('runtimes'),
    lifecycles: new Map(of('Lifecycle').map((document) => [document.place.name, lifecycleOf(document)])),
    brokenLifecycles: brokenIn('lifecycles'),
    roles,
    freezes: new Map(of('Freeze').map((document) => [document.place.name, freezeOf(document)])),
  }
  return {
    ...platform,
    documents: layout.documents.length,
    diagnostics: [...found, ...checkPlatform(platform)],
    digestOf: partDigests(layout.documents, broken),
  }
}

/** A link in place of the folder, or a misspelt file, hides what it should hold: defaults would be others'. */
function hides(path: string, root: string, file: string): boolean {
  const folder = `${root}/_platform`
  if (path === folder) return true
  return (
    path.startsWith(`${folder}/`) &&
    path
      .slice(folder.length + 1)
      .toLowerCase()
      .replace(/\.ya?ml$/, '') === file
  )
}

/** In a set of broken names: every name may be, as where a link stands in place of their folder. */
const anyName = '*'

export function isBroken(broken: ReadonlySet<string>, name: string): boolean {
  return broken.has(name) || broken.has(anyName)
}

function brokenNames(paths: ReadonlySet<string>, folder: string): ReadonlySet<string> {
  if ([...paths].some((path) => folder.startsWith(`${path}/`))) return new Set([anyName])
  const within = [...paths].filter((path) => path.startsWith(folder))
  return new Set(within.map((path) => path.slice(folder.length).replace(/\.ya?ml$/i, '')))
}

function settingsOf(document: CompiledDocument | undefined): ResolvedSettings {
  return resolveSettings((document?.value ?? {}) as unknown as SettingsDocument)
}

function rolesOf(document: CompiledDocument | undefined): ReadonlyMap<string, readonly string[]> {
  const { roles = {} } = (document?.value ?? {}) as unknown as Partial<RolesDocument>
  return new Map(Object.entries(roles))
}

function runtimeOf(document: CompiledDocument): DeclaredRuntime {
  const value = document.value as unknown as RuntimeDocument
  return {
    name: document.place.name,
    method: normaliseMethod(value.deployment_method),
    stages: value.stages,
    services: value.services ?? [],
    config: isJsonObject(document.value.config) ? document.value.config : {},
    concurrentRollouts: value.limits?.concurrent_rollouts ?? null,
    document,
  }
}

function lifecycleOf(document: CompiledDocument): DeclaredLifecycle {
  const value = document.value as unknown as LifecycleDocument
  return { name: document.place.name, riskTiers: value.risk_tiers ?? [], stages: stagesOf(value), document }
}

function freezeOf(document: CompiledDocument): DeclaredFreeze {
  return { name: document.place.name, value: document.value as unknown as FreezeDocument, document }
}

const partOfKind: Partial<Record<DocumentKind, PlatformPart>> = {
  Settings: 'settings',
  Roles: 'roles',
  Lifecycle: 'lifecycles',
  Runtime: 'runtimes',
}

/** Digests over the names and object ids of the documents of each part; broken ones count too. */
function partDigests(
  documents: readonly { readonly entry: { readonly path: string; readonly oid: string }; readonly place: Place }[],
  broken: ReadonlySet<string>,
): (part: PlatformPart) => string {
  const lines = new Map<string, string[]>()
  const add = (part: string, line: string): void => void lines.set(part, [...(lines.get(part) ?? []), line])
  for (const { entry, place } of documents) {
    const part = partOfKind[place.kind]
    if (part === undefined) continue
    add(part, `${place.name} ${entry.oid}`)
    if (place.kind === 'Runtime') add(`runtime:${place.name}`, entry.oid)
  }
  const wrong = [...broken].sort().join('\n')
  const digests = new Map([...lines].map(([part, all]) => [part, sha256Hex(`${all.join('\n')}\n${wrong}`)]))
  const none = sha256Hex(wrong)
  return (part) => digests.get(part) ?? none
}
