/**
 * Trains the example models and writes their archives to `models/_artifacts`. `--check` writes nothing and exits 1
 * if the committed archives or version documents differ from a rebuild. Every run on every machine gives the same
 * bytes; see `models/README.md`.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { allReleases, type PackedRelease } from './all-releases.ts'
import { differences } from './differences.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const options = process.argv.slice(2)
if (options.some((option) => option !== '--check')) {
  console.error('usage: build.ts [--check]')
  process.exitCode = 64
} else {
  const releases = allReleases()
  if (options.length === 0) await written(releases)
  for (const release of releases) console.log(described(release))
  const found = await differences(ROOT, releases)
  for (const difference of found) console.error(`differs: ${difference}`)
  if (options.length > 0 && found.length > 0) process.exitCode = 1
}

async function written(releases: readonly PackedRelease[]): Promise<void> {
  for (const { key, body } of releases.flatMap(({ artifacts }) => artifacts)) {
    const path = join(ROOT, '_artifacts', key)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, body)
  }
}

/** In the form of the version document, so that it can be copied there. */
function described({ unit, version, artifacts, metrics, parameters, trainingData }: PackedRelease): string {
  return [
    `# ${unit}/versions/${version}.yaml`,
    'artifacts:',
    ...artifacts.flatMap(({ name, key, sha256, size }) => [
      `  - name: ${name}`,
      `    uri: ${key}`,
      `    sha256: ${sha256}`,
      `    size: ${size}`,
    ]),
    `metrics: ${flow(metrics)}`,
    `parameters:`,
    ...Object.entries(parameters).map(([name, value]) => `  ${name}: ${value}`),
    'lineage:',
    '  data:',
    `    - uri: ${trainingData.uri}`,
    `      sha256: ${trainingData.sha256}`,
    '',
  ].join('\n')
}

function flow(values: Readonly<Record<string, number>>): string {
  const entries = Object.entries(values).map(([name, value]) => `${name}: ${value}`)
  return `{ ${entries.join(', ')} }`
}
