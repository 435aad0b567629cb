/** Where documents come from. Implemented for a Git revision (object database) and for a work tree. */
export type EntryMode = 'file' | 'symlink' | 'submodule'

export interface SourceEntry {
  /** Relative to the repository's root, with `/`. */
  readonly path: string
  readonly mode: EntryMode
  /** Names the bytes: equal oids hold equal bytes. A Git object id, or `sha256-…` for a work tree's file. */
  readonly oid: string
}

/** One revision, immutable: opening it again gives the same entries and bytes. */
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
  /** Everything below `root`, sorted by path. */
  readonly entries: readonly SourceEntry[]
  /** The bytes of files, by oid. */
  read(entries: readonly SourceEntry[]): Promise<ReadonlyMap<string, Uint8Array>>
}

export type RevisionRequest = { readonly kind: 'worktree' } | { readonly kind: 'git'; readonly revision: string }

export interface Source {
  open(request: RevisionRequest, signal?: AbortSignal): Promise<SourceSnapshot>
  /** The commit that a revision names now, or null: one read of a ref, no process started. */
  resolve(revision: string): Promise<string | null>
  /** Whether `descendant` is the commit `ancestor` or comes after it; false where either is unknown. */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>
  close(): Promise<void>
}
