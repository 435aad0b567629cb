import type { Readable } from 'node:stream'
import { StewardError } from '../domain/errors.ts'

export interface ArtifactStat {
  /** Bytes. */
  readonly size: number
  /** Lower-case hex of the whole body as the store recorded it; null where the store records none. */
  readonly sha256: string | null
}

/**
 * Where artifacts are read from. URIs are absolute (`resolveArtifactUri`). Anything but "not there" is an error:
 * a store that can't be reached throws a StewardError with retry `backoff`.
 */
export interface ArtifactStore {
  /** null: there is no such artifact. */
  stat(uri: string, signal?: AbortSignal): Promise<ArtifactStat | null>
  /** The whole body. Throws `artifact_missing` where there is none; the caller destroys a stream that it gives up. */
  open(uri: string, signal?: AbortSignal): Promise<Readable>
}

const SCHEME = /^([a-z][a-z0-9+.-]*):/i

export function invalidUri(uri: string, why: string): StewardError {
  return new StewardError(`the artifact uri ${JSON.stringify(uri)} ${why}`, {
    code: 'artifact_uri_invalid',
    kind: 'user',
    hint: 'A uri is s3://bucket/key, file:///absolute/path, or a key below settings.artifacts.uri.',
  })
}

/** The segments of a key; refuses what could leave the base or mean different things to different stores. */
function keySegments(uri: string, key: string): readonly string[] {
  if (key.includes('\0')) throw invalidUri(uri, 'holds a NUL character')
  if (key.includes('\\')) throw invalidUri(uri, 'holds a backslash')
  const segments = key.split('/')
  if (segments.includes('')) throw invalidUri(uri, 'has an empty path segment')
  if (segments.includes('..')) throw invalidUri(uri, 'has a ".." segment')
  if (segments.includes('.')) throw invalidUri(uri, 'has a "." segment')
  return segments
}

/** The absolute path that a `file:///…` uri names. */
export function pathOfFileUri(uri: string): string {
  if (!/^file:\/\/\//i.test(uri)) throw invalidUri(uri, 'names no absolute path: a file uri begins with file:///')
  const raw = uri.slice('file:///'.length)
  if (/[?#]/.test(raw)) throw invalidUri(uri, 'holds an unescaped ? or #')
  let decoded: string
  try {
    decoded = decodeURIComponent(raw)
  } catch {
    throw invalidUri(uri, 'has a broken percent escape')
  }
  return `/${keySegments(uri, decoded).join('/')}`
}

function checkS3Uri(uri: string): string {
  const match = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri)
  if (match === null) throw invalidUri(uri, 'names no bucket and key')
  if (uri.includes('\0')) throw invalidUri(uri, 'holds a NUL character')
  return uri
}

/**
 * The absolute form of an artifact's uri: `s3://…` and `file:///…` stay as they are, everything else is a key below
 * `base`, which is `file:///folder` or `s3://bucket/prefix`.
 */
export function resolveArtifactUri(uri: string, base: string): string {
  const scheme = SCHEME.exec(uri)?.[1]?.toLowerCase()
  if (scheme === 's3') return checkS3Uri(uri)
  if (scheme === 'file') {
    pathOfFileUri(uri)
    return uri
  }
  if (scheme !== undefined) throw invalidUri(uri, `has the unknown scheme "${scheme}"`)
  const segments = keySegments(uri, uri)
  const root = base.replace(/\/+$/, '')
  if (/^s3:\/\/[^/]/.test(root)) return `${root}/${segments.join('/')}`
  if (root === 'file:' || /^file:\/\/\/./.test(root)) {
    return `${root === 'file:' ? 'file://' : root}/${segments.map(encodeURIComponent).join('/')}`
  }
  throw invalidUri(base, 'is no base for artifacts')
}
