import { StewardError } from '../domain/errors.ts'
import { Fifo } from '../domain/fifo.ts'
import { CatFile, type GitObject } from './cat-file.ts'
import { TreeLister } from './git-tree.ts'
import { readObjects } from './read-objects.ts'
import type { SourceEntry, SourceFolder, SourceSnapshot } from './source.ts'

interface Commit {
  readonly oid: string
  readonly committedAt: string
  readonly author: string
}

/** Author's address and committer's time of a raw commit object (gitformat: `author NAME <ADDRESS> SECONDS ZONE`). */
function parseCommit(object: GitObject): Commit {
  const header = object.bytes.toString('utf8').split('\n\n', 1)[0] ?? ''
  const author = /^author .*<([^>]*)> /m.exec(header)?.[1] ?? ''
  const seconds = Number(/^committer .*> (\d+) /m.exec(header)?.[1] ?? 0)
  return { oid: object.oid, committedAt: new Date(seconds * 1000).toISOString(), author }
}

/** Revisions read from the object database of a local repository: nothing is checked out, no link is followed. */
export class GitSource {
  readonly #catFile: CatFile
  readonly #lister: TreeLister
  readonly #root: string
  readonly #gitDir: string
  readonly #headBranch: () => Promise<string | null>

  constructor(options: { gitDir: string; root: string; headBranch: () => Promise<string | null> }) {
    this.#catFile = new CatFile(options.gitDir)
    this.#lister = new TreeLister((oids, take) => this.#objects(oids, take))
    this.#root = options.root
    this.#gitDir = options.gitDir
    this.#headBranch = options.headBranch
  }

  async resolve(revision: string): Promise<string | null> {
    return (await this.#commitObject(revision))?.oid ?? null
  }

  async open(revision: string): Promise<SourceSnapshot> {
    const object = await this.#commitObject(revision)
    if (object === null) throw await this.#unknownRevision(revision)
    const commit = parseCommit(object)
    const rootTree = await this.#catFile.get(`${commit.oid}:${this.#root}`)
    if (rootTree === null || rootTree.type !== 'tree') throw this.#noRoot(revision)
    const algorithm = commit.oid.length === 64 ? 'sha256' : 'sha1'
    return {
      revision: `${await this.#pointer(revision)}@${algorithm}:${commit.oid}`,
      commit: commit.oid,
      root: this.#root,
      tree: rootTree.oid,
      committedAt: commit.committedAt,
      author: commit.author,
      folder: await this.#lister.list(rootTree.oid, this.#root),
      read: (entries, take) => this.read(entries, take),
    }
  }

  async folderAt(revision: string): Promise<SourceFolder | null> {
    const commit = await this.#commitObject(revision)
    if (commit === null) return null
    const rootTree = await this.#catFile.get(`${commit.oid}:${this.#root}`)
    return rootTree?.type === 'tree' ? this.#lister.list(rootTree.oid, this.#root) : null
  }

  close(): Promise<void> {
    return this.#catFile.close()
  }

  /** Fully qualified names first: a short one would make git look through all refs, and a tag could shadow a branch. */
  async #commitObject(revision: string): Promise<GitObject | null> {
    for (const name of [`refs/heads/${revision}`, `refs/tags/${revision}`, `refs/remotes/${revision}`, revision]) {
      const object = await this.#catFile.get(`${name}^{commit}`)
      if (object?.type === 'commit') return object
    }
    return null
  }

  async #pointer(revision: string): Promise<string> {
    if (revision === 'HEAD') return (await this.#headBranch()) ?? 'HEAD'
    return /^[0-9a-f]{7,64}$/.test(revision) ? 'HEAD' : revision.replace(/^refs\/(heads|tags|remotes)\//, '')
  }

  read(entries: Iterable<SourceEntry>, take: (entry: SourceEntry, bytes: Uint8Array) => void): Promise<void> {
    const asked = new Fifo<SourceEntry>()
    const oids = function* (): Generator<string> {
      for (const entry of entries) {
        asked.push(entry)
        yield entry.oid
      }
    }
    return this.#objects(oids(), (_index, bytes) => {
      const entry = asked.shift()
      if (entry !== undefined) take(entry, bytes)
    })
  }

  #objects(oids: Iterable<string>, take: (index: number, bytes: Buffer) => void): Promise<void> {
    return readObjects({ catFile: this.#catFile, gitDir: this.#gitDir, oids, take })
  }

  async #unknownRevision(revision: string): Promise<StewardError> {
    const empty = revision === 'HEAD' && (await this.#catFile.get('HEAD')) === null
    return new StewardError(empty ? 'the repository has no commit' : `there is no revision ${revision}`, {
      code: 'revision_unknown',
      kind: 'user',
      hint: empty ? 'Commit the catalog first, or use --worktree.' : 'Name a branch, a tag or a commit with --rev.',
    })
  }

  #noRoot(revision: string): StewardError {
    return new StewardError(`revision ${revision} has no folder ${this.#root}/`, {
      code: 'root_missing',
      kind: 'user',
      hint: 'Name the catalog’s folder with --root.',
    })
  }
}
