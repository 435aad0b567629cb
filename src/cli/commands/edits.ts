import type { EditedDocuments } from '../../app/edit-documents.ts'
import { isError } from '../../domain/diagnostics.ts'
import { exitCodes, type Io } from '../command.ts'
import { printDiagnostics } from '../print-diagnostics.ts'

/** What the commands that edit documents say, and their exit code: 1 where an edited file has an error. */
export async function tellEdits(
  { files, diagnostics, frame }: EditedDocuments,
  command: string,
  notes: readonly string[],
  io: Io,
): Promise<number> {
  if (io.json) io.out(JSON.stringify({ format: 'steward.edit/v1', command, files, notes, diagnostics }))
  else {
    for (const { path, changed, line } of files) {
      io.out(changed ? `edited ${path}${line === null ? '' : `:${line}`}` : `${path} says so already`)
    }
    await printDiagnostics(diagnostics, frame, io)
    for (const note of notes) io.note(`note: ${note}`)
    if (files.some(({ changed }) => changed)) io.note('help: look at `git diff`, commit, and open a pull request')
  }
  return diagnostics.some(isError) ? exitCodes.problems : exitCodes.done
}
