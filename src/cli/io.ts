import { plain } from '../report/diagnostics.ts'
import type { Io, OutputFormat } from './command.ts'

export interface IoOptions {
  readonly format: OutputFormat
  readonly noColour: boolean
  readonly ci: boolean
}

/** Standard streams of this process. Nothing is coloured and no progress is shown where it is piped or in CI. */
export function processIo({ format, noColour, ci }: IoOptions): Io {
  const terminal = process.stderr.isTTY && !ci
  return {
    format,
    json: format === 'json',
    colour: process.stdout.isTTY === true && !noColour && !ci && format === 'pretty',
    interactive: terminal,
    out: (text) => process.stdout.write(`${text}\n`),
    note: (text) => process.stderr.write(`${plain(text)}\n`),
    confirm: async (question) => {
      if (!process.stdin.isTTY || !process.stderr.isTTY) return null
      const { createInterface } = await import('node:readline/promises')
      const lines = createInterface({ input: process.stdin, output: process.stderr })
      try {
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
      } finally {
        lines.close()
      }
    },
  }
}
