import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseDocument } from 'yaml'
import type { PackedRelease } from './all-releases.ts'

/** What the archives and the version documents below `root` say otherwise than `releases`, a sentence each. */
export async function differences(root: string, releases: readonly PackedRelease[]): Promise<readonly string[]> {
  const found = [
    ...(await Promise.all(releases.map((release) => documentDifferences(root, release)))),
    ...(await Promise.all(releases.map((release) => archiveDifferences(root, release)))),
    await strangers(root, releases),
  ]
  return found.flat()
}

async function documentDifferences(root: string, release: PackedRelease): Promise<readonly string[]> {
  const path = `${release.unit}/versions/${release.version}.yaml`
  const text = await contentOf(join(root, path))
  if (text === null) return [`${path} is missing`]
  const document = parseDocument(text.toString('utf8'))
  if (document.errors.length > 0) return document.errors.map(({ message }) => `${path}: ${message}`)
  const recorded = asRecord(document.toJS())
  return Object.entries(expectedFields(release))
    .filter(([field, expected]) => !isDeepStrictEqual(recorded[field], expected))
    .map(([field, expected]) => {
      return `${path}: ${field} is ${JSON.stringify(recorded[field])}, built was ${JSON.stringify(expected)}`
    })
}

/** What a build decides in a version document; the rest is written by people. */
function expectedFields(release: PackedRelease): Readonly<Record<string, unknown>> {
  return {
    artifacts: release.artifacts.map(({ name, key, sha256, size }) => ({ name, uri: key, sha256, size })),
    metrics: release.metrics,
    parameters: release.parameters,
    lineage: { data: [release.trainingData] },
  }
}

async function archiveDifferences(root: string, release: PackedRelease): Promise<readonly string[]> {
  const compared = release.artifacts.map(async ({ key, body }) => {
    const committed = await contentOf(join(root, '_artifacts', key))
    if (committed === null) return [`_artifacts/${key} is missing`]
    return committed.equals(body) ? [] : [`_artifacts/${key} has other bytes than the build`]
  })
  return (await Promise.all(compared)).flat()
}

/** Archives and version documents that no release makes. */
async function strangers(root: string, releases: readonly PackedRelease[]): Promise<readonly string[]> {
  const made = new Set(releases.flatMap(({ artifacts }) => artifacts.map(({ key }) => key)))
  const documented = new Set(releases.map(({ unit, version }) => `${unit}/versions/${version}.yaml`))
  const units = [...new Set(releases.map(({ unit }) => unit))]
  const archives = await filesBelow(join(root, '_artifacts'))
  const versions = await Promise.all(
    units.map(async (unit) =>
      (await filesBelow(join(root, unit, 'versions'))).map((file) => `${unit}/versions/${file}`),
    ),
  )
  return [
    ...archives.filter((key) => !made.has(key)).map((key) => `_artifacts/${key} is made by no release`),
    ...versions.flat().flatMap((path) => (documented.has(path) ? [] : [`${path} is made by no release`])),
  ]
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .toSorted()
}

async function contentOf(path: string): Promise<Buffer | null> {
  return readFile(path).catch(() => null)
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
