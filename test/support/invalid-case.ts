import { normaliseMethod, type DeploymentMethod } from '../../src/domain/names.ts'
import { catalog, Catalog } from './catalog-builder.ts'
import { caseBytes, type Encoding } from './case-content.ts'

/**
 * One case of `test/fixtures/invalid/` (README.md there tells the format): a small catalog in which something is
 * wrong, and every diagnostic that must be found in it.
 */
export interface InvalidCase {
  readonly reason: string
  /** `CODE path:line:column`, paths below the root, in the order in which diagnostics are sorted. */
  readonly expect: readonly string[]
  /** Texts that the helps must hold. */
  readonly help: readonly string[]
  /** ISO 8601; the fixed time of the catalog builder where there is none. */
  readonly now: string | undefined
  /** Where an item in the tables lacks our mark. */
  readonly foreign: boolean
  readonly catalog: Catalog
  readonly base: Catalog | undefined
  readonly fork: Catalog | undefined
  /** What was applied before, in this order. */
  readonly applied: readonly Catalog[]
  /** Files of the artifact folder; null where artifacts are not looked at. */
  readonly artifacts: ReadonlyMap<string, Uint8Array> | null
  /** A method for which there is a driver that can do everything, beside those that there are. */
  readonly driver: DeploymentMethod | null
}

const fields = ['reason', 'expect', 'help', 'now', 'empty', 'foreign', 'driver'] as const
const revisions = ['base', 'fork', 'applied', 'artifacts'] as const
type Revision = (typeof revisions)[number] | 'head'

interface Section {
  readonly path: string
  readonly flag: string
  readonly text: string
}

/** Throws on anything that is not of the format: a case that is misread would test nothing. */
export function parseCase(text: string): InvalidCase {
  const [header = '', ...parts] = text.split(/^(?==== |--- )/m)
  const values = headerOf(header)
  const groups = groupsOf(parts)
  const of = (name: Revision): Catalog[] =>
    groups.filter((group) => group.name === name).map(({ files }) => laid(files))
  const laid = (files: readonly Section[]): Catalog => {
    return files.reduce(withSection, values.empty.includes('yes') ? new Catalog() : catalog())
  }
  const artifacts = groups.find(({ name }) => name === 'artifacts')
  const [reason = '', now] = [values.reason[0], values.now[0]]
  if (reason === '' || values.expect.length === 0) throw new Error('a case needs a reason and what is expected')
  return {
    ...{ reason, now, expect: values.expect, help: values.help, foreign: values.foreign.includes('yes') },
    catalog: of('head')[0] ?? laid([]),
    base: of('base')[0],
    fork: of('fork')[0],
    applied: of('applied'),
    artifacts:
      artifacts === undefined
        ? null
        : new Map(artifacts.files.map(({ path, text: content, flag }) => [path, caseBytes(content, encodingOf(flag))])),
    driver: values.driver[0] === undefined ? null : normaliseMethod(values.driver[0]),
  }
}

function headerOf(text: string): Record<(typeof fields)[number], string[]> {
  const values: Record<(typeof fields)[number], string[]> = {
    ...{ reason: [], expect: [], help: [], now: [], empty: [], foreign: [], driver: [] },
  }
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const [, name = '', value = ''] = /^([a-z]+): (.+)$/.exec(line) ?? []
    const field = fields.find((known) => known === name)
    if (field === undefined) throw new Error(`not a line of a case: ${line}`)
    values[field].push(value)
  }
  return values
}

function groupsOf(parts: readonly string[]): { readonly name: Revision; readonly files: Section[] }[] {
  const groups: { readonly name: Revision; readonly files: Section[] }[] = [{ name: 'head', files: [] }]
  for (const part of parts) {
    const end = part.indexOf('\n')
    const [line, text] = [part.slice(0, end).slice('--- '.length), part.slice(end + 1)]
    if (part.startsWith('===')) {
      const name = revisions.find((known) => known === line)
      if (name === undefined || text !== '') throw new Error(`no revision is called ${line}`)
      groups.push({ name, files: [] })
    } else {
      const [, path = line, flag = ''] = /^(.*) \(([a-z0-9]+)\)$/.exec(line) ?? []
      groups.at(-1)?.files.push({ path, flag, text })
    }
  }
  return groups
}

function withSection(before: Catalog, { path, flag, text }: Section): Catalog {
  if (flag === 'removed') {
    const after = before.without(path)
    if (after.files.size === before.files.size) throw new Error(`${path} is not there to be removed`)
    return after
  }
  if (flag === 'symlink' || flag === 'submodule') return before.entry(path, flag)
  return before.file(path, caseBytes(text, encodingOf(flag)))
}

function encodingOf(flag: string): Encoding {
  if (flag === '') return 'plain'
  if (flag === 'escaped' || flag === 'base64') return flag
  throw new Error(`no file is ${flag}`)
}
