import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { artifactBytes, modelFiles, modelFolder, VERSIONS, type CorpusFile } from './model.ts'

export const SEED = 20260301
const WHO = 'Bench <bench@example.com> 1767225600 +0000'

export interface Corpus {
  readonly models: number
  readonly documents: number
  /** A bare repository: no work tree, as the daemon's mirror has none. */
  readonly repo: string
}

export interface CorpusOptions {
  /** Without: nothing to roll out, so that a daemon without a model host has nothing left to do. */
  readonly deployments: boolean
}

const platform: readonly CorpusFile[] = [
  {
    path: '_platform/settings.yaml',
    text: 'tables: { backend: embedded }\nguards: { max_deletes: 5, max_delete_percent: 20, protected_stages: [prod] }\n',
  },
  {
    path: '_platform/runtimes/local.yaml',
    text: 'description: Model host on this machine.\ndeployment_method: local host\nstages: [test, prod]\n',
  },
]

/** Writes a repository of `models` models straight into Git; the same seed gives the same commit. */
export async function writeCorpus(
  repo: string,
  models: number,
  { deployments }: CorpusOptions = { deployments: true },
): Promise<Corpus> {
  git(repo, 'init', '--quiet', '--bare', '--initial-branch=main', repo)
  const all = function* (): Generator<CorpusFile> {
    yield* platform
    for (let model = 0; model < models; model += 1) {
      yield* modelFiles(model, SEED).filter(({ path }) => deployments || !path.includes('/deployments/'))
    }
  }
  await commitFiles(repo, { branch: 'main', parent: null, files: all() })
  // One well-made pack, as a clone has.
  git(repo, 'repack', '-a', '-d', '-q')
  return { models, documents: platform.length + models * (deployments ? 8 : 6), repo }
}

/** One commit in which the entries of the first `count` models have another description. */
export async function commitChange(
  repo: string,
  change: { readonly branch: string; readonly parent: string; readonly count: number; readonly revision: number },
): Promise<void> {
  const files = Array.from({ length: change.count }, (_, model) => ({
    path: `${modelFolder(model)}/model.yaml`,
    text: revised(model, change.revision),
  }))
  await commitFiles(repo, { ...change, files })
}

/** The entry of a model with another description and nothing else: its url and owner are also its versions'. */
function revised(model: number, revision: number): string {
  const [entry] = modelFiles(model, SEED)
  const text = entry?.text ?? ''
  return revision === 0 ? text : text.replace('revision 0 of this text', `revision ${revision} of this text`)
}

/** The files that the versions name, below `folder`. */
export function writeArtifacts(folder: string, models: number): void {
  for (let model = 0; model < models; model += 1) {
    for (let version = 1; version <= VERSIONS; version += 1) {
      const file = join(folder, modelFolder(model), 'versions', `${version}.tar.gz`)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, artifactBytes(model, version))
    }
  }
}

async function commitFiles(
  repo: string,
  commit: { readonly branch: string; readonly parent: string | null; readonly files: Iterable<CorpusFile> },
): Promise<void> {
  const child = spawn('git', ['--git-dir', repo, 'fast-import', '--quiet', '--force'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = once(child, 'close')
  const from = commit.parent === null ? '' : `from ${commit.parent}^0\n`
  child.stdin.write(`commit refs/heads/${commit.branch}\nauthor ${WHO}\ncommitter ${WHO}\ndata 5\nbench\n${from}`)
  for (const { path, text } of commit.files) {
    const flowing = child.stdin.write(`M 100644 inline models/${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`)
    if (!flowing) await once(child.stdin, 'drain')
  }
  child.stdin.end()
  const [code] = await ended
  if (code !== 0) throw new Error(`git fast-import exited ${String(code)}`)
}

function git(repo: string, ...words: string[]): void {
  const place = words[0] === 'init' ? [] : ['--git-dir', repo]
  const { status, stderr } = spawnSync('git', [...place, ...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`)
}
