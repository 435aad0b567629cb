import type { NewDocument } from '../../app/new-document.ts'
import { isError } from '../../domain/diagnostics.ts'
import { parseModelReference, type ModelId } from '../../domain/names.ts'
import { exitCodes, type Io } from '../command.ts'
import { usageError } from '../parse.ts'
import { printDiagnostics } from '../print-diagnostics.ts'

/** What the three `new` commands say, and their exit code: 1 where the catalog has an error in the document. */
export async function tellNewDocument({ path, checked, notes }: NewDocument, io: Io): Promise<number> {
  const { diagnostics, declared } = checked
  if (io.json) io.out(JSON.stringify({ format: 'steward.new/v1', path, notes, diagnostics }))
  else {
    io.out(`wrote ${path}`)
    await printDiagnostics(diagnostics, declared.frame, io)
    for (const note of notes) io.note(`note: ${note}`)
  }
  return diagnostics.some(isError) ? exitCodes.problems : exitCodes.done
}

export function modelArgument(text: string | undefined): ModelId {
  const reference = parseModelReference(text ?? '')
  if (reference !== null && reference.version === null) return reference.model
  throw usageError(
    `${JSON.stringify(text)} is no model`,
    'Write it like abc_corp/claim/doc_classification: lower-case letters, digits, _ and -, in at least one namespace.',
  )
}
