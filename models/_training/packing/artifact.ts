import { createHash } from 'node:crypto'
import { storedGzip } from '../../../src/artifacts/stored-gzip.ts'
import { tarOf, type ArchiveFiles } from '../../../src/artifacts/deterministic-tar.ts'

/** An archive of one model version, before it is stored. */
export interface Artifact {
  /** `trained` is unpacked into the server's folder, every other one below it in a folder of its name. */
  readonly name: string
  /** The artifact's own number in the store, which need not be the model version. */
  readonly number: number
  readonly files: ArchiveFiles
}

export interface PackedArtifact {
  readonly name: string
  /** The key below `settings.artifacts.uri`, and the path below `models/_artifacts`. */
  readonly key: string
  readonly sha256: string
  readonly size: number
  readonly body: Buffer
}

export function packed(unit: string, artifact: Artifact): PackedArtifact {
  const body = storedGzip(tarOf(artifact.files))
  return { name: artifact.name, key: keyOf(unit, artifact), sha256: sha256Of(body), size: body.length, body }
}

export function sha256Of(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The layout of the Python package `versioned`: the newest version has the smallest key. */
function keyOf(unit: string, { name, number }: Artifact): string {
  const path = name === 'trained' ? unit : `${unit}.${name}`
  return `${path}/versions/${sixDigits(1_000_000 - number)}_${sixDigits(number)}.tar.gz`
}

function sixDigits(number: number): string {
  return String(number).padStart(6, '0')
}
