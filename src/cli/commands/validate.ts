import type { DeclaredResult } from '../../app/app.ts'
import { isError, type Diagnostic } from '../../domain/diagnostics.ts'
import { countText, prettyDiagnostic } from '../../report/diagnostics.ts'
import { exitCodes, type Command, type Io } from '../command.ts'

export const validate: Command = {
  name: 'validate',
  summary: 'shows all problems of the documents, each at its line',
  arguments: [],
  options: [],
  reads: 'worktree',
  detail: 'Reads the work tree (untracked files included) unless --rev names a revision. No credentials, no network.',
  examples: ['steward validate', 'steward validate --rev main --json'],
  async run({ app, revision, io, signal }) {
    const declared = await app.declared(revision, signal)
    if (io.json) io.out(JSON.stringify(validateJson(declared)))
    else await printValidation(declared, io)
    return declared.state.diagnostics.some(isError) ? exitCodes.problems : exitCodes.done
  },
}

/** `validate --json`. */
function validateJson({ state }: DeclaredResult) {
  const errors = state.diagnostics.filter(isError).length
  return {
    format: 'steward.validate/v1',
    revision: state.revision,
    counts: {
      documents: state.documents,
      units: state.units.size,
      errors,
      warnings: state.diagnostics.length - errors,
    },
    diagnostics: state.diagnostics,
  }
}

async function printValidation(declared: DeclaredResult, io: Io): Promise<void> {
  const { state } = declared
  await printDiagnostics(state.diagnostics, declared, io)
  const errors = state.diagnostics.filter(isError).length
  const what = `${countText(state.documents, 'document')} of ${countText(state.units.size, 'model')}`
  const warnings = state.diagnostics.length - errors
  const found = `${countText(errors, 'error')}, ${countText(warnings, 'warning')}`
  io.out(errors + warnings === 0 ? `${what}: all valid.` : `${what}: ${found}.`)
}

export async function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  declared: DeclaredResult,
  io: Io,
): Promise<void> {
  const text = await declared.frame(diagnostics)
  for (const diagnostic of diagnostics) io.out(`${prettyDiagnostic(diagnostic, text, io.colour)}\n`)
}
