import { createHash } from 'node:crypto'
import { resolveArtifactUri } from '../artifacts/artifact-store.ts'
import type { ResolvedSettings } from '../declared/declared-state.ts'
import { errorCode } from '../domain/errors.ts'
import type { ArtifactValues } from '../scaffold/documents.ts'
import type { App } from './app.ts'

export interface NamedArtifact {
  readonly name: string
  readonly uri: string
}

/**
 * The archive with its sha256 and size, read from where it is; without them where this machine can not read it (an
 * s3 uri). Throws `artifact_missing` where there is none, `artifact_uri_invalid` for a uri that names nothing.
 */
export async function newArtifact(
  app: App,
  settings: ResolvedSettings | null,
  { name, uri }: NamedArtifact,
  signal?: AbortSignal,
): Promise<ArtifactValues> {
  const { store, base } = await app.artifacts(settings)
  const hash = createHash('sha256')
  let size = 0
  try {
    for await (const part of await store.open(resolveArtifactUri(uri, base), signal)) {
      hash.update(part)
      size += part.length
    }
  } catch (error) {
    if (errorCode(error) === 'artifact_scheme_unsupported') return { name, uri, content: null }
    throw error
  }
  return { name, uri, content: { sha256: hash.digest('hex'), size } }
}
