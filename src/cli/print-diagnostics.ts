import type { FrameText } from '../app/open-revision.ts'
import type { Diagnostic } from '../domain/diagnostics.ts'
import { prettyDiagnostic } from '../report/diagnostics.ts'
import { conciseDiagnostic, githubAnnotations } from '../report/one-line.ts'
import type { Io } from './command.ts'

/** Problems in the format that was asked for. */
export async function printDiagnostics(diagnostics: readonly Diagnostic[], frame: FrameText, io: Io): Promise<void> {
  if (diagnostics.length === 0) return
  if (io.format === 'github') githubAnnotations(diagnostics).forEach((line) => io.out(line))
  else if (io.format === 'concise') diagnostics.forEach((diagnostic) => io.out(conciseDiagnostic(diagnostic)))
  else {
    const text = await frame(diagnostics)
    for (const diagnostic of diagnostics) io.out(`${prettyDiagnostic(diagnostic, text, io.colour)}\n`)
  }
}
