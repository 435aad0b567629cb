import type { DiagnosticCode } from '../../domain/diagnostic-codes.ts'
import { modelId, namePattern, type ModelId } from '../../domain/names.ts'
import { nearestName } from '../../domain/nearest-name.ts'

export const documentKinds = [
  'Model',
  'ModelVersion',
  'Deployment',
  'Approval',
  'TrainingPipeline',
  'Namespace',
  'Runtime',
  'Lifecycle',
  'Freeze',
  'Roles',
  'Settings',
] as const
export type DocumentKind = (typeof documentKinds)[number]

/** What a path says: the kind, the unit it belongs to (null for `_platform`), and the name in the file's name. */
export interface Place {
  readonly kind: DocumentKind
  readonly unit: ModelId | null
  /** Of a Namespace its path, such as `/abc_corp/claim`. */
  readonly name: string
}

export interface Misplaced {
  readonly code: DiagnosticCode
  readonly summary: string
  readonly help: string
  /** The unit that the fault breaks, where the path tells one. */
  readonly unit: ModelId | null
}

export type Placement = { readonly place: Place } | { readonly misplaced: Misplaced } | null

const unitFolders: ReadonlyMap<string, DocumentKind> = new Map([
  ['versions', 'ModelVersion'],
  ['deployments', 'Deployment'],
  ['approvals', 'Approval'],
])
const unitFiles = ['model.yaml', 'namespace.yaml', 'training.yaml'] as const
const platformFiles: ReadonlyMap<string, DocumentKind> = new Map([
  ['settings.yaml', 'Settings'],
  ['roles.yaml', 'Roles'],
])
const platformFolders: ReadonlyMap<string, DocumentKind> = new Map([
  ['runtimes', 'Runtime'],
  ['lifecycles', 'Lifecycle'],
  ['freezes', 'Freeze'],
])

/**
 * Decides kind and identity of a path below the root, `segments` without the root itself. Null: not a document
 * (other file types, and folders whose name begins with `_`).
 */
export function placeOf(segments: readonly string[]): Placement {
  const file = segments.at(-1) ?? ''
  const [first = ''] = segments
  const platform = first === '_platform'
  if (!platform && segments.slice(0, -1).some((folder) => folder.startsWith('_'))) return null
  if (isMisspelt(file)) return renamed(segments, file)
  if (!file.endsWith('.yaml')) return null
  return platform ? platformPlace(segments.slice(1), file) : namespacePlace(segments, file)
}

/** A document to every reader but us. */
function isMisspelt(file: string): boolean {
  return /\.ya?ml$/i.test(file) && !file.endsWith('.yaml')
}

/** The unit folder that a path lies in if its parent folder is one of the reserved names, else its own folder. */
export function unitOf(segments: readonly string[]): ModelId | null {
  const parent = segments.at(-2) ?? ''
  const folders = segments.slice(0, unitFolders.has(parent) ? -2 : -1)
  if (folders.length < 2) return null
  return modelId(`/${folders.slice(0, -1).join('/')}`, folders.at(-1) ?? '')
}

function platformPlace(rest: readonly string[], file: string): Placement {
  const [folder = ''] = rest
  const kind = rest.length === 1 ? platformFiles.get(file) : rest.length === 2 ? platformFolders.get(folder) : undefined
  if (kind === undefined) {
    const near =
      rest.length === 1 ? nearestFile(file, [...platformFiles.keys()]) : nearestFolder(folder, platformFolders)
    return noKind(null, near, '_platform holds settings.yaml, roles.yaml, runtimes/, lifecycles/, freezes/')
  }
  return named(kind, null, file)
}

function namespacePlace(segments: readonly string[], file: string): Placement {
  const unit = unitOf(segments)
  const kind = unitFolders.get(segments.at(-2) ?? '')
  const badFolder = segments.slice(0, -1).find((folder) => !namePattern.test(folder))
  if (badFolder !== undefined) return badName(unit, 'folder name', badFolder)
  const reserved = segments.slice(0, -2).find((folder) => unitFolders.has(folder))
  if (reserved !== undefined)
    return noKind(unit, null, `a folder named ${reserved} stands in a model folder and holds documents only`)
  if (kind !== undefined)
    return unit === null ? noKind(null, null, 'a model stands in a namespace') : named(kind, unit, file)
  if (file === 'namespace.yaml') {
    if (segments.length < 2)
      return noKind(null, null, 'a namespace.yaml stands in a namespace folder such as abc_corp/')
    return { place: { kind: 'Namespace', unit: null, name: `/${segments.slice(0, -1).join('/')}` } }
  }
  if (file === 'training.yaml' && unit !== null) return { place: { kind: 'TrainingPipeline', unit, name: '' } }
  if (file !== 'model.yaml') {
    const near = platformFiles.has(file)
      ? 'the nearest is _platform/: move it there'
      : (nearestFolder(segments.at(-2) ?? '', unitFolders) ?? nearestFile(file, unitFiles))
    return noKind(unit, near, 'a model folder holds model.yaml, versions/, deployments/, approvals/')
  }
  if (unit === null) return noKind(null, null, 'a model stands in at least one namespace folder')
  return { place: { kind: 'Model', unit, name: '' } }
}

function named(kind: DocumentKind, unit: ModelId | null, file: string): Placement {
  const name = file.slice(0, -'.yaml'.length)
  if (kind === 'ModelVersion' && !/^[1-9][0-9]{0,5}$/.test(name)) {
    const number = /^(?:v|version)?[-_. ]?0*([1-9][0-9]{0,5})$/i.exec(name)?.[1]
    return {
      misplaced: {
        code: 'ST1011',
        summary: `the version file ${JSON.stringify(file)} (a version's file is its number, such as 4.yaml) is not a valid name`,
        help: `${renaming(number, '.yaml')}Name it by its number alone, without zeros before it.`,
        unit,
      },
    }
  }
  if (kind === 'Settings' || kind === 'Roles') return { place: { kind, unit, name: '' } }
  if (!namePattern.test(name)) return badName(unit, 'file name', name, '.yaml')
  return { place: { kind, unit, name } }
}

function badName(unit: ModelId | null, what: string, name: string, ending = ''): Placement {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '_')
    .replace(/^[_-]+|_+$/g, '')
  const better = namePattern.test(plain) && !plain.startsWith('_') ? plain : undefined
  const help = `${renaming(better, ending)}Use lower-case letters, digits, _ and -, beginning with a letter or digit.`
  const summary = `the ${what} ${JSON.stringify(`${name}${ending}`)} is not a valid name`
  return { misplaced: { code: 'ST1011', summary, help, unit } }
}

function renaming(name: string | undefined, ending: string): string {
  return name === undefined ? '' : `Rename it to ${name}${ending}. `
}

function nearestFolder(folder: string, known: ReadonlyMap<string, DocumentKind>): string | null {
  const nearest = nearestName(folder, [...known.keys()])
  return nearest === null ? null : `the nearest is ${nearest}/: move it there`
}

function nearestFile(file: string, known: readonly string[]): string | null {
  const stems = known.map((name) => name.slice(0, -'.yaml'.length))
  const nearest = nearestName(file.slice(0, -'.yaml'.length), stems)
  return nearest === null ? null : `the nearest is ${nearest}.yaml: rename it`
}

/** `nearest` is a place that may be meant, `holds` what belongs here. */
function noKind(unit: ModelId | null, nearest: string | null, holds: string): Placement {
  const sentences = [nearest, holds].flatMap((part) =>
    part === null ? [] : [`${part.slice(0, 1).toUpperCase()}${part.slice(1)}.`],
  )
  const help = sentences.join(' ')
  return { misplaced: { code: 'ST1009', summary: 'no kind of document belongs here', help, unit } }
}

function renamed(segments: readonly string[], file: string): Placement {
  const help = `Rename it to ${file.replace(/\.ya?ml$/i, '.yaml')}.`
  return { misplaced: { code: 'ST1010', summary: 'documents end in .yaml', help, unit: unitOf(segments) } }
}
