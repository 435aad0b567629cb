import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Catalog } from './catalog-builder.ts'
import { ScratchRepository } from './catalog-repository.ts'

const checkout = join(import.meta.dirname, '../..')
/** The bundle where the run of the tests has made one (bundle-setup.ts), else the sources. */
const program = process.env.STEWARD_TEST_PROGRAM ?? join(checkout, 'bin/steward.mjs')

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A scratch repository with the command line in it: a state folder of its own, and the store ended afterwards. */
export class CommandLine implements AsyncDisposable {
  readonly repository = new ScratchRepository()
  readonly state = this.repository.beside('state')

  /** The example catalog of this checkout, without its artifacts and what trained them. */
  withExample(): this {
    cpSync(join(checkout, 'models'), join(this.repository.folder, 'models'), {
      recursive: true,
      filter: (path) => !/models[/\\]_(artifacts|training)/.test(path),
    })
    this.repository.commit('the example catalog')
    return this
  }

  withCatalog(catalog: Catalog): this {
    this.repository.writeCatalog(catalog)
    this.repository.commit()
    return this
  }

  run(words: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: this.repository.beside('home'),
      STEWARD_STATE_DIR: this.state,
      STEWARD_ARTIFACTS_URI: pathToFileURL(join(checkout, 'models/_artifacts')).href,
      GIT_CONFIG_NOSYSTEM: '1',
      ...variables,
    }
    const options = { cwd: this.repository.folder, env, encoding: 'utf8', timeout: 30_000, maxBuffer: 1e8 } as const
    return new Promise((resolve) => {
      execFile(process.execPath, [program, ...words], options, (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err })
      })
    })
  }

  async json(words: readonly string[]): Promise<{ readonly code: number; readonly value: Record<string, unknown> }> {
    const { code, out, err } = await this.run([...words, '--json'])
    if (out === '') throw new Error(`no output (exit ${code}): ${err}`)
    return { code, value: JSON.parse(out) as Record<string, unknown> }
  }

  /** A folder outside of the repository, for files that commands write. */
  folder(name: string): string {
    const folder = this.repository.beside(name)
    mkdirSync(folder, { recursive: true })
    return folder
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endStore()
    await this.repository[Symbol.asyncDispose]()
  }

  async #endStore(): Promise<void> {
    const file = join(this.state, 'store.json')
    if (!existsSync(file)) return
    const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number }
    const alive = (): boolean => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    if (alive()) process.kill(pid, 'SIGTERM')
    for (let tries = 0; tries < 200 && alive(); tries += 1) await sleep(25)
    if (alive()) process.kill(pid, 'SIGKILL')
  }
}
