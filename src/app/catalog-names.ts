import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repositoryAround } from '../source/repository-around.ts'

/** The folders that are no namespace or model. */
const reserved = new Set(['versions', 'deployments', 'approvals'])

/**
 * Names in a work tree, told by paths alone: nothing is parsed and Git is not asked, so that a shell can wait for it.
 * What is not there, or can not be read, has no names.
 */
export class CatalogNames {
  readonly #top: string
  readonly #root: string

  private constructor(top: string, root: string) {
    this.#top = top
    this.#root = join(top, root)
  }

  /** The catalog `root` of the repository around `folder`. */
  static async around(folder: string, root: string): Promise<CatalogNames> {
    return new CatalogNames((await repositoryAround(folder)) ?? folder, root)
  }

  /** `abc_corp/claim/doc_classification` …, of those that begin with the text; other folders are not entered. */
  async models(beginning: string): Promise<readonly string[]> {
    const found: string[] = []
    const enter = async (path: string): Promise<void> => {
      const entries = await entriesOf(join(this.#root, path))
      const isModel = entries.some((entry) => entry.isFile() && entry.name === 'model.yaml')
      if (isModel && path.startsWith(beginning)) found.push(path)
      for (const { name } of entries.filter((entry) => entry.isDirectory())) {
        const below = path === '' ? name : `${path}/${name}`
        const fits = below.startsWith(beginning) || beginning.startsWith(`${below}/`)
        if (fits && !/^[._]/.test(name) && !reserved.has(name)) await enter(below)
      }
    }
    await enter('')
    return found.sort()
  }

  async versions(model: string): Promise<readonly number[]> {
    const names = await documentsIn(join(this.#root, model, 'versions'))
    return names.filter((name) => /^[1-9][0-9]{0,5}$/.test(name)).map(Number).sort((a, b) => b - a) // prettier-ignore
  }

  runtimes(): Promise<readonly string[]> {
    return documentsIn(join(this.#root, '_platform/runtimes'))
  }

  /** Deployments are named by their stage unless they say otherwise: their names, of one model or of all. */
  async stages(model: string | null): Promise<readonly string[]> {
    const models = model === null ? await this.models('') : [model]
    const stages = new Set<string>()
    for (const each of models) {
      for (const name of await documentsIn(join(this.#root, each, 'deployments'))) stages.add(name)
    }
    return [...stages].sort()
  }

  /** Branches and tags, as they can be named. */
  async revisions(): Promise<readonly string[]> {
    const folder = join(this.#top, '.git')
    const packed = await readFile(join(folder, 'packed-refs'), 'utf8').catch(() => '')
    const names = [...packed.matchAll(/^[0-9a-f]{40,64} refs\/(?:heads|tags|remotes)\/(.+)$/gm)].map(([, name]) => name)
    for (const kind of ['heads', 'tags', 'remotes']) {
      const refs = await readdir(join(folder, 'refs', kind), { withFileTypes: true, recursive: true }).catch(() => [])
      for (const ref of refs.filter((entry) => entry.isFile())) {
        names.push(join(ref.parentPath, ref.name).slice(join(folder, 'refs', kind).length + 1))
      }
    }
    return ['HEAD', ...new Set(names.filter((name) => name !== undefined).sort())]
  }
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => [])
}

async function documentsIn(folder: string): Promise<readonly string[]> {
  const entries = await entriesOf(folder)
  return entries.filter(({ name }) => name.endsWith('.yaml')).map(({ name }) => name.slice(0, -'.yaml'.length)).sort() // prettier-ignore
}
