import { StewardError } from '../domain/errors.ts'

/**
 * Keys of versioned artifacts below the artifact store's uri, byte-compatible with the backend `s3_only_backend` of
 * the Python package `versioned`: a listing shows the newest version first, because the first number counts down.
 */
export const ARTIFACT_SUFFIX = '.tar.gz'
export const LATEST = 'LATEST'
export const HIGHEST_VERSION = 999_999

const PADDING = 6
const LATEST_SEGMENT = `${'0'.repeat(PADDING)}_${LATEST}`

export interface ArtifactId {
  /** `/abc_corp/claim`, or the namespace's `artifact_prefix`. */
  readonly namespace: string
  readonly modelName: string
  /** `trained` shares the model's name; every other artifact is `<model_name>.<artifact>`. */
  readonly artifactName: string
}

export type ArtifactVersion = number | typeof LATEST

const pad = (value: number): string => String(value).padStart(PADDING, '0')

/** `{1000000-n}_{n}`, six digits each. */
export function encodeVersion(version: ArtifactVersion): string {
  if (version === LATEST) return LATEST_SEGMENT
  if (!Number.isInteger(version) || version < 1 || version > HIGHEST_VERSION) {
    throw new StewardError(`an artifact version is a whole number from 1 to ${HIGHEST_VERSION}, not ${version}`, {
      code: 'artifact_version_invalid',
      kind: 'user',
    })
  }
  return `${pad(1_000_000 - version)}_${pad(version)}`
}

/** The version that a segment names; null for anything that `encodeVersion` does not write. */
export function decodeVersion(segment: string): ArtifactVersion | null {
  if (segment === LATEST_SEGMENT) return LATEST
  const digits = /^\d{6}_(\d{6})$/.exec(segment)?.[1]
  if (digits === undefined) return null
  const version = Number(digits)
  return version >= 1 && encodeVersion(version) === segment ? version : null
}

/** The name under which the store keeps the artifact: the last part of its folder. */
export function storedName(id: ArtifactId): string {
  return id.artifactName === 'trained' ? id.modelName : `${id.modelName}.${id.artifactName}`
}

/** `abc_corp/claim/doc_classification`: what stands before `/versions` and `/aliases`. */
export function artifactFolder(id: ArtifactId): string {
  const namespace = id.namespace.replace(/^\/+|\/+$/g, '')
  return namespace === '' ? storedName(id) : `${namespace}/${storedName(id)}`
}

export function versionsPrefix(id: ArtifactId): string {
  return `${artifactFolder(id)}/versions/`
}

export function versionKey(id: ArtifactId, version: ArtifactVersion): string {
  return `${versionsPrefix(id)}${encodeVersion(version)}${ARTIFACT_SUFFIX}`
}

export function aliasKey(id: ArtifactId, alias: string): string {
  return `${artifactFolder(id)}/aliases/${alias}.json`
}

export interface VersionKey {
  readonly folder: string
  readonly version: ArtifactVersion
}

/** The inverse of `versionKey`, as far as a key tells; null for a key of another shape. */
export function parseVersionKey(key: string): VersionKey | null {
  const match = /^(.+)\/versions\/([^/]+)$/.exec(key)
  const [folder, file] = [match?.[1], match?.[2]]
  if (folder === undefined || file === undefined || !file.endsWith(ARTIFACT_SUFFIX)) return null
  const version = decodeVersion(file.slice(0, -ARTIFACT_SUFFIX.length))
  return version === null ? null : { folder, version }
}
