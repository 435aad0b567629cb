import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeCorpus, type Corpus, type CorpusOptions } from './corpus/repository.ts'
import type { BenchOptions } from './options.ts'
import { buildProduct, type Product } from './product.ts'

/** What the measurements share: the built product, corpora that are made once, and what must be ended. */
export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'steward-bench-'))
  readonly options: BenchOptions
  readonly #corpora = new Map<string, Promise<Corpus>>()
  #product: Promise<Product> | null = null

  constructor(options: BenchOptions) {
    this.options = options
  }

  product(): Promise<Product> {
    this.#product ??= buildProduct(join(this.folder, 'product'))
    return this.#product
  }

  /** The corpus of so many models; whoever commits to it uses a branch of its own. */
  corpus(models: number, options: CorpusOptions = { deployments: true }): Promise<Corpus> {
    const name = `${models}${options.deployments ? '' : '-records'}`
    const made = this.#corpora.get(name) ?? writeCorpus(join(this.folder, `corpus-${name}.git`), models, options)
    this.#corpora.set(name, made)
    return made
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
}

export function spaced(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ' ')
}
