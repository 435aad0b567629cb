import { randomUUID } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import { plain } from '../report/diagnostics.ts'
import { commandMessage } from '../report/one-line.ts'

/**
 * What a step tells its runner: lines of the log, commands, outputs and the job summary.
 *
 * The runner takes a line that begins with `::`, or holds `##[`, for a command, whoever wrote it
 * (docs.github.com, "Workflow commands"; actions/runner, ActionCommand.cs). Everything that may come from a document is
 * written while commands are stopped, with a word that nobody can foresee, and that no text can hold before it is chosen; only `command` gives any.
 */
export class Runner {
  /** One for the whole step: each new one would be a word that the runner hides from then on. */
  readonly #word = randomUUID()
  readonly #write: (text: string) => void
  readonly #files: { readonly output: string | undefined; readonly summary: string | undefined }

  constructor(
    write: (text: string) => void,
    files: { readonly output: string | undefined; readonly summary: string | undefined },
  ) {
    this.#write = write
    this.#files = files
  }

  /** Lines of the log, whatever they hold. */
  log(text: string): void {
    this.#write(`::stop-commands::${this.#word}\n${plain(text)}\n::${this.#word}::\n`)
  }

  /** Commands whose content is escaped already. */
  command(lines: readonly string[]): void {
    for (const line of lines) this.#write(`${line.replaceAll(/[\r\n]/g, ' ')}\n`)
  }

  warning(text: string): void {
    this.command([`::warning::${commandMessage(text)}`])
  }

  error(text: string): void {
    this.command([`::error::${commandMessage(text)}`])
  }

  async output(name: string, value: string): Promise<void> {
    const { output } = this.#files
    if (output === undefined) return
    const end = `end_${randomUUID()}`
    await appendFile(output, `${name}<<${end}\n${value}\n${end}\n`)
  }

  /** Appends to the job summary. It may have 1 MiB; a longer one is not shown at all, so it is cut, and says so. */
  async summary(markdown: string): Promise<void> {
    const { summary } = this.#files
    if (summary !== undefined) await appendFile(summary, `${fitted(markdown)}\n`)
  }
}

const SUMMARY_BYTES = 1_000_000

function fitted(markdown: string): string {
  const bytes = Buffer.from(markdown)
  if (bytes.length <= SUMMARY_BYTES) return markdown
  const kept = bytes.subarray(0, SUMMARY_BYTES).toString('utf8')
  return `${kept.slice(0, kept.lastIndexOf('\n'))}\n\n**Cut here: the rest is in the plan's file.**`
}
