import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { StewardError } from '../domain/errors.ts'
import type { ArtifactStore } from './artifact-store.ts'

export interface ArtifactReference {
  readonly name: string
  readonly uri: string
  /** Lower-case hex of the whole body. */
  readonly sha256: string
  /** Bytes; null where the document does not say. */
  readonly size: number | null
}

export interface ArtifactContent {
  readonly size: number
  readonly sha256: string
}

interface Meter {
  readonly stream: Transform
  read(): ContentSoFar
}

interface ContentSoFar {
  readonly size: number
  readonly hash: Hash
}

/** Hashes and counts what flows through; ends with `stop` as soon as more than `limit` bytes came. */
function createMeter(limit: number, stop: (size: number) => Error): Meter {
  const hash = createHash('sha256')
  let size = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      if (size > limit) return done(stop(size))
      hash.update(chunk)
      done(null, chunk)
    },
  })
  return { stream, read: () => ({ size, hash }) }
}

function sizeMismatch(artifact: ArtifactReference, found: string): StewardError {
  return new StewardError(
    `artifact "${artifact.name}" (${artifact.uri}) has ${found} bytes, but ${artifact.size} were declared`,
    {
      code: 'artifact_size_mismatch',
      kind: 'user',
      hint: 'The stored file is another one than was registered: restore it, or register a new version.',
    },
  )
}

function digestMismatch(artifact: ArtifactReference, found: string): StewardError {
  return new StewardError(
    `artifact "${artifact.name}" (${artifact.uri}) has sha256 ${found}, but ${artifact.sha256} was declared`,
    {
      code: 'artifact_digest_mismatch',
      kind: 'user',
      hint: 'The stored file is another one than was registered: restore it, or register a new version.',
    },
  )
}

function artifactMissing(artifact: ArtifactReference): StewardError {
  return new StewardError(`artifact "${artifact.name}" (${artifact.uri}) does not exist, sha256 ${artifact.sha256}`, {
    code: 'artifact_missing',
    kind: 'user',
    hint: 'Check the uri, or publish the artifact first.',
  })
}

export interface FetchArtifactOptions {
  readonly store: ArtifactStore
  readonly artifact: ArtifactReference
  /** The file to write. It appears only when whole and verified. */
  readonly destination: string
  readonly signal?: AbortSignal
}

/** Brings a verified copy of an artifact to `destination`; on any failure nothing is left behind. */
export async function fetchArtifact(options: FetchArtifactOptions): Promise<ArtifactContent> {
  const { store, artifact, destination, signal } = options
  const stat = await store.stat(artifact.uri, signal)
  if (stat === null) throw artifactMissing(artifact)
  if (artifact.size !== null && stat.size !== artifact.size) throw sizeMismatch(artifact, String(stat.size))
  if (stat.sha256 !== null && stat.sha256 !== artifact.sha256) throw digestMismatch(artifact, stat.sha256)
  await mkdir(dirname(destination), { recursive: true, mode: 0o700 })
  const temporary = `${destination}.${process.pid}.${crypto.randomUUID()}.tmp`
  try {
    const meter = createMeter(artifact.size ?? Number.POSITIVE_INFINITY, (size) =>
      sizeMismatch(artifact, `at least ${size}`),
    )
    const source = await store.open(artifact.uri, signal)
    await pipeline(source, meter.stream, createWriteStream(temporary, { mode: 0o600, flags: 'wx' }), { signal })
    const { size, hash } = meter.read()
    if (artifact.size !== null && size !== artifact.size) throw sizeMismatch(artifact, String(size))
    const sha256 = hash.digest('hex')
    if (sha256 !== artifact.sha256) throw digestMismatch(artifact, sha256)
    await rename(temporary, destination)
    return { size, sha256 }
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Size and digest of what a uri holds now, without keeping it. */
export async function hashArtifact(store: ArtifactStore, uri: string, signal?: AbortSignal): Promise<ArtifactContent> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of await store.open(uri, signal)) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    size += bytes.length
    hash.update(bytes)
  }
  return { size, sha256: hash.digest('hex') }
}
