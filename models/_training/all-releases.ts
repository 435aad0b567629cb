import { documentReleases } from './claim-documents/releases.ts'
import { packed, type PackedArtifact } from './packing/artifact.ts'
import type { Release } from './release.ts'
import { costReleases } from './repair-costs/releases.ts'

export interface PackedRelease extends Omit<Release, 'artifacts'> {
  readonly artifacts: readonly PackedArtifact[]
}

/** Every version of every example model, trained and packed in memory. Takes about two seconds. */
export function allReleases(): readonly PackedRelease[] {
  return [...documentReleases(), ...costReleases()].map((release) => ({
    ...release,
    artifacts: release.artifacts.map((artifact) => packed(release.unit, artifact)),
  }))
}
