import type { CapabilityTable } from '../../runtimes/capabilities.ts'
import { entriesBelow } from '../../source/folders.ts'
import type { SourceFolder } from '../../source/source.ts'
import { contentKey, goodDocumentAt, type Content } from '../compile-document.ts'
import { draftFolder, namespacesBelow, type FolderDraft } from './folder-draft.ts'
import { summarise, type FolderNode } from './folder-node.ts'
import { GroupQueue } from './group-queue.ts'
import { extendChain, noNamespaces, type NamespaceChain } from '../namespaces.ts'
import { checkPaths } from './path-rules.ts'
import { readPlatform, type Platform } from '../platform.ts'
import { readContents, type BaseRevision } from './read-contents.ts'
import type { Reading } from './reading.ts'

export interface PassInput {
  readonly root: string
  readonly folder: SourceFolder
  /** What rules compare with; null where there is nothing before. */
  readonly base: BaseRevision | null
  readonly capabilities: CapabilityTable
  /** Days as rules compare them; their zone is that of the settings of this revision. */
  readonly days: (platform: Platform) => Days
  /** What the last pass left; null: everything is read. */
  readonly memory: PassResult | null
  /** Whether documents are kept after they were judged. */
  readonly keep: boolean
}

/** `YYYY-MM-DD`. */
export interface Days {
  readonly today: string
  readonly committedOn: string
}

export interface PassResult {
  readonly platform: Platform
  readonly platformContents: ReadonlyMap<string, Content>
  readonly root: FolderNode
}

/** One run over one revision: `_platform` and the namespaces first, then every model that must be judged again. */
export function* runPass(input: PassInput): Reading<PassResult> {
  const { root, folder, memory } = input
  const platformFolder = folder.folders.find(({ path }) => path === `${root}/_platform`)
  const layout = checkPaths(platformFolder === undefined ? [] : entriesBelow(platformFolder), root)
  const draft = draftFolder(folder, root, memory?.root ?? null)
  const namespaces = namespacesBelow(draft)
  const known = new Map([...(memory?.platformContents ?? []), ...namespaces.known])
  const read = yield* readContents('revision', [...layout.documents, ...namespaces.documents], known)
  // The known ones too: a folder that is the same is judged again where what it depends on is not.
  const contents = new Map([...known, ...read])
  const outside = draft.layout.own.diagnostics.filter(({ path }) => path === `${root}/_platform`)
  const platform = readPlatform({ root, layout, contents, outside })
  const groups = new GroupQueue({ ...input, platform, ...input.days(platform) })
  const context = [platformFolder?.oid ?? '', ...outside.map(({ code }) => code), input.days(platform).today].join(' ')
  const settle = new Settling({ root, context, contents, groups })
  const finish = settle.folder(draft, noNamespaces, input.base?.folder ?? null)
  yield* groups.run()
  const platformContents = new Map(
    layout.documents.flatMap(({ entry, place }) => {
      const key = contentKey(place.kind, entry.oid)
      const content = contents.get(key)
      return content === undefined ? [] : [[key, content] as const]
    }),
  )
  return { platform, platformContents, root: finish() }
}

interface SettlingInput {
  readonly root: string
  /** Names what every folder depends on. */
  readonly context: string
  readonly contents: ReadonlyMap<string, Content>
  readonly groups: GroupQueue
}

/** Decides folder by folder what can be kept; what can not is given to the queue, and put together afterwards. */
class Settling {
  readonly #input: SettlingInput

  constructor(input: SettlingInput) {
    this.#input = input
  }

  /** Gives what makes the folder's node once the queue has run. */
  folder(draft: FolderDraft, above: NamespaceChain, base: SourceFolder | null): () => FolderNode {
    const { folder, known, layout } = draft
    const { root, context } = this.#input
    const compared = base !== null && base.oid !== folder.oid
    const key = `${context} ${above.id}`
    if (known !== null && known.folder === folder && known.key === key && !compared && !known.compared)
      return () => known
    const { namespace, chain } = this.#namespace(draft, above)
    const groups = layout.groups.map((folders) => {
      const earlier = known?.groups.get(folders[0]?.path ?? '') ?? null
      return this.#input.groups.add({ folders, chain, known: earlier, compared })
    })
    const children = draft.children().map((child) => {
      const before = base?.folders.find(({ path }) => path === child.folder.path) ?? null
      return this.folder(child, chain, compared ? (before ?? nothingAt(child.folder.path)) : null)
    })
    return () =>
      summarise({
        ...{ root, chain, folder, key, compared, layout, namespace },
        groups: new Map(groups.map((group) => group()).map((node) => [node.folders[0]?.path ?? '', node])),
        children: new Map(children.map((child) => child()).map((node) => [node.folder.path, node])),
      })
  }

  #namespace({ layout }: FolderDraft, above: NamespaceChain): { namespace: Content | null; chain: NamespaceChain } {
    const found = layout.own.documents.find(({ place }) => place.kind === 'Namespace')
    if (found === undefined) return { namespace: null, chain: above }
    const { entry, place } = found
    const content = this.#input.contents.get(contentKey(place.kind, entry.oid)) ?? null
    return { namespace: content, chain: extendChain(above, goodDocumentAt(content, place, entry), entry.oid) }
  }
}

/** A folder that the base does not have. */
function nothingAt(path: string): SourceFolder {
  return { path, oid: '', entries: [], folders: [] }
}
