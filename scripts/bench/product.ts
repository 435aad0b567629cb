import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { bundle, checkout } from '../build/bundle.ts'

/** The built package as it is installed, in a folder of its own, and how long its processes take. */
export interface Product {
  /** The file that Node runs, without the launcher. */
  readonly main: string
}

/** The start of Node and nothing else. */
export const BARE_NODE = ['-e', '0'] as const

export async function buildProduct(folder: string): Promise<Product> {
  const built = join(folder, 'dist', 'steward')
  await bundle(built)
  cpSync(join(checkout, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'), 'junction')
  return { main: join(built, 'main.js') }
}

export interface ProcessOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** Milliseconds of a whole process on this Node, its output thrown away. */
export function timeNode(words: readonly string[], { cwd, env = {} }: ProcessOptions): number {
  const began = performance.now()
  const ended = spawnSync(process.execPath, [...words], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  const took = performance.now() - began
  mustSucceed(words, ended)
  return took
}

/** Milliseconds of a line for the shell. */
export function timeShell(line: string, cwd: string): number {
  const began = performance.now()
  const ended = spawnSync('sh', ['-c', line], { cwd, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
  const took = performance.now() - began
  mustSucceed([line], ended)
  return took
}

/** A process that failed is no measurement. */
export function mustSucceed(words: readonly string[], { status, stderr, error }: SpawnSyncReturns<string>): void {
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${words.join(' ')} exited ${String(status)}: ${stderr.slice(-1_000)}`)
}
