import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openRepository, type Repository } from '../../src/source/repository.ts'
import { entriesBelow } from '../../src/source/folders.ts'
import type { SourceSnapshot } from '../../src/source/source.ts'
import type { Catalog } from './catalog-builder.ts'

/** Git answers for these tests alone: no settings of the machine or of the user, fixed names and times. */
const gitEnvironment = {
  PATH: process.env.PATH ?? '',
  HOME: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Alice',
  GIT_AUTHOR_EMAIL: 'alice@example.com',
  GIT_COMMITTER_NAME: 'Bob',
  GIT_COMMITTER_EMAIL: 'bob@example.com',
  GIT_AUTHOR_DATE: '1700000000 +0100',
  GIT_COMMITTER_DATE: '1700000060 +0100',
}

/** A Git repository of its own in a temporary folder, removed at the end of its scope. */
export class ScratchRepository implements AsyncDisposable {
  readonly folder: string
  readonly #base: string
  readonly #opened: Repository[] = []

  constructor(options: { readonly name?: string; readonly init?: readonly string[] } = {}) {
    this.#base = realpathSync(mkdtempSync(join(tmpdir(), 'steward-catalog-')))
    this.folder = join(this.#base, options.name ?? 'repo')
    mkdirSync(this.folder)
    this.git('init', '--quiet', '--initial-branch=main', ...(options.init ?? []))
  }

  git(...words: readonly string[]): string {
    return this.gitIn(this.folder, ...words)
  }

  gitIn(folder: string, ...words: readonly string[]): string {
    const run = { cwd: folder, env: gitEnvironment, encoding: 'utf8', stdio: 'pipe' } as const
    return execFileSync('git', words, run).trimEnd()
  }

  /** A folder beside the repository. */
  beside(name: string): string {
    return join(this.#base, name)
  }

  write(path: string, content: string | Uint8Array): void {
    const file = join(this.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }

  /** Makes the catalog's folder hold exactly these documents. */
  writeCatalog(catalog: Catalog, root = 'models'): void {
    rmSync(join(this.folder, root), { recursive: true, force: true })
    for (const [path, { bytes }] of catalog.files) this.write(`${root}/${path}`, bytes)
  }

  /** Commits all that is there and gives the commit's id. */
  commit(message = 'change'): string {
    this.git('add', '--all')
    this.git('commit', '--quiet', '--allow-empty', '--message', message)
    return this.git('rev-parse', 'HEAD')
  }

  async open(folder = this.folder, root = 'models'): Promise<Repository> {
    const repository = await openRepository(folder, root)
    this.#opened.push(repository)
    return repository
  }

  async revision(revision: string, folder = this.folder): Promise<SourceSnapshot> {
    return (await this.open(folder)).source.open({ kind: 'git', revision })
  }

  async worktree(folder = this.folder, root = 'models'): Promise<SourceSnapshot> {
    return (await this.open(folder, root)).source.open({ kind: 'worktree' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { source } of this.#opened) await source.close()
    rmSync(this.#base, { recursive: true, force: true })
  }
}

export function pathsOf(snapshot: SourceSnapshot): string[] {
  return entriesBelow(snapshot.folder).map(({ path }) => path)
}

/** The bytes of every file of a snapshot, by path. */
export async function bytesOf(snapshot: SourceSnapshot): Promise<ReadonlyMap<string, Uint8Array>> {
  const read = new Map<string, Uint8Array>()
  const files = entriesBelow(snapshot.folder).filter(({ mode }) => mode === 'file')
  await snapshot.read(files, ({ path }, bytes) => read.set(path, bytes))
  return read
}

/** The text of one file of a snapshot. */
export async function textOf(snapshot: SourceSnapshot, path: string): Promise<string> {
  return new TextDecoder().decode((await bytesOf(snapshot)).get(path))
}
