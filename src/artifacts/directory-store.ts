import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { errorCode, errorMessage, StewardError } from '../domain/errors.ts'
import { invalidUri, pathOfFileUri, type ArtifactStore } from './artifact-store.ts'

function localPath(uri: string): string {
  if (/^file:/i.test(uri)) return pathOfFileUri(uri)
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]
  if (scheme === undefined) throw invalidUri(uri, 'is not absolute')
  throw new StewardError(`the artifact ${uri} can't be read here: only file:// is supported, not ${scheme}://`, {
    code: 'artifact_scheme_unsupported',
    kind: 'user',
    hint: 'Put the artifact into a directory store, or configure a store for this scheme.',
  })
}

const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')

function unreadable(uri: string, cause: unknown): StewardError {
  return new StewardError(`the artifact ${uri} can't be read: ${errorMessage(cause)}`, {
    code: 'artifact_unreadable',
    retry: 'backoff',
    cause,
  })
}

function missing(uri: string, cause: unknown): StewardError {
  return new StewardError(`the artifact ${uri} does not exist`, {
    code: 'artifact_missing',
    kind: 'user',
    hint: 'Check the uri, or publish the artifact first.',
    cause,
  })
}

/** Artifacts in folders of this machine. A directory records no digests, so `sha256` is always null. */
export function createDirectoryStore(): ArtifactStore {
  return {
    async stat(uri, signal) {
      signal?.throwIfAborted()
      const path = localPath(uri)
      try {
        const found = await stat(path)
        return found.isFile() ? { size: found.size, sha256: null } : null
      } catch (error) {
        if (isAbsent(error)) return null
        throw unreadable(uri, error)
      }
    },
    async open(uri, signal) {
      signal?.throwIfAborted()
      const path = localPath(uri)
      try {
        // Opened before the stream is made, so that an absent file is told by this call and not by the stream.
        const handle = await open(path, 'r')
        return createReadStream('', { fd: handle, ...(signal === undefined ? {} : { signal }) })
      } catch (error) {
        throw isAbsent(error) ? missing(uri, error) : unreadable(uri, error)
      }
    },
  }
}
