import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { Declarer } from '../../src/declared/declarer.ts'
import type { DeclaredState, DeclaredUnit } from '../../src/declared/declared-state.ts'
import type { Diagnostic } from '../../src/domain/diagnostics.ts'
import type { ModelId } from '../../src/domain/names.ts'
import { capabilityTable } from '../../src/runtimes/capability-table.ts'
import { buildFolders } from '../../src/source/folders.ts'
import type { EntryMode, SourceEntry, SourceFolder } from '../../src/source/source.ts'

export type Content = string | Uint8Array | object
export const MODEL = '/abc/claim/docs' as ModelId
export const OTHER = '/abc/pricing/cost' as ModelId

interface File {
  readonly mode: EntryMode
  readonly bytes: Uint8Array
}

export interface DeclareOptions {
  readonly revision?: string
  readonly committedAt?: string
  readonly author?: string
  readonly root?: string
  readonly reversed?: boolean
  readonly declarer?: Declarer
  readonly now?: string
  /** What it is compared with: another catalog, and what both began with. */
  readonly base?: Catalog
  readonly fork?: Catalog
  /** Told the path of every file that is read. */
  readonly onRead?: (path: string) => void
}

/** A catalog of documents in memory. Every method gives a new catalog, so that tests can branch off a common one. */
export class Catalog {
  readonly files: ReadonlyMap<string, File>

  constructor(files: ReadonlyMap<string, File> = new Map()) {
    this.files = files
  }

  /** `path` is below the root; text and bytes are taken as they are, a value is written as YAML. */
  file(path: string, content: Content): Catalog {
    return this.#with(path, { mode: 'file', bytes: bytesOf(content) })
  }

  entry(path: string, mode: EntryMode): Catalog {
    return this.#with(path, { mode, bytes: new Uint8Array() })
  }

  /** Without a file, or without everything in a folder. */
  without(path: string): Catalog {
    return new Catalog(new Map([...this.files].filter(([name]) => name !== path && !name.startsWith(`${path}/`))))
  }

  settings(value: Content): Catalog {
    return this.file('_platform/settings.yaml', value)
  }

  runtime(name: string, value: Content = { deployment_method: 'local host', stages: ['dev', 'prod'] }): Catalog {
    return this.file(`_platform/runtimes/${name}.yaml`, value)
  }

  model(model: ModelId, value: Content = { description: 'A model.' }): Catalog {
    return this.file(`${model.slice(1)}/model.yaml`, value)
  }

  version(model: ModelId, number: number | string, value: Content = versionValue(number)): Catalog {
    return this.file(`${model.slice(1)}/versions/${number}.yaml`, value)
  }

  deployment(model: ModelId, name: string, value: Content = { model_version: 1 }): Catalog {
    return this.file(`${model.slice(1)}/deployments/${name}.yaml`, value)
  }

  declare(options: DeclareOptions = {}): DeclaredState {
    const { root = 'models', committedAt = '2026-01-02T03:04:05.000Z', author = 'alice@example.com' } = options
    const { base, fork = base } = options
    const [folder, before] = [this.folder(root, options.reversed), base?.folder(root)]
    const began = fork === base ? before : fork?.folder(root)
    const reading = (options.declarer ?? new Declarer(capabilityTable)).declare({
      revision: options.revision ?? 'main@sha1:0000000000000000000000000000000000000000',
      ...{ root, tree: 'tree', committedAt, author, folder },
      base: before === undefined ? null : { folder: before, fork: began ?? null },
      now: new Date(options.now ?? committedAt),
    })
    for (;;) {
      const step = reading.next()
      if (step.done === true) return step.value
      const { of, entries, take } = step.value
      const files = of === 'base' ? base?.files : this.files
      for (const entry of entries) {
        const file = files?.get(entry.path.slice(root.length + 1))
        if (file === undefined) throw new Error(`${entry.path} is not there`)
        options.onRead?.(entry.path)
        take(entry, file.bytes)
      }
    }
  }

  folder(root = 'models', reversed = false): SourceFolder {
    const entries = [...this.files].map(([path, { mode, bytes }]) => {
      return { path: `${root}/${path}`, mode, oid: digest(bytes) } satisfies SourceEntry
    })
    return buildFolders(root, reversed ? entries.toReversed() : entries, (text) =>
      digest(new TextEncoder().encode(text)),
    )
  }

  #with(path: string, file: File): Catalog {
    return new Catalog(new Map([...this.files, [path, file]]))
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex')
}

/** One runtime, one model with one version, deployed to prod: valid, and small enough to read. */
export function catalog(): Catalog {
  return new Catalog().runtime('local').model(MODEL).version(MODEL, 1).deployment(MODEL, 'prod')
}

export function versionValue(number: number | string): object {
  return {
    artifacts: [{ name: 'trained', uri: `docs/${number}.tar.gz`, sha256: String(number).padStart(64, '0'), size: 10 }],
    serving: { command: ['node', 'serve.mjs'] },
  }
}

/** The file of a unit as diagnostics name it. */
export function pathIn(model: ModelId, file: string): string {
  return `models${model}/${file}`
}

export function unitOf(state: DeclaredState, model: ModelId): DeclaredUnit {
  const unit = state.units.get(model)
  if (unit === undefined) throw new Error(`${model} is not declared`)
  return unit
}

/** `code path:line:column`, the shape in which tests compare what was found. */
export function found(state: { readonly diagnostics: readonly Diagnostic[] }): string[] {
  return state.diagnostics.map(({ code, path, range }) => `${code} ${path}:${range.start.line}:${range.start.column}`)
}

function bytesOf(content: Content): Uint8Array {
  if (content instanceof Uint8Array) return content
  return new TextEncoder().encode(typeof content === 'string' ? content : stringify(content))
}
