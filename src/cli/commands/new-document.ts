import type { NewDocument } from '../../app/new-document.ts'
import { isError } from '../../domain/diagnostics.ts'
import { exitCodes, type Io } from '../command.ts'
import { printDiagnostics } from '../print-diagnostics.ts'

/** What the three `new` commands say, and their exit code: 1 where the catalog has an error in the document. */
export async function tellNewDocument({ path, checked, notes }: NewDocument, io: Io): Promise<number> {
  const { diagnostics, declared } = checked
  if (io.json) io.out(JSON.stringify({ format: 'steward.new/v1', path, notes, diagnostics }))
  else {
    io.out(`wrote ${path}`)
    await printDiagnostics(diagnostics, declared.frame, io)
    for (const note of notes) io.note(`note: ${note}`)
    io.note('help: fill it in, then `git add` it, commit, and open a pull request')
  }
  return diagnostics.some(isError) ? exitCodes.problems : exitCodes.done
}
