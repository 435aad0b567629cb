import { mkdir, readFile, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { pathOfFileUri, resolveArtifactUri } from '../artifacts/artifact-store.ts'
import { tarOf } from '../artifacts/deterministic-tar.ts'
import { storedGzip } from '../artifacts/stored-gzip.ts'
import { sha256Hex } from '../domain/digest.ts'
import { errorCode, StewardError } from '../domain/errors.ts'
import { initFiles } from '../scaffold/init-files.ts'
import { sampleServerFiles } from '../scaffold/sample-server.ts'
import type { ArtifactValues } from '../scaffold/documents.ts'
import { firstVersionKey, sampleVersionPath, type SampleValues } from '../scaffold/sample.ts'
import { repositoryAround } from '../source/repository-around.ts'
import { createFile } from '../system/files.ts'
import type { App } from './app.ts'
import { checkFiles, declaredIfAny, gitEmail, lookAtTargets, readSchemas, writeAll, type Checked } from './scaffold.ts'

export interface InitRequest {
  /** The repository's top folder; made where there is none. */
  readonly folder: string
  readonly namespace: string
  readonly model: string
  readonly owner: string | null
  /** Whether `git init` may be run. */
  readonly git: boolean
}

export interface InitResult {
  readonly gitInitialised: boolean
  readonly written: readonly string[]
  readonly kept: readonly string[]
  /** Where the sample's archive was put; null where it was there, or there is no sample. */
  readonly archive: string | null
  /** Whether the sample is there: written now, or by an earlier run. */
  readonly sample: boolean
  /** Why no sample was written; null where it was. */
  readonly noSample: string | null
  readonly checked: Checked
}

/** Makes a folder a model repository. Nothing that exists is changed; what can not be done is found before writing. */
export async function initRepository(app: App, request: InitRequest, signal?: AbortSignal): Promise<InitResult> {
  const { root } = app.options
  const { folder, namespace, model } = request
  const exists = await isRepositoryTop(folder, request.git)
  const schemas = await readSchemas()
  const withoutSample = { root, namespace, owner: null, schemas, sample: null }
  if (!exists) {
    // A folder that can not take the files gets no repository either.
    await lookAtTargets(folder, initFiles(withoutSample))
    await initGit(folder)
  }
  const owner = request.owner ?? (await gitEmail(folder))
  const body = storedGzip(tarOf(sampleServerFiles))
  const content = { sha256: sha256Hex(body), size: body.length }
  const artifact: ArtifactValues = { name: 'trained', uri: firstVersionKey(namespace, model), content }
  const values: SampleValues = { root, namespace, model, owner, artifact }
  const declared = await declaredIfAny(app, signal)
  const { base } = await app.artifacts(declared?.settings ?? null)
  const decision = await decideSample(values, { folder, base, models: declared?.units.size ?? 0 })
  const files = initFiles({ ...withoutSample, owner, sample: decision.noSample === null ? values : null })
  const { missing, kept } = await lookAtTargets(folder, files)
  const place = decision.sample && decision.archive.state === 'missing' ? decision.archive.path : null
  if (place !== null) await putArchive(app, place, body)
  await writeAll(folder, missing)
  const written = missing.map(({ path }) => path)
  const checked = await checkFiles(app, written, signal)
  const { sample, noSample } = decision
  return { gitInitialised: !exists, written, kept, archive: place, sample, noSample, checked }
}

type SampleDecision =
  | { readonly sample: true; readonly noSample: string | null; readonly archive: ArchivePlace }
  | { readonly sample: false; readonly noSample: string }

interface ArchivePlace {
  readonly path: string
  readonly state: 'missing' | 'there' | 'another'
}

interface Surroundings {
  readonly folder: string
  /** Where archives are: a uri. */
  readonly base: string
  readonly models: number
}

/** A sample is for a catalog without models; one of an earlier run only gets its archive back. */
async function decideSample(values: SampleValues, { folder, base, models }: Surroundings): Promise<SampleDecision> {
  if (!base.startsWith('file:')) return { sample: false, noSample: `archives are in ${base}` }
  const { artifact } = values
  const noSample = models === 0 ? null : 'the catalog has models already'
  const version = await readFile(join(folder, sampleVersionPath(values)), 'utf8').catch(() => '')
  const ours = version.includes(artifact.content?.sha256 ?? '')
  if (noSample !== null && !ours) return { sample: false, noSample }
  const archive = await archivePlace(artifact, base)
  if (archive.state !== 'another') return { sample: true, noSample, archive }
  return { sample: false, noSample: `${archive.path} is another archive; name the sample otherwise with --model` }
}

async function archivePlace({ uri, content }: ArtifactValues, base: string): Promise<ArchivePlace> {
  const path = pathOfFileUri(resolveArtifactUri(uri, base))
  try {
    return { path, state: sha256Hex(await readFile(path)) === content?.sha256 ? 'there' : 'another' }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { path, state: 'missing' }
    throw error
  }
}

async function putArchive(app: App, path: string, body: Uint8Array): Promise<void> {
  if (path.startsWith(`${await app.stateDir()}${sep}`)) await app.ensureStateDir()
  await createFile(path, body)
}

/** False where a repository is to be made. Throws where there is one around the folder, or may be none. */
async function isRepositoryTop(folder: string, git: boolean): Promise<boolean> {
  const around = await repositoryAround(folder)
  if (around === null) {
    if (git) return false
    throw new StewardError(`${folder} is no Git repository`, {
      code: 'repository_missing',
      kind: 'user',
      hint: 'Without --no-git, `steward init` makes one. The catalog is read through Git.',
    })
  }
  if (around === (await realpath(folder).catch(() => folder))) return true
  throw new StewardError(`${folder} is inside the Git repository ${around}`, {
    code: 'repository_around',
    kind: 'user',
    hint: `Run \`steward init ${around}\`, or \`git init\` in the folder first to make it a repository of its own.`,
  })
}

async function initGit(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { simpleGit } = await import('simple-git')
  await simpleGit({ baseDir: folder }).init(['-b', 'main'])
}
