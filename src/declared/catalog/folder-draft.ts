import type { SourceFolder } from '../../source/source.ts'
import { contentKey, type Content } from '../compile-document.ts'
import { layoutOf, type FolderLayout } from './folder-layout.ts'
import type { FolderNode } from './folder-node.ts'
import type { CatalogLayout } from './path-rules.ts'

/** A folder of namespaces before it is judged. */
export interface FolderDraft {
  readonly folder: SourceFolder
  /** What was found out about the folder at this path the last time. */
  readonly known: FolderNode | null
  readonly layout: FolderLayout
  /** Made when they are asked for: of a folder that is the same as before, hardly ever. */
  children(): readonly FolderDraft[]
}

export function draftFolder(folder: SourceFolder, root: string, known: FolderNode | null): FolderDraft {
  const same = known !== null && known.folder === folder
  const layout = same ? known.layout : layoutOf(folder, root)
  let children: readonly FolderDraft[] | null = null
  return {
    folder,
    known,
    layout,
    children: () =>
      (children ??= layout.namespaces.map((child) =>
        draftFolder(child, root, known?.children.get(child.path) ?? null),
      )),
  }
}

export interface NamespaceDocuments {
  /** Of folders that changed: they may have to be read. */
  readonly documents: CatalogLayout['documents']
  /** What is known of namespace documents, by `contentKey`. */
  readonly known: ReadonlyMap<string, Content>
}

/** The namespace documents at and below a folder. */
export function namespacesBelow(draft: FolderDraft): NamespaceDocuments {
  const documents: CatalogLayout['documents'][number][] = []
  const known = new Map<string, Content>()
  const walk = ({ folder, known: node, layout, children }: FolderDraft): void => {
    const [own] = layout.own.documents.filter(({ place }) => place.kind === 'Namespace')
    if (own !== undefined) documents.push(own)
    remember(node)
    // What is the same as before is known below, too.
    if (node?.folder === folder) below(node)
    else children().forEach(walk)
  }
  const remember = (node: FolderNode | null): void => {
    const own = node?.layout.own.documents.find(({ place }) => place.kind === 'Namespace')
    if (own !== undefined && node?.namespace) known.set(contentKey('Namespace', own.entry.oid), node.namespace)
  }
  const below = (node: FolderNode): void => {
    if (!node.hasNamespaces) return
    for (const child of node.children.values()) {
      remember(child)
      below(child)
    }
  }
  walk(draft)
  return { documents, known }
}
