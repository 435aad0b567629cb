import { isError, type Diagnostic } from '../domain/diagnostics.ts'
import { countText, prettyDiagnostic } from '../report/diagnostics.ts'
import { githubAnnotations } from '../report/one-line.ts'
import { problemLine } from '../report/plan-comment.ts'
import type { Step } from './context.ts'
import { revisionsOf, type Revisions } from './merge-commit.ts'
import { isFailing, type StepResult } from './result.ts'

/** All problems: annotations for what the pull request changes first, everything in the log and the summary. */
export async function runValidate(step: Step, note: string | null = null): Promise<StepResult> {
  const { app, runner, signal, inputs } = step
  const revisions = await revisionsOf(step)
  const { catalog, frame } = await app.checked({ kind: 'git', revision: revisions.commit }, null, signal)
  const diagnostics = await changedFirst(step, revisions, catalog.diagnostics)
  const text = await frame(diagnostics)
  if (diagnostics.length > 0) runner.log(diagnostics.map((each) => prettyDiagnostic(each, text, false)).join('\n\n'))
  runner.command(githubAnnotations(diagnostics))
  const errors = diagnostics.filter(isError).length
  const warnings = diagnostics.length - errors
  const found = `${countText(errors, 'error')}, ${countText(warnings, 'warning')}`
  const counts = `${countText(catalog.documents, 'document')} of ${countText(catalog.units, 'model')}: ${found}.`
  runner.log(counts)
  const linkTo = linksAt(step, revisions.head)
  const summary = [
    `### Validation ${errors > 0 ? 'failed' : 'passed'}`,
    '',
    ...(note === null ? [] : [note, '']),
    counts,
    '',
    ...diagnostics.map((diagnostic) => problemLine(diagnostic, linkTo)),
  ].join('\n')
  return {
    result: errors > 0 ? 'invalid' : 'valid',
    summary,
    failed: isFailing(diagnostics, inputs.failOn),
    errors,
    changes: null,
    planDigest: null,
    planPath: null,
  }
}

/** What stands in files that the change touches comes first: GitHub shows few annotations, in the order of the log. */
export async function changedFirst(
  step: Step,
  { commit, base }: Revisions,
  diagnostics: readonly Diagnostic[],
): Promise<readonly Diagnostic[]> {
  const { history } = await step.app.repository()
  const changed = new Set(base === null ? [] : await history.changedPaths(base, commit))
  const rank = ({ path, severity }: Diagnostic): number => (changed.has(path) ? 0 : 2) + (severity === 'error' ? 0 : 1)
  return diagnostics.toSorted((a, b) => rank(a) - rank(b))
}

/** Links to lines as a commit has them; of a pull request its head: the merge itself is not kept by GitHub. */
export function linksAt({ repositoryUrl }: Step, commit: string): (path: string, line: number) => string {
  return (path, line) => `${repositoryUrl}/blob/${commit}/${path.split('/').map(encodeURIComponent).join('/')}#L${line}`
}
