import type { BaseRevision } from '../declared/catalog/read-contents.ts'
import { maskTokens } from '../declared/rules/secret-rules.ts'
import { codeEntry } from '../domain/diagnostic-codes.ts'
import type { Diagnostic } from '../domain/diagnostics.ts'
import { StewardError } from '../domain/errors.ts'
import { maskRanges, type SourceText } from '../report/diagnostics.ts'
import { entriesBelow, findEntry } from '../source/folders.ts'
import type { RevisionRequest, Source, SourceSnapshot } from '../source/source.ts'

export interface OpenedRevision {
  readonly snapshot: SourceSnapshot
  readonly base: BaseRevision | null
}

/**
 * A revision with the one that it is compared with: `since` where it is named, else HEAD for a work tree, else the
 * first parent.
 */
export async function openRevision(
  source: Source,
  request: RevisionRequest,
  since: string | null,
  signal?: AbortSignal,
): Promise<OpenedRevision> {
  const snapshot = await source.open(request, signal)
  if (since === null) {
    const folder = await source.folderAt(snapshot.commit === null ? 'HEAD' : `${snapshot.commit}^`)
    return { snapshot, base: folder === null ? null : { folder, fork: folder } }
  }
  const commit = await source.resolve(since)
  if (commit === null) {
    const hint = 'Name a branch, a tag or a commit; a shallow clone may have to be fetched with its history.'
    throw new StewardError(`there is no revision ${since}`, { code: 'revision_unknown', kind: 'user', hint })
  }
  const folder = (await source.folderAt(commit)) ?? { path: snapshot.root, oid: '', entries: [], folders: [] }
  const head = snapshot.commit ?? (await source.resolve('HEAD'))
  const ancestor = head === null ? null : await source.mergeBase(head, commit)
  const fork = ancestor === commit ? folder : ancestor === null ? null : await source.folderAt(ancestor)
  return { snapshot, base: { folder, fork } }
}

/**
 * The problems that a change brings or touches: those of files that it changes, of models in which it changes
 * something, that speak of a changed file, and where `_platform` or a namespace changes all that depend on it.
 */
export function changedSince(
  diagnostics: readonly Diagnostic[],
  { root, folder }: SourceSnapshot,
  base: BaseRevision | null,
): readonly Diagnostic[] {
  // What others did meanwhile is not this change's: it is compared with where it began.
  const before = base?.fork ?? base?.folder ?? null
  if (before === null) return diagnostics
  const old = new Map(entriesBelow(before).map(({ path, oid, mode }) => [path, `${mode} ${oid}`]))
  const now = new Map(entriesBelow(folder).map(({ path, oid, mode }) => [path, `${mode} ${oid}`]))
  const changed = new Set([...now].filter(([path, name]) => old.get(path) !== name).map(([path]) => path))
  for (const path of old.keys()) if (!now.has(path)) changed.add(path)
  if ([...changed].some((path) => path.startsWith(`${root}/_platform/`))) return diagnostics
  const places = [...new Set([...changed].filter((path) => path.endsWith('.yaml')).map(placeOf))]
  const touched = (path: string): boolean => changed.has(path) || places.some((place) => path.startsWith(place))
  return diagnostics.filter(({ path, related }) => touched(path) || related.some((each) => changed.has(each.path)))
}

/** The folder of the model, or of the namespace, that a document belongs to. */
function placeOf(path: string): string {
  return path.replace(/(?:(?:versions|deployments|approvals)\/)?[^/]*$/, '')
}

/** Gives the texts of the documents that diagnostics stand in, for framing them. */
export type FrameText = (diagnostics: readonly Diagnostic[]) => Promise<SourceText>

/** What may be a secret is masked in every line that is shown. */
export function frameText(snapshot: SourceSnapshot): FrameText {
  return async (diagnostics) => {
    const wrong = new Set(diagnostics.flatMap(({ path, related }) => [path, ...related.map((each) => each.path)]))
    const entries = [...wrong].map((path) => findEntry(snapshot.folder, path)).filter((entry) => entry !== null)
    const sensitive = diagnostics.filter(({ code }) => codeEntry(code).sensitive === true)
    const texts = new Map<string, string>()
    await snapshot.read(
      entries.filter(({ mode }) => mode === 'file'),
      ({ path }, bytes) => {
        const ranges = sensitive.filter((diagnostic) => diagnostic.path === path).map(({ range }) => range)
        texts.set(path, maskTokens(maskRanges(new TextDecoder().decode(bytes), ranges)))
      },
    )
    return (path) => texts.get(path) ?? null
  }
}
