import type { SourceEntry, SourceFolder } from './source.ts'

/** Everything below a folder, sorted by path. */
export function entriesBelow(folder: SourceFolder): SourceEntry[] {
  const found: SourceEntry[] = []
  const walk = ({ entries, folders }: SourceFolder): void => {
    found.push(...entries)
    folders.forEach(walk)
  }
  walk(folder)
  return found.sort(byPath)
}

/** The folder at a path of the repository at or below `folder`; null where there is none. */
export function findFolder(folder: SourceFolder, path: string): SourceFolder | null {
  let at: SourceFolder | undefined = folder
  while (at !== undefined && at.path !== path) at = at.folders.find((each) => isWithin(path, each.path))
  return at ?? null
}

/** The file at a path; null where there is none. */
export function findEntry(folder: SourceFolder, path: string): SourceEntry | null {
  const parent = findFolder(folder, path.slice(0, path.lastIndexOf('/')))
  return parent?.entries.find((entry) => entry.path === path) ?? null
}

/** Whether a path is a folder or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0
}

/**
 * Puts files into their folders. A folder's oid is made of what `nameOf` says of its content; where `known` has the
 * same folder with the same oid, that object is given again.
 */
export function buildFolders(
  root: string,
  entries: readonly SourceEntry[],
  nameOf: (text: string) => string,
  known?: SourceFolder | null,
): SourceFolder {
  const direct: SourceEntry[] = []
  const below = new Map<string, SourceEntry[]>()
  for (const entry of entries) {
    const slash = entry.path.indexOf('/', root.length + 1)
    if (slash === -1) direct.push(entry)
    else {
      const name = entry.path.slice(0, slash)
      const list = below.get(name)
      if (list === undefined) below.set(name, [entry])
      else list.push(entry)
    }
  }
  const knownFolders = new Map(known?.folders.map((folder) => [folder.path, folder]))
  const folders = [...below]
    .map(([path, files]) => buildFolders(path, files, nameOf, knownFolders.get(path) ?? null))
    .sort(byPath)
  direct.sort(byPath)
  const lines = [
    ...direct.map(({ mode, oid, path }) => `${mode} ${oid} ${path}`),
    ...folders.map(({ oid, path }) => `folder ${oid} ${path}`),
  ]
  const oid = nameOf(lines.join('\n'))
  return known?.oid === oid ? known : { path: root, oid, entries: direct, folders }
}
