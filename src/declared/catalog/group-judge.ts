import type { CapabilityTable } from '../../runtimes/capabilities.ts'
import type { SourceEntry, SourceFolder } from '../../source/source.ts'
import { baseNeeds, baseUnit, type BaseNeeds } from './base-unit.ts'
import { contentKey, readContent, type Content } from '../compile-document.ts'
import { groupLayout } from './folder-layout.ts'
import type { GroupNode } from './folder-node.ts'
import { judgeGroup } from './judge-group.ts'
import type { DocumentKind } from './layout.ts'
import type { NamespaceChain } from '../namespaces.ts'
import type { CatalogLayout } from './path-rules.ts'
import type { Platform } from '../platform.ts'
import { readContents, type BaseRevision } from './read-contents.ts'
import type { Reading, ReadRequest } from './reading.ts'
import type { Dependency } from '../unit-context.ts'

export interface GroupJudgeInput {
  readonly root: string
  readonly base: BaseRevision | null
  readonly capabilities: CapabilityTable
  readonly platform: Platform
  readonly today: string
  readonly committedOn: string
  readonly keep: boolean
}

export interface GroupRequest {
  readonly folders: readonly SourceFolder[]
  readonly chain: NamespaceChain
  readonly known: GroupNode | null
  /** Whether the folder may differ from the base. */
  readonly compared: boolean
}

interface Pending {
  readonly request: GroupRequest
  layout: CatalogLayout
  readonly contents: Map<string, Content>
  readonly base: BaseNeeds | null
  /** Documents that have not been read yet. */
  missing: number
  node: GroupNode | null
}

interface Wanted {
  readonly entry: SourceEntry
  readonly kind: DocumentKind
  readonly pending: Pending
}

/** Judges models, each as soon as its last document has been read. */
export class GroupJudge {
  readonly #input: GroupJudgeInput
  readonly #pending: Pending[] = []
  #baseContents: ReadonlyMap<string, Content> = new Map()

  constructor(input: GroupJudgeInput) {
    this.#input = input
  }

  /** Gives what makes the model's node once `run` is done. */
  add(request: GroupRequest): () => GroupNode {
    const { folders, known, chain, compared } = request
    const { base, root } = this.#input
    const unchanged = known !== null && sameFolders(known.folders, folders)
    const layout = unchanged ? known.layout : groupLayout(folders, root)
    const needs = base === null || !compared ? null : baseNeeds(folders, layout, base)
    const valid = unchanged && known.chain === chain.id && !known.compared && needs === null && this.#holds(known)
    if (valid) return () => known
    const pending: Pending = { request, layout, contents: new Map(), base: needs, missing: 0, node: null }
    this.#pending.push(pending)
    return () => pending.node ?? this.#judge(pending)
  }

  /** The parts of `_platform` that a judgement depended on are as they were: its reverse index, read from this side. */
  #holds({ used }: GroupNode): boolean {
    return [...used].every(([part, digest]) => this.#digestOf(part) === digest)
  }

  #digestOf(part: Dependency): string {
    return part === 'today' ? this.#input.today : this.#input.platform.digestOf(part)
  }

  *run(): Reading<void> {
    yield* this.#readBase()
    const wanted: Wanted[] = []
    for (const pending of this.#pending) {
      for (const { entry, place } of pending.layout.documents) {
        const key = contentKey(place.kind, entry.oid)
        const known = pending.request.known?.contents.get(key)
        if (known !== undefined) pending.contents.set(key, known)
        else {
          wanted.push({ entry, kind: place.kind, pending })
          pending.missing += 1
        }
      }
      if (pending.missing === 0) pending.node = this.#judge(pending)
    }
    let next = 0
    const take: ReadRequest['take'] = (_entry, bytes) => {
      const asked = wanted[next++]
      if (asked !== undefined) this.#take(asked, bytes)
    }
    yield { of: 'revision', entries: wanted.map(({ entry }) => entry), take }
  }

  #take({ entry, pending, kind }: Wanted, bytes: Uint8Array): void {
    const key = contentKey(kind, entry.oid)
    if (!pending.contents.has(key)) pending.contents.set(key, readContent(kind, bytes))
    pending.missing -= 1
    if (pending.missing > 0) return
    pending.node = this.#judge(pending)
    if (this.#input.keep) return
    pending.contents.clear()
    pending.layout = noLayout
  }

  *#readBase(): Reading<void> {
    const { base } = this.#input
    if (base === null) return
    const documents = this.#pending.flatMap(({ base: needs, layout }) => {
      if (needs === null) return []
      const places = new Map(layout.documents.map(({ entry, place }) => [entry.path, place]))
      return needs.differing.flatMap((entry) => {
        const place = places.get(entry.path)
        return place === undefined ? [] : [{ entry, place }]
      })
    })
    this.#baseContents = yield* readContents('base', documents, new Map())
  }

  #judge({ request, layout, contents, base }: Pending): GroupNode {
    const { folders, chain } = request
    const { platform, capabilities, today, committedOn, keep } = this.#input
    const before = base === null ? null : baseUnit(base, this.#baseContents)
    const context = { platform, namespaces: chain, capabilities, today, committedOn, base: before }
    const result = judgeGroup(layout, contents, context)
    return {
      folders,
      layout: keep ? layout : noLayout,
      documents: layout.documents.length,
      contents: keep ? contents : new Map(),
      chain: chain.id,
      compared: base !== null,
      used: new Map([...result.uses].map((part) => [part, this.#digestOf(part)])),
      count: result.units.length,
      result: keep ? result : { ...result, units: [] },
    }
  }
}

/** What is not kept must not hold on to paths. */
const noLayout: CatalogLayout = { documents: [], units: new Map(), brokenUnits: new Set(), diagnostics: [] }

function sameFolders(a: readonly SourceFolder[], b: readonly SourceFolder[]): boolean {
  return a.length === b.length && a.every((folder, index) => folder === b[index])
}
