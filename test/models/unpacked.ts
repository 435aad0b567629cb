import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { extract } from 'tar'
import { parse } from 'yaml'

export const MODELS = fileURLToPath(new URL('../../models/', import.meta.url))
export const CLASSIFIER = 'abc_corp/claim/doc_classification'
export const REPAIR_COST = 'abc_corp/pricing/vehicle_repair_cost'

export interface VersionDocument {
  readonly artifacts: readonly { readonly name: string; readonly uri: string }[]
  readonly metrics: Readonly<Record<string, number>>
  readonly serving: { readonly command: readonly string[] }
}

export interface UnpackedVersion extends AsyncDisposable {
  readonly folder: string
  readonly document: VersionDocument
}

export async function versionDocument(unit: string, version: number): Promise<VersionDocument> {
  return parse(await readFile(join(MODELS, unit, 'versions', `${version}.yaml`), 'utf8')) as VersionDocument
}

/** The committed archives of a version, unpacked as the model host does it: `trained` here, others below it. */
export async function unpacked(unit: string, version: number): Promise<UnpackedVersion> {
  const document = await versionDocument(unit, version)
  const folder = await mkdtemp(join(tmpdir(), 'steward-models-'))
  for (const { name, uri } of document.artifacts) {
    const target = name === 'trained' ? folder : join(folder, name)
    await mkdir(target, { recursive: true })
    await extract({ file: join(MODELS, '_artifacts', uri), cwd: target, strict: true })
  }
  return { folder, document, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
