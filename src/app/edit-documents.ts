import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeclaredState, DeclaredUnit, DeclaredVersion, DeploymentIntent } from '../declared/declared-state.ts'
import type { EditResult } from '../declared/edits/edit-yaml.ts'
import { isError, type Diagnostic } from '../domain/diagnostics.ts'
import { StewardError } from '../domain/errors.ts'
import { nearestName } from '../domain/nearest-name.ts'
import type { ModelId } from '../domain/names.ts'
import { isWithin } from '../source/folders.ts'
import { writeFileAtomically } from '../system/files.ts'
import type { App } from './app.ts'
import type { FrameText } from './open-revision.ts'

export interface EditedFile {
  readonly path: string
  readonly changed: boolean
  /** The first line that is new; null where nothing is. */
  readonly line: number | null
}

export interface EditedDocuments {
  readonly files: readonly EditedFile[]
  /** What the work tree says of these files afterwards. */
  readonly diagnostics: readonly Diagnostic[]
  readonly frame: FrameText
}

/**
 * Edits documents of the work tree: every file is edited in memory first, so that none is written if one can not be;
 * then the catalog is looked at again.
 */
export async function editDocuments(
  app: App,
  paths: readonly string[],
  edit: (text: string) => EditResult,
  signal?: AbortSignal,
): Promise<EditedDocuments> {
  const { top } = await app.repository()
  const planned = await Promise.all(paths.map((path) => planEdit(top, path, edit)))
  for (const { path, text, mode, file } of planned) {
    if (file.changed) await writeFileAtomically(join(top, path), text, mode)
  }
  const { state, frame } = await app.declared({ kind: 'worktree' }, signal)
  const diagnostics = state.diagnostics.filter(({ path }) => paths.includes(path))
  return { files: planned.map(({ file }) => file), diagnostics, frame }
}

async function planEdit(top: string, path: string, edit: (text: string) => EditResult) {
  const absolute = join(top, path)
  const stats = await lstat(absolute)
  if (!stats.isFile()) throw refused(`${path} is no file`, 'Links are not followed: commit the file itself.')
  const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await readFile(absolute))
  const result = edit(before)
  if ('problem' in result) {
    const { message, line, column } = result.problem
    throw refused(`${path}:${line}:${column} can not be edited: ${message}`, 'Edit it by hand; nothing was written.')
  }
  const changed = result.text !== before
  const file: EditedFile = { path, changed, line: changed ? (result.changedLines[0]?.start ?? null) : null }
  return { path, text: result.text, mode: stats.mode & 0o777, file }
}

function refused(message: string, hint: string): StewardError {
  return new StewardError(message, { code: 'edit_refused', kind: 'user', hint })
}

/** A model of the work tree. */
export function declaredUnit(state: DeclaredState, model: ModelId): DeclaredUnit {
  const unit = state.units.get(model)
  if (unit !== undefined) return unit
  const nearest = nearestName(model, [...state.units.keys()])
  const hint = nearest === null ? `Run \`steward new model ${model.slice(1)}\` first.` : `The nearest is ${nearest}.`
  throw new StewardError(`there is no model ${model} in the work tree`, { code: 'model_unknown', kind: 'user', hint })
}

/**
 * The deployments of a stage. Throws where one of the model's can not be read: it may be for this stage, and those of a
 * stage are edited together or not at all.
 */
export function stageIntents(state: DeclaredState, unit: DeclaredUnit, stage: string): readonly DeploymentIntent[] {
  const folder = `${state.root}${unit.model}/deployments`
  const read = new Set(unit.intents.map(({ path }) => path))
  const unread = state.diagnostics.filter(
    (each) => isError(each) && isWithin(each.path, folder) && !read.has(each.path),
  )
  const [first] = unread
  if (first === undefined) return unit.intents.filter((intent) => intent.stage === stage)
  const { path, range, summary } = first
  const place = `${path}:${range.start.line}:${range.start.column}`
  throw refused(
    `${place} can not be read: ${summary}`,
    'Correct it first: it may be for this stage. Nothing was written.',
  )
}

/** What is edited in a held deployment takes effect later. */
export function heldNotes(unit: DeclaredUnit, stage: string): readonly string[] {
  const held = [...unit.deployments.values()].filter((each) => each.stage === stage && each.held)
  return held.map(({ name, resolved }) => {
    return `${name} is held (${resolved.hold?.reason ?? ''}): it follows after \`steward resume\``
  })
}

export function noDeployment(unit: DeclaredUnit, stage: string): StewardError {
  const stages = [...new Set(unit.intents.map((intent) => intent.stage))].sort()
  const hint = `${stages.length === 0 ? 'It has none' : `Its stages: ${stages.join(', ')}`}; \`steward new deployment\` adds one.`
  return new StewardError(`${unit.model} has no deployment in stage ${stage}`, {
    code: 'stage_unknown',
    kind: 'user',
    hint,
  })
}

/** A version of the work tree. Throws where it is not there, or has an error, with the place of that. */
export function requireVersion(state: DeclaredState, unit: DeclaredUnit, version: number): DeclaredVersion {
  const found = unit.versions.get(version)
  if (found !== undefined) return found
  const known = [...unit.versions.keys()].sort((a, b) => a - b)
  const hint = known.length === 0 ? 'Add one with `steward new version`.' : `Registered: ${known.join(', ')}.`
  const message = `version ${version} of ${unit.model} is not registered`
  throw (
    brokenVersion(state, unit, `${version}.yaml`) ??
    new StewardError(message, { code: 'version_unknown', kind: 'user', hint })
  )
}

/** That a version (default: any) is there, but not valid; null where that is not so. */
export function brokenVersion(state: DeclaredState, { model }: DeclaredUnit, file = ''): StewardError | null {
  const folder = `${state.root}${model}/versions/`
  const fault = state.diagnostics.find((each) => isError(each) && each.path.startsWith(`${folder}${file}`))
  if (fault === undefined) return null
  const { path, range, summary } = fault
  const number = path.slice(folder.length).replace(/\.yaml$/, '')
  const hint = `Correct ${path}:${range.start.line} first: ${summary}.`
  return new StewardError(`version ${number} of ${model} is not valid`, { code: 'version_invalid', kind: 'user', hint })
}
