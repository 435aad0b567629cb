import type { Diagnostic } from '../../domain/diagnostics.ts'
import type { ModelId } from '../../domain/names.ts'
import { byPath } from '../../source/folders.ts'
import type { SourceFolder } from '../../source/source.ts'
import { diagnosticOf, type Content } from '../compile-document.ts'
import type { DeclaredUnit } from '../declared-state.ts'
import type { EndpointClaim } from '../endpoint-claims.ts'
import { findingAt } from '../findings.ts'
import { nameOf, type FolderLayout } from './folder-layout.ts'
import type { GroupResult } from './judge-group.ts'
import { lookAlikes } from '../rules/look-alikes.ts'
import type { NamespaceChain } from '../namespaces.ts'
import type { CatalogLayout } from './path-rules.ts'
import type { Dependency } from '../unit-context.ts'
import type { UnitBranch } from './unit-index.ts'

/** A model's folder, judged. */
export interface GroupNode {
  readonly folders: readonly SourceFolder[]
  readonly layout: CatalogLayout
  /** How many documents it holds, also where they are not kept. */
  readonly documents: number
  /** By `contentKey`; empty where documents are not kept. */
  readonly contents: ReadonlyMap<string, Content>
  readonly chain: string
  /** Whether it was compared with another state at the base: then the judgement holds for that comparison only. */
  readonly compared: boolean
  /** Digests of what it depended on. */
  readonly used: ReadonlyMap<Dependency, string>
  /** How many models it holds, also where they are not kept. */
  readonly count: number
  readonly result: GroupResult
}

/** A folder of namespaces, judged, with everything below it. */
export interface FolderNode {
  readonly folder: SourceFolder
  /** Names everything outside of the folder that the judgement depended on. */
  readonly key: string
  /** Whether anything below differed from the base: then the judgement holds for that comparison only. */
  readonly compared: boolean
  readonly layout: FolderLayout
  readonly namespace: Content | null
  readonly groups: ReadonlyMap<string, GroupNode>
  readonly children: ReadonlyMap<string, FolderNode>
  readonly branch: UnitBranch
  readonly documents: number
  readonly unitCount: number
  /** Whether a namespace.yaml stands in it or below. */
  readonly hasNamespaces: boolean
  readonly diagnostics: readonly Diagnostic[]
  /** Endpoint paths that are written in documents. */
  readonly written: readonly EndpointClaim[]
}

export type FolderParts = Pick<
  FolderNode,
  'folder' | 'key' | 'compared' | 'layout' | 'namespace' | 'groups' | 'children'
> & {
  readonly root: string
  readonly chain: NamespaceChain
}

/** Adds up what a folder and those below it come to. Costs what stands directly in the folder. */
export function summarise(parts: FolderParts): FolderNode {
  const { root, chain, folder, key, compared, layout, namespace, groups, children } = parts
  const below = [...children.values()]
  const results = [...groups.values()].map(({ result }) => result)
  const units = new Map<ModelId, DeclaredUnit>(results.flatMap((each) => each.units.map((unit) => [unit.model, unit])))
  const branch: UnitBranch = {
    namespace: folder.path.slice(root.length),
    units,
    branches: new Map(below.map(({ branch: each }) => [each.namespace, each])),
    size: units.size + below.reduce((sum, each) => sum + each.branch.size, 0),
  }
  const own = [...groups.values()].reduce((sum, group) => sum + group.documents, layout.own.documents.length)
  return {
    ...{ folder, key, compared, layout, namespace, groups, children, branch },
    documents: below.reduce((sum, each) => sum + each.documents, own),
    unitCount: [...groups.values(), ...below.map(({ unitCount }) => ({ count: unitCount }))].reduce(
      (sum, { count }) => sum + count,
      0,
    ),
    hasNamespaces: namespace !== null || below.some((each) => each.hasNamespaces),
    diagnostics: [
      ...layout.own.diagnostics,
      ...namespaceDiagnostics(parts, chain),
      ...lookAlikes(namedFolders(layout), 'folder'),
      ...results.flatMap(({ diagnostics }) => diagnostics),
      ...below.flatMap(({ diagnostics }) => diagnostics),
    ],
    written: [
      ...results.flatMap(({ claims }) => claims.filter(({ written }) => written)),
      ...below.flatMap(({ written }) => written),
    ],
  }
}

function namespaceDiagnostics({ layout, namespace }: FolderParts, chain: NamespaceChain): Diagnostic[] {
  const document = layout.own.documents.find(({ place }) => place.kind === 'Namespace')
  if (document === undefined || namespace === null) return []
  const found = namespace.faults.map((fault) => diagnosticOf(fault, document.entry.path))
  const link = chain.links.at(-1)?.document
  const written = link?.path === document.entry.path ? link.value.namespace : undefined
  if (link === undefined || written === undefined || written === document.place.name) return found
  const summary = `\`namespace\` is ${String(written)}, but the path says ${document.place.name}`
  const help = `Write ${document.place.name}, leave it out, or move the file.`
  return [...found, findingAt(link, ['namespace'], { code: 'ST1106', summary, help })]
}

/** A folder can not be pointed at: the first file in it stands for it. */
function namedFolders({ groups, namespaces }: FolderLayout): { name: string; path: string }[] {
  const folders = [...groups.flat(), ...namespaces].sort(byPath)
  return folders.map((folder) => ({ name: nameOf(folder.path), path: firstFile(folder) }))
}

function firstFile({ entries, folders, path }: SourceFolder): string {
  const [entry] = entries
  const [folder] = folders
  return entry?.path ?? (folder === undefined ? path : firstFile(folder))
}
