import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { unpackArchive } from '../artifacts/archive.ts'
import { createDirectoryStore } from '../artifacts/directory-store.ts'
import { fetchArtifact, hashArtifact, type ArtifactReference } from '../artifacts/fetch-artifact.ts'
import { StewardError } from '../domain/errors.ts'
import { pathToFileURL } from 'node:url'
import { fileNameOfKey, type HostContext } from './context.ts'
import { specDigestOf, type SetBody } from './deployment-body.ts'

interface Use {
  readonly ready: Promise<string>
  users: number
}

/** The artifact whose files are the working folder itself. */
function rootArtifact(artifacts: readonly ArtifactReference[]): ArtifactReference | undefined {
  return artifacts.find(({ name }) => name === 'trained') ?? (artifacts.length === 1 ? artifacts[0] : undefined)
}

/** Verified artifacts, and the working folders unpacked from them. A folder lives as long as a set uses it. */
export class WorkFolders {
  readonly #context: HostContext
  readonly #uses = new Map<string, Use>()
  readonly #local = createDirectoryStore()

  constructor(context: HostContext) {
    this.#context = context
  }

  #folderOf(key: string, set: SetBody): string {
    const digest = specDigestOf(set).slice('sha256:'.length, 'sha256:'.length + 12)
    return join(this.#context.folders.work, fileNameOfKey(key), `${set.id}-${digest}`)
  }

  /** The set's working folder, unpacked anew for its first user. Call `release` once for every success. */
  async acquire(key: string, set: SetBody, signal: AbortSignal): Promise<string> {
    const folder = this.#folderOf(key, set)
    const use = this.#uses.get(folder) ?? { ready: this.#prepare(folder, set, signal), users: 0 }
    this.#uses.set(folder, use)
    use.users += 1
    try {
      return await use.ready
    } catch (error) {
      if (this.#uses.get(folder) === use) this.#uses.delete(folder)
      throw error
    }
  }

  async release(key: string, set: SetBody): Promise<void> {
    const folder = this.#folderOf(key, set)
    const use = this.#uses.get(folder)
    if (use === undefined) return
    use.users -= 1
    if (use.users > 0) return
    // Moved away first: a new user may unpack to the same name while this one is removed.
    const aside = `${folder}.${this.#context.ids.uuid()}.gone`
    this.#uses.delete(folder)
    await rename(folder, aside).catch(() => {})
    await rm(aside, { recursive: true, force: true })
  }

  async #prepare(folder: string, set: SetBody, signal: AbortSignal): Promise<string> {
    const temporary = `${folder}.${this.#context.ids.uuid()}.tmp`
    try {
      const root = rootArtifact(set.artifacts)
      if (root !== undefined) await this.#unpack(root, temporary, signal)
      else await mkdir(temporary, { recursive: true, mode: 0o700 })
      for (const artifact of set.artifacts) {
        if (artifact !== root) await this.#unpack(artifact, join(temporary, artifact.name), signal)
      }
      await rm(folder, { recursive: true, force: true })
      await rename(temporary, folder)
      return folder
    } catch (error) {
      await rm(temporary, { recursive: true, force: true })
      throw error
    }
  }

  async #unpack(artifact: ArtifactReference, folder: string, signal: AbortSignal): Promise<void> {
    const file = await this.#verified(artifact, signal)
    signal.throwIfAborted()
    try {
      await unpackArchive(file, folder)
    } catch (error) {
      if (!(error instanceof StewardError)) throw error
      const { code, kind, retry, hint } = error
      throw new StewardError(`artifact "${artifact.name}" (${artifact.uri}): ${error.message}`, {
        code,
        kind,
        retry,
        ...(hint === undefined ? {} : { hint }),
        cause: error,
      })
    }
  }

  /** The cached copy, hashed before every use; fetched where there is none or it is damaged. */
  async #verified(artifact: ArtifactReference, signal: AbortSignal): Promise<string> {
    const file = join(this.#context.folders.artifacts, `${artifact.sha256}.tar.gz`)
    const uri = pathToFileURL(file).href
    const cached = await this.#local.stat(uri, signal)
    if (cached !== null && (artifact.size === null || artifact.size === cached.size)) {
      if ((await hashArtifact(this.#local, uri, signal)).sha256 === artifact.sha256) return file
    }
    await fetchArtifact({ store: this.#context.artifactStore, artifact, destination: file, signal })
    return file
  }

  /** At start, when no server runs: removes work folders, and cached artifacts that no set names. */
  async sweep(sets: readonly SetBody[]): Promise<void> {
    const { work, artifacts } = this.#context.folders
    const named = new Set(sets.flatMap((set) => set.artifacts.map(({ sha256 }) => `${sha256}.tar.gz`)))
    for (const name of await readdir(work)) await rm(join(work, name), { recursive: true, force: true })
    for (const name of await readdir(artifacts)) {
      if (!named.has(name)) await rm(join(artifacts, name), { force: true })
    }
  }
}
