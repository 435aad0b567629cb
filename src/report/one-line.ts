import type { Diagnostic } from '../domain/diagnostics.ts'
import { plain } from './diagnostics.ts'

/** `path:line:column: error ST1201 summary (help)`: one problem a line, for editors, `grep` and people in a hurry. */
export function conciseDiagnostic({ code, severity, summary, help, path, range }: Diagnostic): string {
  const { line, column } = range.start
  const more = help === undefined ? '' : ` (${help})`
  return plain(`${path}:${line}:${column}: ${severity} ${code} ${summary}${more}`).replaceAll('\n', ' ')
}

/** GitHub shows ten annotations of a kind for each step (actions/runner, ExecutionContext.cs, _maxCountPerIssueType). */
const SHOWN = 9

/**
 * Workflow commands that GitHub shows at the lines of a pull request; of each severity the first ones, and how many
 * more there are. Whatever stands in a document is escaped, so that it can give no command of its own.
 */
export function githubAnnotations(diagnostics: readonly Diagnostic[]): string[] {
  return (['error', 'warning'] as const).flatMap((severity) => {
    const all = diagnostics.filter((diagnostic) => diagnostic.severity === severity)
    const shown = all.slice(0, SHOWN).map(annotation)
    const more = all.length - shown.length
    return more === 0 ? shown : [...shown, `::${severity}::and ${more} more: run \`steward validate\``]
  })
}

function annotation({ code, severity, summary, detail, help, path, range, related }: Diagnostic): string {
  const { start, end } = range
  const columns = start.line === end.line ? [`col=${start.column}`, `endColumn=${end.column}`] : []
  const places = [`file=${property(path)}`, `line=${start.line}`, `endLine=${end.line}`, ...columns, `title=${code}`]
  const others = related.map((each) => `${each.message}: ${each.path}:${each.range.start.line}`)
  const text = [summary, detail, ...others, help].filter((part) => part !== undefined).join('\n')
  return `::${severity} ${places.join(',')}::${commandMessage(text)}`
}

/** The message of a workflow command, escaped as the toolkit of GitHub Actions does (actions/toolkit, core/src/command.ts). */
export function commandMessage(text: string): string {
  return plain(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return commandMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
