import type { CheckedCatalog } from '../../declared/declarer.ts'
import { isError } from '../../domain/diagnostics.ts'
import { countText } from '../../report/diagnostics.ts'
import { exitCodes, type Command } from '../command.ts'
import { printDiagnostics } from '../print-diagnostics.ts'

export const validate: Command = {
  name: 'validate',
  summary: 'shows all problems of the documents, each at its line',
  arguments: [],
  options: [
    {
      name: 'changed-since',
      value: 'REF',
      summary: 'compare with REF, and show only what has changed since and what that breaks',
    },
  ],
  reads: 'worktree',
  detail:
    'Reads the work tree (untracked files included) unless --rev names a revision. No credentials, no network.\n' +
    'Versions are compared with the revision before (HEAD for a work tree): what is registered never changes.\n' +
    '--format concise prints a line a problem, --format github annotations for a workflow.',
  examples: [
    'steward validate',
    'steward validate --changed-since origin/main',
    'steward validate --rev main --json',
    'steward validate --format github',
  ],
  async run({ app, revision, options, io, signal }) {
    const { catalog, frame } = await app.checked(revision, options.text('changed-since') ?? null, signal)
    const { diagnostics } = catalog
    const errors = diagnostics.filter(isError).length
    if (io.json) io.out(JSON.stringify(validateJson(catalog, errors)))
    else {
      await printDiagnostics(diagnostics, frame, io)
      if (io.format !== 'github') io.out(countsLine(catalog, errors))
    }
    return errors > 0 ? exitCodes.problems : exitCodes.done
  },
}

/** `validate --json`. */
function validateJson({ revision, documents, units, diagnostics }: CheckedCatalog, errors: number) {
  const counts = { documents, units, errors, warnings: diagnostics.length - errors }
  return { format: 'steward.validate/v1', revision, counts, diagnostics }
}

function countsLine({ documents, units, diagnostics }: CheckedCatalog, errors: number): string {
  const what = `${countText(documents, 'document')} of ${countText(units, 'model')}`
  if (diagnostics.length === 0) return `${what}: all valid.`
  return `${what}: ${countText(errors, 'error')}, ${countText(diagnostics.length - errors, 'warning')}.`
}
