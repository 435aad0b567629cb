import { Fifo } from '../../domain/fifo.ts'
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

export interface GroupQueueInput {
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
  /** Made when its turn comes: those of a whole catalog are many. */
  readonly layout: () => CatalogLayout
  readonly base: BaseNeeds | null
  node: GroupNode | null
}

/** A model whose documents are being read. */
interface Open {
  readonly pending: Pending
  readonly layout: CatalogLayout
  readonly contents: Map<string, Content>
  /** Documents that have not been read yet. */
  missing: number
}

interface Wanted {
  readonly entry: SourceEntry
  readonly kind: DocumentKind
  readonly open: Open
}

/** Judges models, each as soon as its last document has been read. */
export class GroupQueue {
  readonly #input: GroupQueueInput
  readonly #pending: Pending[] = []
  #baseContents: ReadonlyMap<string, Content> = new Map()

  constructor(input: GroupQueueInput) {
    this.#input = input
  }

  /** Gives what makes the model's node once `run` is done. */
  add(request: GroupRequest): () => GroupNode {
    const { folders, known, chain, compared } = request
    const { base, root } = this.#input
    const unchanged = known !== null && sameFolders(known.folders, folders)
    const layout = (): CatalogLayout => (unchanged ? known.layout : groupLayout(folders, root))
    const needs = base === null || !compared ? null : baseNeeds(folders, layout(), base)
    const valid = unchanged && known.chain === chain.id && !known.compared && needs === null && this.#holds(known)
    if (valid) return () => known
    const pending: Pending = { request, layout, base: needs, node: null }
    this.#pending.push(pending)
    return () => {
      if (pending.node === null) throw new Error('a model is asked for before it was judged')
      return pending.node
    }
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
    const wanted = new Fifo<Wanted>()
    const take: ReadRequest['take'] = (_entry, bytes) => {
      const asked = wanted.shift()
      if (asked !== undefined) this.#take(asked, bytes)
    }
    yield { of: 'revision', entries: this.#entries(wanted), take }
  }

  /** Models are opened as their documents are read: those of a whole catalog are many. */
  *#entries(wanted: Fifo<Wanted>): Generator<SourceEntry> {
    for (const pending of this.#pending) {
      for (const document of this.#open(pending)) {
        wanted.push(document)
        yield document.entry
      }
    }
  }

  /** What has to be read for a model; it is judged at once where that is nothing. */
  #open(pending: Pending): Wanted[] {
    const layout = pending.layout()
    const open: Open = { pending, layout, contents: new Map(), missing: 0 }
    const wanted: Wanted[] = []
    for (const { entry, place } of layout.documents) {
      const key = contentKey(place.kind, entry.oid)
      const known = pending.request.known?.contents.get(key)
      if (known === undefined) wanted.push({ entry, kind: place.kind, open })
      else open.contents.set(key, known)
    }
    open.missing = wanted.length
    if (wanted.length === 0) this.#judge(open)
    return wanted
  }

  #take({ entry, open, kind }: Wanted, bytes: Uint8Array): void {
    const key = contentKey(kind, entry.oid)
    if (!open.contents.has(key)) open.contents.set(key, readContent(kind, bytes))
    open.missing -= 1
    if (open.missing > 0) return
    this.#judge(open)
    // What is not kept must not live as long as its batch: the collector would take it for long-lived.
    if (!this.#input.keep) open.contents.clear()
  }

  *#readBase(): Reading<void> {
    const { base } = this.#input
    if (base === null) return
    const documents = this.#pending.flatMap(({ base: needs }) => {
      if (needs === null) return []
      const places = new Map(needs.layout.documents.map(({ entry, place }) => [entry.path, place]))
      return needs.differing.flatMap((entry) => {
        const place = places.get(entry.path)
        return place === undefined ? [] : [{ entry, place }]
      })
    })
    this.#baseContents = yield* readContents('base', documents, new Map())
  }

  #judge({ pending, layout, contents }: Open): void {
    const { base } = pending
    const { folders, chain } = pending.request
    const { platform, capabilities, today, committedOn, keep } = this.#input
    const before = base === null ? null : baseUnit(base, this.#baseContents)
    const context = { platform, namespaces: chain, capabilities, today, committedOn, base: before }
    const result = judgeGroup(layout, contents, context)
    pending.node = {
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
