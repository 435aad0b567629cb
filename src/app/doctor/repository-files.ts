import { mapLimited } from '../../domain/map-limited.ts'
import { runGit } from '../../source/run-git.ts'
import type { App } from '../app.ts'
import { ok, warning, type Check } from './check.ts'

const OWNERS = 'code owners'
const WORKFLOWS = 'workflows'
const AT_ONCE = 4
/** The first that is there counts (docs.github.com, "About code owners"). */
const ownersPlaces = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']
/** One of each place below `_platform`, which a line may leave out: `/models/_platform/*` goes no deeper. */
const platformFiles = ['settings.yaml', 'roles.yaml', 'runtimes/a.yaml', 'lifecycles/a.yaml', 'freezes/a.yaml']

/** Whether somebody has to agree to a change of what binds everybody. */
export async function codeOwnersCheck(app: App): Promise<Check> {
  const { root } = app.options
  const line = `/${root}/_platform/ @organisation/team`
  const paths = await listed(app, ownersPlaces)
  const path = ownersPlaces.find((place) => paths.includes(place))
  if (path === undefined) {
    return warning(OWNERS, 'there is no CODEOWNERS at HEAD', `Commit .github/CODEOWNERS with \`${line}\` in it.`)
  }
  const rules = readOwners(await textAt(app, path))
  const open = platformFiles.filter((file) => !isOwned(rules, `${root}/_platform/${file}`))
  if (open.length === 0) return ok(OWNERS, `${path} covers /${root}/_platform/`)
  const places =
    open.length === platformFiles.length ? [''] : open.map((file) => file.slice(0, file.indexOf('/') + 1) || file)
  const seen = `${path} names nobody for ${places.map((place) => `/${root}/_platform/${place}`).join(', ')}`
  return warning(
    OWNERS,
    seen,
    `Add \`${line}\` at its end: what is there binds every model, and the last line decides.`,
  )
}

/** Whether pull requests are looked at by Steward, and not with secrets beside what strangers wrote. */
export async function workflowsCheck(app: App): Promise<Check> {
  const paths = (await listed(app, ['.github/workflows/'])).filter((path) => /^[^/]+\/[^/]+\/[^/]+\.ya?ml$/.test(path))
  const files = await mapLimited(paths, AT_ONCE, async (path) => ({ path, text: await textAt(app, path) }))
  const ours = files.filter(({ text }) => runsSteward(text))
  const [first] = ours
  if (first === undefined) {
    const help = 'docs/github.md has workflows to copy: one that validates needs no secret.'
    return warning(WORKFLOWS, 'no workflow at HEAD runs steward', help)
  }
  const targeted = await mapLimited(ours, AT_ONCE, async ({ path, text }) => ((await isTargeted(text)) ? [path] : []))
  const unsafe = targeted.flat()
  if (unsafe.length > 0) {
    const help = 'Use pull_request, as docs/github.md shows: for forks it has no secrets, and steward needs none.'
    const seen = `on pull_request_target, steward runs with secrets beside what a fork brings: ${unsafe.join(', ')}`
    return warning(WORKFLOWS, seen, help)
  }
  const more = ours.length === 1 ? '' : ` and ${ours.length - 1} more`
  return ok(WORKFLOWS, `${first.path}${more} runs steward`)
}

async function listed(app: App, places: readonly string[]): Promise<readonly string[]> {
  const { gitDir } = await app.repository()
  const words = ['ls-tree', '-r', '-z', '--name-only', '--full-tree', 'HEAD', '--', ...places]
  return (await runGit(gitDir, words)).split('\0').filter((path) => path !== '')
}

async function textAt(app: App, path: string): Promise<string> {
  const { gitDir } = await app.repository()
  return runGit(gitDir, ['cat-file', 'blob', `HEAD:${path}`])
}

interface OwnersRule {
  readonly matches: RegExp
  readonly isOwned: boolean
}

function readOwners(text: string): readonly OwnersRule[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, pattern, rest = ''] = /^\s*((?:\\.|[^\s\\#])(?:\\.|[^\s\\])*)(.*)$/.exec(line) ?? []
    if (pattern === undefined) return []
    const [owner = ''] = rest.trim().split(/\s+/)
    // A line without an owner takes away the owners of lines before it.
    return [{ matches: ownersPattern(pattern), isOwned: owner !== '' && !owner.startsWith('#') }]
  })
}

function isOwned(rules: readonly OwnersRule[], path: string): boolean {
  return rules.findLast(({ matches }) => matches.test(path))?.isOwned === true
}

/** Like a line of .gitignore, except that `docs/*` goes no deeper (docs.github.com, "CODEOWNERS syntax"). */
function ownersPattern(pattern: string): RegExp {
  const body = pattern.replace(/^\//, '').replace(/\/$/, '').replaceAll('\\ ', ' ')
  const isAnchored = pattern.slice(0, -1).includes('/')
  const tail = pattern.endsWith('/') ? '/.*' : pattern.endsWith('/*') ? '' : '(?:/.*)?'
  const middle = body.replaceAll(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (found) => wildcards.get(found) ?? `\\${found}`)
  return new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}${middle}${tail}$`)
}

const wildcards: ReadonlyMap<string, string> = new Map([
  ['**/', '(?:.*/)?'],
  ['**', '.*'],
  ['*', '[^/]*'],
  ['?', '[^/]'],
])

/** The Action, a reusable workflow of Steward's, or its command line. */
function runsSteward(text: string): boolean {
  const said = text.replaceAll(/(?<=^|\s)#.*$/gm, '')
  return (
    /\buses:\s*['"]?[^\s'"#@]*steward[^\s'"#@]*@/i.test(said) ||
    /\bsteward(?:\.mjs)?["']?\s+(?:validate|plan|apply)\b/.test(said)
  )
}

async function isTargeted(text: string): Promise<boolean> {
  const { parse } = await import('yaml')
  const event = 'pull_request_target'
  try {
    const { on } = parse(text, { logLevel: 'silent' }) as { readonly on?: unknown }
    if (typeof on === 'object' && on !== null) return Array.isArray(on) ? on.includes(event) : event in on
    return on === event
  } catch {
    // What we can not read, GitHub may: better a word too much.
    return text.includes(event)
  }
}
