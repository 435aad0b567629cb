import { isError, sortDiagnostics, type Diagnostic } from '../domain/diagnostics.ts'
import type { ModelId } from '../domain/names.ts'
import type { CapabilityTable } from '../runtimes/capabilities.ts'
import type { SourceFolder } from '../source/source.ts'
import type { DeclaredState, ResolvedSettings } from './declared-state.ts'
import { checkClaims, type EndpointClaim } from './endpoint-claims.ts'
import type { FolderNode } from './catalog/folder-node.ts'
import { runPass, type PassResult } from './catalog/pass.ts'
import type { BaseRevision } from './catalog/read-contents.ts'
import type { Reading } from './catalog/reading.ts'
import { UnitIndex } from './catalog/unit-index.ts'

export interface DeclareRequest {
  readonly revision: string
  readonly root: string
  readonly tree: string
  readonly committedAt: string | null
  readonly author: string | null
  readonly folder: SourceFolder
  /** What rules compare with; null where there is nothing before. */
  readonly base: BaseRevision | null
  readonly now: Date
}

/** What validating needs to say: problems and counts, without the documents. */
export interface CheckedCatalog {
  readonly revision: string
  readonly documents: number
  readonly units: number
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * From the documents of a revision to what they declare, with every problem that they show. Pure: it asks
 * for bytes (`fulfil`). What was found out about a folder is kept by its identity, so that the next revision costs what
 * changed: documents are parsed again only where their bytes changed, and models are judged again only where their
 * documents, their namespaces or a part of `_platform` that they depend on changed.
 */
export class Declarer {
  readonly #capabilities: CapabilityTable
  #memory: PassResult | null = null

  constructor(capabilities: CapabilityTable) {
    this.#capabilities = capabilities
  }

  *declare(request: DeclareRequest): Reading<DeclaredState> {
    const pass = yield* this.#pass(request, true)
    this.#memory = pass
    const { revision, root, tree, committedAt, author } = request
    const { settings, runtimes, lifecycles, freezes } = pass.platform
    const { diagnostics, clashing } = conclude(pass)
    return {
      ...{ revision, root, tree, committedAt, author, settings, runtimes, lifecycles, freezes, diagnostics },
      units: new UnitIndex(pass.root.branch, clashing),
      documents: pass.root.documents + pass.platform.documents,
    }
  }

  /** The same judgement, holding one model at a time: the memory that it takes hardly grows with the catalog. */
  *check(request: DeclareRequest): Reading<CheckedCatalog> {
    const pass = yield* this.#pass(request, false)
    const { diagnostics } = conclude(pass)
    const documents = pass.root.documents + pass.platform.documents
    return { revision: request.revision, documents, units: pass.root.unitCount, diagnostics }
  }

  #pass({ now, committedAt, ...request }: DeclareRequest, keep: boolean): Reading<PassResult> {
    return runPass({
      ...request,
      capabilities: this.#capabilities,
      days: ({ settings }) => {
        const day = dayIn(settings?.timezone ?? 'UTC')
        return { today: day(now), committedOn: day(committedAt === null ? now : new Date(committedAt)) }
      },
      memory: keep ? this.#memory : null,
      keep,
    })
  }
}

/** `YYYY-MM-DD` of a moment in a time zone. */
function dayIn(timezone: string): (moment: Date) => string {
  if (timezone === 'UTC') return (moment) => moment.toISOString().slice(0, 10)
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, ...parts })
  return (moment) => format.format(moment)
}

/** What only all models together show, and the problems as the settings want them called. */
function conclude({ platform, root }: PassResult): {
  readonly diagnostics: readonly Diagnostic[]
  readonly clashing: ReadonlySet<ModelId>
} {
  const clashes = checkClaims(root.written, (runtime, endpoint) => defaultClaim(root, runtime, endpoint))
  const all = [...platform.diagnostics, ...root.diagnostics, ...clashes.diagnostics]
  return { diagnostics: applySeverities(sortDiagnostics(all), platform.settings), clashing: clashes.models }
}

/** The deployment whose default path this is: it is named by it. */
function defaultClaim(root: FolderNode, runtime: string, endpoint: string): EndpointClaim | null {
  let node: FolderNode | undefined = root
  const wanted = `${root.folder.path}${endpoint}`
  while (node !== undefined) {
    const path: string = node.folder.path
    const group = [...node.groups].find(([folder]) => wanted.startsWith(`${folder}/`))?.[1]
    if (group !== undefined) {
      return (
        group.result.claims.find(
          (claim) => !claim.written && claim.runtime === runtime && claim.endpoint === endpoint,
        ) ?? null
      )
    }
    const end = wanted.indexOf('/', path.length + 1)
    node = end === -1 ? undefined : node.children.get(wanted.slice(0, end))
  }
  return null
}

/** Overrides change what is shown and what the exit code counts; an error stays one (ST1109 says so). */
function applySeverities(diagnostics: readonly Diagnostic[], settings: ResolvedSettings | null): readonly Diagnostic[] {
  const overrides = settings?.value.severities
  if (overrides === undefined) return diagnostics
  return diagnostics.flatMap((diagnostic) => {
    const override = overrides[diagnostic.code]?.severity
    if (override === undefined || isError(diagnostic)) return [diagnostic]
    return override === 'off' ? [] : [{ ...diagnostic, severity: override }]
  })
}
