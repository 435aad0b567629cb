/** Where documents come from. Implemented for a Git revision (object database) and for a work tree. */
export type EntryMode = 'file' | 'symlink' | 'submodule'

export interface SourceEntry {
  /** Relative to the repository's root, with `/`. */
  readonly path: string
  readonly mode: EntryMode
  /** Names the bytes: equal oids hold equal bytes. The Git object id of the bytes, also in a work tree. */
  readonly oid: string
}

/**
 * One folder. Equal oids at one path hold the same files all the way down, and a source gives the same object for
 * them as long as it lives: what was found out about a folder can be kept by its identity.
 */
export interface SourceFolder {
  /** Relative to the repository's root, with `/`. */
  readonly path: string
  readonly oid: string
  /** What stands directly in it and is no folder, sorted by path. */
  readonly entries: readonly SourceEntry[]
  /** Sorted by path. */
  readonly folders: readonly SourceFolder[]
}

/** One revision, immutable: opening it again gives the same folders and bytes. */
export interface SourceSnapshot {
  /** `<pointer>@sha1:<oid>` for a commit, `worktree@sha256:<hex>` for a work tree. */
  readonly revision: string
  /** Null for a work tree. */
  readonly commit: string | null
  /** The folder of the catalog, relative to the repository's root. */
  readonly root: string
  /** Names the content of the root folder alone; equal across commits that do not touch it. */
  readonly tree: string
  /** ISO 8601, the committer's time; null for a work tree. */
  readonly committedAt: string | null
  /** The author's address; null for a work tree. */
  readonly author: string | null
  /** The root folder with everything below it. */
  readonly folder: SourceFolder
  readonly read: ReadEntries
}

/**
 * Hands over the bytes of files one by one, in the order asked. The entries are taken as they are needed: not many more
 * than were handed over, so that a long list never has to be there as a whole.
 */
export type ReadEntries = (
  entries: Iterable<SourceEntry>,
  take: (entry: SourceEntry, bytes: Uint8Array) => void,
) => Promise<void>

export type RevisionRequest = { readonly kind: 'worktree' } | { readonly kind: 'git'; readonly revision: string }

export interface Source {
  open(request: RevisionRequest, signal?: AbortSignal): Promise<SourceSnapshot>
  /** The commit that a revision names now, or null: one read of a ref, no process started. */
  resolve(revision: string): Promise<string | null>
  /** The root folder at a revision; null where there is no such revision, or no such folder in it. */
  folderAt(revision: string): Promise<SourceFolder | null>
  /** Reads files of any revision. */
  readonly read: ReadEntries
  /** Whether `descendant` is the commit `ancestor` or comes after it; false where either is unknown. */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>
  /** The best common ancestor of two commits; null where there is none. */
  mergeBase(a: string, b: string): Promise<string | null>
  close(): Promise<void>
}
