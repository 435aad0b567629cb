import { codeEntry } from '../../domain/diagnostic-codes.ts'
import { firstLine, type Diagnostic } from '../../domain/diagnostics.ts'

export interface NamedFile {
  readonly name: string
  /** The file that a diagnostic about the name stands in. */
  readonly path: string
}

/** What the eye takes for the same, in the characters that names may have. */
function skeleton(name: string): string {
  return name.replaceAll('_', '-').replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('rn', 'm').replaceAll('vv', 'w')
}

/** Names of one place that differ only in what looks alike; the later one is told, with the place of the earlier. */
export function lookAlikes(named: readonly NamedFile[], what: string): Diagnostic[] {
  const seen = new Map<string, NamedFile>()
  const { severity, help } = codeEntry('ST1215')
  return named.flatMap(({ name, path }) => {
    const first = seen.get(skeleton(name))
    if (first === undefined) seen.set(skeleton(name), { name, path })
    if (first === undefined || first.name === name) return []
    const summary = `the ${what} ${name} looks like ${first.name}`
    const related = [{ path: first.path, range: firstLine, message: first.name }]
    return [{ code: 'ST1215', severity, summary, help, path, range: firstLine, pointer: '', related }] as const
  })
}
