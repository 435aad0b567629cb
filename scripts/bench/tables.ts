import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { writeArtifacts, type Corpus } from './corpus/repository.ts'
import { mustSucceed, type Product } from './product.ts'

const PATIENCE_MS = 30_000

/** Embedded tables of a corpus, kept running so that no start of theirs is measured, and the files it names. */
export interface RunningTables {
  readonly endpoint: string
  /** For every command on this corpus. */
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** Starts the tables in `folder` and records the corpus there, as a first `apply` does. */
export async function syncTables(product: Product, corpus: Corpus, folder: string): Promise<RunningTables> {
  const tables = await startTables(product, corpus, folder)
  const words = [product.main, 'apply', '--yes', '--repo', corpus.repo]
  const applied = spawnSync(process.execPath, words, { env: { ...process.env, ...tables.env }, encoding: 'utf8' })
  try {
    mustSucceed(words, applied)
    return tables
  } catch (error) {
    await tables.close()
    throw error
  }
}

/** Starts empty tables in `folder`, and puts the files there that the corpus names. */
export async function startTables(product: Product, corpus: Corpus, folder: string): Promise<RunningTables> {
  const state = join(folder, 'state')
  const artifacts = join(folder, 'artifacts')
  writeArtifacts(artifacts, corpus.models)
  const env = { STEWARD_STATE_DIR: state, STEWARD_ARTIFACTS_URI: pathToFileURL(artifacts).href }
  const whole = { ...process.env, ...env }
  const store = spawn(process.execPath, [product.main, 'store', '--stay', '--repo', corpus.repo], {
    env: whole,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(store, 'close')
  const close = async (): Promise<void> => {
    store.kill('SIGTERM')
    await ended
  }
  try {
    return { endpoint: await endpointIn(join(state, 'store.json')), env, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function endpointIn(file: string): Promise<string> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return String(JSON.parse(readFileSync(file, 'utf8')).endpoint)
    } catch (error) {
      if (performance.now() > deadline) throw error
      await delay(50)
    }
  }
}
