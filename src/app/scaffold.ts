import { lstat, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeclaredState } from '../declared/declared-state.ts'
import type { Diagnostic } from '../domain/diagnostics.ts'
import { errorCode, errorMessage, StewardError } from '../domain/errors.ts'
import { schemaFolder } from '../scaffold/init-files.ts'
import type { SchemaCopies, ScaffoldFile } from '../scaffold/yaml-text.ts'
import { createFile } from '../system/files.ts'
import { packageFolder } from '../system/program-files.ts'
import type { App, DeclaredResult } from './app.ts'

const packagedSchemas = join(packageFolder, 'schemas')
const suffix = '.schema.json'

export interface Targets {
  readonly missing: readonly ScaffoldFile[]
  /** Paths where a file stands already; it is never touched. */
  readonly kept: readonly string[]
}

/** Looks at every target before any is written. Throws where a folder, or a link, is in the way. */
export async function lookAtTargets(top: string, files: readonly ScaffoldFile[]): Promise<Targets> {
  const missing: ScaffoldFile[] = []
  const kept: string[] = []
  for (const file of files) {
    if (await stands(top, file.path)) kept.push(file.path)
    else missing.push(file)
  }
  return { missing, kept }
}

async function stands(top: string, path: string): Promise<boolean> {
  const segments = path.split('/')
  for (const [index] of segments.entries()) {
    const part = segments.slice(0, index + 1).join('/')
    const found = await lstat(join(top, part)).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null
      throw error
    })
    if (found === null) return false
    const last = index === segments.length - 1
    if (last ? !found.isFile() : !found.isDirectory()) throw inTheWay(part, last ? 'file' : 'folder')
  }
  return true
}

function inTheWay(path: string, wanted: string): StewardError {
  return new StewardError(`${path} is in the way: it is no ${wanted} (links are not followed)`, {
    code: 'target_occupied',
    kind: 'user',
    hint: 'Move it away; nothing was written.',
  })
}

/** Writes all files, or, if one can not be written, none. */
export async function writeAll(top: string, files: readonly ScaffoldFile[]): Promise<void> {
  const written: string[] = []
  try {
    for (const { path, text } of files) {
      await createFile(join(top, path), text)
      written.push(path)
    }
  } catch (cause) {
    for (const path of written) await rm(join(top, path), { force: true })
    throw new StewardError(`nothing was written: ${errorMessage(cause)}`, { code: 'write_failed', cause })
  }
}

/** The schemas that come with Steward: text by name (`model-version`). */
export async function readSchemas(): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(packagedSchemas)).filter((file) => file.endsWith(suffix)).sort()
  const texts = files.map(async (file) => [nameOf(file), await readFile(join(packagedSchemas, file), 'utf8')] as const)
  return new Map(await Promise.all(texts))
}

/** The schemas that the repository has for editors: where `init` puts them, or at its top; null where there are none. */
export async function schemasIn(top: string, root: string): Promise<SchemaCopies | null> {
  for (const folder of [schemaFolder(root), 'schemas']) {
    const files = await readdir(join(top, folder)).catch(() => [])
    const names = files.filter((file) => file.endsWith(suffix)).map(nameOf)
    if (names.includes('model')) return { folder, names }
  }
  return null
}

function nameOf(file: string): string {
  return file.slice(0, -suffix.length)
}

/** `user.email` of Git, for the owner of what is made; null where none is set. */
export async function gitEmail(folder: string): Promise<string | null> {
  const { simpleGit } = await import('simple-git')
  const { value } = await simpleGit({ baseDir: folder }).getConfig('user.email')
  return value?.trim() || null
}

/** `name <address>` of whoever works here, as Git knows them. */
export async function gitIdentity(folder: string): Promise<string> {
  const { simpleGit } = await import('simple-git')
  const { value } = await simpleGit({ baseDir: folder }).getConfig('user.name')
  const email = await gitEmail(folder)
  const name = value?.trim() || 'unknown'
  return email === null ? name : `${name} <${email}>`
}

export interface Checked {
  readonly declared: DeclaredResult
  /** Those that stand in the given files. */
  readonly diagnostics: readonly Diagnostic[]
}

/** What the catalog, as it now is in the work tree, says about the files. */
export async function checkFiles(app: App, paths: readonly string[], signal?: AbortSignal): Promise<Checked> {
  const declared = await app.declared({ kind: 'worktree' }, signal)
  return { declared, diagnostics: declared.state.diagnostics.filter(({ path }) => paths.includes(path)) }
}

/** What the work tree declares; null where it has no catalog yet. */
export async function declaredIfAny(app: App, signal?: AbortSignal): Promise<DeclaredState | null> {
  try {
    return (await app.declared({ kind: 'worktree' }, signal)).state
  } catch (error) {
    if (errorCode(error) === 'root_missing') return null
    throw error
  }
}
