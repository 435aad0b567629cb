import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { create } from 'tar'
import type { ArtifactReference } from '../../../src/artifacts/fetch-artifact.ts'
import { sha256Hex } from '../../../src/domain/digest.ts'

/** What a document would say about a file. */
export async function describeFile(name: string, file: string): Promise<ArtifactReference> {
  const bytes = await readFile(file)
  return { name, uri: pathToFileURL(file).href, sha256: sha256Hex(bytes), size: (await stat(file)).size }
}

export async function packFiles(
  folder: string,
  name: string,
  files: Record<string, string>,
): Promise<ArtifactReference> {
  const source = join(folder, `${name}-files`)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(source, path)), { recursive: true })
    await writeFile(join(source, path), text)
  }
  const file = join(folder, `${name}.tar.gz`)
  await create({ gzip: true, file, cwd: source }, Object.keys(files))
  return describeFile(name, file)
}

/** The test server, packed as the artifact `trained`. */
export async function packServer(folder: string, note = 'one'): Promise<ArtifactReference> {
  const source = join(folder, `server-${note}`)
  await mkdir(source, { recursive: true })
  await copyFile(join(import.meta.dirname, 'serve.mjs'), join(source, 'serve.mjs'))
  await writeFile(join(source, 'note.txt'), note)
  const file = join(folder, `server-${note}.tar.gz`)
  await create({ gzip: true, file, cwd: source }, ['serve.mjs', 'note.txt'])
  return describeFile('trained', file)
}
