import { plain } from '../report/diagnostics.ts'
import type { Io } from './command.ts'

export interface IoOptions {
  readonly json: boolean
  readonly noColour: boolean
  readonly ci: boolean
}

/** Standard streams of this process. Nothing is coloured and no progress is shown where it is piped or in CI. */
export function processIo({ json, noColour, ci }: IoOptions): Io {
  const terminal = process.stderr.isTTY && !ci
  return {
    json,
    colour: process.stdout.isTTY === true && !noColour && !ci && !json,
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
