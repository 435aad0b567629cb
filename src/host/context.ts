import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { sha256Hex } from '../domain/digest.ts'
import type { Clock, Ids, Randomness } from '../domain/ports.ts'
import type { SecretResolver } from '../secrets/secret-resolver.ts'
import { ensurePrivateFolder } from '../system/files.ts'
import type { HostTimings } from './timings.ts'

/** `<state>/host` and what lies in it. Real paths, so that they compare with what /proc tells. */
export interface HostFolders {
  readonly root: string
  readonly deployments: string
  readonly artifacts: string
  readonly work: string
  readonly logs: string
  readonly processes: string
}

/** What every part of the host is given. */
export interface HostContext {
  readonly clock: Clock
  readonly ids: Ids
  readonly randomness: Randomness
  readonly timings: HostTimings
  readonly folders: HostFolders
  readonly artifactStore: ArtifactStore
  readonly secrets: SecretResolver
  /** PATH of the server processes. */
  readonly environmentPath: string
  onMessage(text: string): void
}

export async function prepareFolders(stateDir: string): Promise<HostFolders> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const root = join(await realpath(stateDir), 'host')
  await ensurePrivateFolder(root)
  const below = (name: string): string => join(root, name)
  const folders: HostFolders = {
    root,
    deployments: below('deployments'),
    artifacts: below('artifacts'),
    work: below('work'),
    logs: below('logs'),
    processes: below('processes'),
  }
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
  return folders
}

/** A file name for a deployment's key, which holds slashes. */
export function fileNameOfKey(key: string): string {
  return sha256Hex(key).slice(0, 16)
}

/** Waits `ms`; returns at once, without an error, when the signal aborts. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
